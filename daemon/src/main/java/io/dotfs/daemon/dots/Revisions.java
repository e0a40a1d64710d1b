package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.ReflogEntry;
import io.dotfs.objectstore.store.ObjectInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Revisions as git writes them: {@code HEAD}, a branch, a tag, {@code remote/branch}, an id or a
 * unique prefix of 7 and more digits, each with {@code @{n}} (refs only) and any number of {@code
 * ^}, {@code ^n}, {@code ~n} behind it. A name that is a ref wins over one that is a prefix.
 *
 * <p>An id must belong to the dot: be reachable from one of its refs or their reflogs. Thread safe.
 */
final class Revisions {
  private static final int MIN_PREFIX = 7;
  private static final int MAX_CANDIDATES = 256;
  private static final int MAX_STEP = 1 << 24;
  private static final int REFLOG_LIMIT = 10_000;

  private static final Pattern SYNTAX =
      Pattern.compile("([A-Za-z0-9_./-]*|@)(?:@\\{([0-9]{1,9})})?((?:[~^][0-9]{0,9})*)");
  private static final Pattern STEP = Pattern.compile("([~^])([0-9]*)");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{7,64}");

  private final DotHome home;

  Revisions(DotHome home) {
    this.home = home;
  }

  /** The commit that {@code text} means, {@code HEAD} being the selected branch. */
  ObjectId resolve(Selected selected, String text) throws DaemonException, StoreException {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches() || text.isEmpty()) {
      throw unknown(text);
    }
    String base = matcher.group(1);
    ObjectId at =
        matcher.group(2) == null
            ? base(selected, base, text)
            : reflog(selected, base, Integer.parseInt(matcher.group(2)), text);
    Matcher step = STEP.matcher(matcher.group(3));
    while (step.find()) {
      int count = step.group(2).isEmpty() ? 1 : Integer.parseInt(step.group(2));
      at = step(at, step.group(1).equals("^"), count).orElseThrow(() -> unknown(text));
    }
    return at;
  }

  /** As {@link #resolve}, or HEAD where nothing is given; nothing if HEAD has no commit. */
  Optional<ObjectId> resolveOrHead(Selected selected, Optional<String> text)
      throws DaemonException, StoreException {
    return text.isPresent()
        ? Optional.of(resolve(selected, text.get()))
        : home.head(selected.id(), selected.branch());
  }

  private Optional<ObjectId> step(ObjectId from, boolean parent, int count) throws StoreException {
    if (count > MAX_STEP) {
      return Optional.empty();
    }
    if (!parent || count == 0) {
      return home.history().firstParent(from, parent ? 0 : count);
    }
    Commit commit = home.history().commit(from);
    return count <= commit.parents().size()
        ? Optional.of(commit.parents().get(count - 1))
        : Optional.empty();
  }

  private ObjectId base(Selected selected, String base, String text)
      throws DaemonException, StoreException {
    if (isHead(base)) {
      return home.head(selected.id(), selected.branch())
          .orElseThrow(
              () ->
                  new DaemonException(
                      ErrorKind.UNKNOWN_REVISION,
                      "branch " + selected.branch() + " has no commits yet",
                      "dm commit -m MESSAGE"));
    }
    for (String ref : refNames(selected.id(), base)) {
      Optional<ObjectId> found = home.refs().get(new RefName(ref));
      if (found.isPresent()) {
        return home.history().peel(found.get());
      }
    }
    if (HEX.matcher(base).matches()) {
      return prefix(selected.id(), base, text);
    }
    throw unknown(text);
  }

  private static boolean isHead(String base) {
    return base.isEmpty() || base.equals("HEAD") || base.equals("@");
  }

  private static List<String> refNames(DotId id, String base) {
    List<String> names = new ArrayList<>();
    int slash = base.indexOf('/');
    if (slash < 0) {
      names.add(id.head(base));
      names.add(id.tag(base));
    } else {
      names.add(id.remote(base.substring(0, slash), base.substring(slash + 1)));
    }
    names.removeIf(name -> !RefName.isValid(name));
    return names;
  }

  private ObjectId prefix(DotId id, String digits, String text)
      throws DaemonException, StoreException {
    if (digits.length() < MIN_PREFIX) {
      throw unknown(text);
    }
    List<ObjectId> commits = new ArrayList<>();
    for (ObjectId candidate : home.objects().idsStartingWith(digits, MAX_CANDIDATES)) {
      Optional<ObjectInfo> info = home.objects().info(candidate);
      if (info.isPresent() && info.get().type() == ObjectType.COMMIT && belongsTo(id, candidate)) {
        commits.add(candidate);
      }
    }
    if (commits.isEmpty()) {
      throw unknown(text);
    }
    if (commits.size() > 1) {
      throw new DaemonException(
          ErrorKind.AMBIGUOUS_REVISION,
          "ambiguous revision " + text + ": it fits " + commits.size() + " commits",
          "give more digits of the id");
    }
    return commits.get(0);
  }

  /** True if the commit is reachable from what the dot's refs hold or held. */
  private boolean belongsTo(DotId id, ObjectId commit) throws StoreException {
    Set<ObjectId> tips = new LinkedHashSet<>(home.refs().list(id.refPrefix() + "/").values());
    for (ObjectId tip : tips) {
      if (home.history().isAncestor(commit, home.history().peel(tip))) {
        return true;
      }
    }
    for (String branch : home.refs(id, "heads/").keySet()) {
      for (ReflogEntry entry : home.refs().reflog(new RefName(id.head(branch)), REFLOG_LIMIT)) {
        for (Optional<ObjectId> side : List.of(entry.before(), entry.after())) {
          if (side.isPresent()
              && tips.add(side.get())
              && home.objects().contains(side.get())
              && home.history().isAncestor(commit, side.get())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private ObjectId reflog(Selected selected, String base, int index, String text)
      throws DaemonException, StoreException {
    String branch = isHead(base) ? selected.branch() : base;
    String name = selected.id().head(branch);
    if (!RefName.isValid(name)) {
      throw unknown(text);
    }
    List<ReflogEntry> entries =
        home.refs().reflog(new RefName(name), Math.min(index, REFLOG_LIMIT) + 1);
    if (index >= entries.size()) {
      throw new DaemonException(
          ErrorKind.UNKNOWN_REVISION,
          "the log of " + branch + " has only " + entries.size() + " entries",
          "dm reflog");
    }
    return entries.get(index).after().orElseThrow(() -> unknown(text));
  }

  private static DaemonException unknown(String text) {
    String shown = text.replaceAll("\\p{Cntrl}", "?");
    return new DaemonException(
        ErrorKind.UNKNOWN_REVISION,
        "unknown revision " + (shown.isEmpty() ? "''" : shown),
        "dm log");
  }
}
