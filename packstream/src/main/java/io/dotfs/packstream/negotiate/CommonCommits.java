package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.wire.ListedCommit;
import io.dotfs.packstream.wire.WireLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the newest commits that both sides have, by reading the remote's history page by page until
 * every line of it ends in a commit known here: as many pages as the remote has new commits.
 */
public final class CommonCommits {
  private static final int PAGE = 256;
  private static final int MAX_PAGES = 64;
  private final Remote remote;
  private final DotName dot;

  public CommonCommits(Remote remote, DotName dot) {
    this.remote = remote;
    this.dot = dot;
  }

  /** Tells which commits this side has, with all that they name. */
  @FunctionalInterface
  public interface Known {
    /** Those of {@code commits} that are here. */
    Set<ObjectId> among(Collection<ObjectId> commits) throws StoreException;
  }

  /**
   * Searches from {@code tips} backwards.
   *
   * @param tips commits that the remote's refs name
   * @return commits that both have; empty if there is none, or none within the last 16384
   */
  public List<ObjectId> find(Collection<ObjectId> tips, Known known)
      throws TransferException, StoreException {
    Set<ObjectId> common = new LinkedHashSet<>(known.among(tips));
    Set<ObjectId> seen = new HashSet<>(common);
    Set<ObjectId> frontier = new LinkedHashSet<>(tips);
    frontier.removeAll(common);
    for (int page = 0; page < MAX_PAGES && !frontier.isEmpty(); page++) {
      List<ListedCommit> listed =
          remote.commits(dot, bounded(frontier, WireLimits.MAX_REFS), bounded(common, PAGE), PAGE);
      if (listed.isEmpty()) {
        break;
      }
      int before = seen.size();
      frontier = examine(frontier, listed, known, seen, common);
      if (seen.size() == before) {
        // Nothing new: what is left in the frontier is no commit, but a tag.
        break;
      }
    }
    return bounded(common, WireLimits.MAX_COMMITS);
  }

  /** Sorts one page into what is common and what is not; returns where the next page begins. */
  private static Set<ObjectId> examine(
      Set<ObjectId> frontier,
      List<ListedCommit> listed,
      Known known,
      Set<ObjectId> seen,
      Set<ObjectId> common)
      throws StoreException {
    Set<ObjectId> here = known.among(listed.stream().map(ListedCommit::id).toList());
    Set<ObjectId> beneath = new HashSet<>(common);
    Set<ObjectId> next = new LinkedHashSet<>(frontier);
    for (ListedCommit entry : listed) {
      seen.add(entry.id());
      next.remove(entry.id());
      boolean implied = beneath.contains(entry.id());
      if (implied || here.contains(entry.id())) {
        if (!implied) {
          common.add(entry.id());
        }
        beneath.addAll(entry.commit().parents());
      } else {
        entry.commit().parents().stream().filter(id -> !seen.contains(id)).forEach(next::add);
      }
    }
    next.removeAll(beneath);
    Set<ObjectId> alsoHere = known.among(next);
    common.addAll(alsoHere);
    next.removeAll(alsoHere);
    return next;
  }

  private static List<ObjectId> bounded(Collection<ObjectId> ids, int limit) {
    List<ObjectId> list = new ArrayList<>(ids);
    return list.size() <= limit ? list : list.subList(list.size() - limit, list.size());
  }
}
