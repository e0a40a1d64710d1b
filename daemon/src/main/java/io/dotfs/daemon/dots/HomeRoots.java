package io.dotfs.daemon.dots;

import io.dotfs.fusefs.tree.TreeContents;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.maintenance.GarbageCollection;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.ReflogEntry;
import io.dotfs.packstream.receive.Quarantine;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a home needs: what its refs name; what its working trees and mounts are based on; and what
 * its refs named until lately.
 */
final class HomeRoots implements GarbageCollection.Roots {
  private static final int EVERY_CHANGE = Integer.MAX_VALUE;

  private final DotHome home;
  private final Instant logsFrom;
  private final Instant unreachableFrom;
  private final Set<Long> idle;

  /**
   * Roots as they are when they are asked for.
   *
   * @param idle working trees that need nothing
   * @param logsFrom changes of refs before that do not count
   * @param unreachableFrom nor do those before that which left commits that no ref reaches
   */
  HomeRoots(DotHome home, Set<Long> idle, Instant logsFrom, Instant unreachableFrom) {
    this.home = home;
    this.idle = idle;
    this.logsFrom = logsFrom;
    this.unreachableFrom = unreachableFrom;
  }

  @Override
  public Collection<ObjectId> required() throws StoreException {
    return home.refs().list("").values();
  }

  @Override
  public GarbageCollection.RootCursor more() {
    TreeContents contents = home.trees().contents(idle);
    return new GarbageCollection.RootCursor() {
      @Override
      public Optional<ObjectId> next() throws StoreException {
        try {
          return contents.next();
        } catch (IOException e) {
          throw StorageException.of("cannot read what working trees need", e);
        }
      }

      @Override
      public void close() {
        contents.close();
      }
    };
  }

  /**
   * What changes of refs named that are young enough. A change that left nothing behind which refs
   * do not reach adds nothing, so that only the younger limit matters beside the refs.
   */
  @Override
  public Collection<ObjectId> welcome() throws StoreException {
    Set<ObjectId> ids = new LinkedHashSet<>();
    Map<RefName, ObjectId> refs = home.refs().list("");
    Set<ObjectId> reached = new HashSet<>(refs.values());
    // The log of a ref that is gone leads nobody back: who deletes a branch or a dot wants that.
    for (RefName name : refs.keySet()) {
      for (ReflogEntry entry : home.refs().reflog(name, EVERY_CHANGE)) {
        if (entry.time().isBefore(logsFrom)) {
          break;
        }
        for (ObjectId id : ids(entry)) {
          if (!entry.time().isBefore(unreachableFrom) || reached.contains(id)) {
            ids.add(id);
          }
        }
      }
    }
    return ids;
  }

  /** What interrupted transfers have brought, which the next ones use, leans on the store. */
  @Override
  public void leanedOn(References.Visitor visitor) throws StoreException {
    Quarantine.bases(home.quarantines(), home.objects(), visitor);
  }

  /** Forgets changes of refs that are too old. */
  void expireLogs() throws StoreException {
    for (RefName name : home.refs().logged()) {
      home.refs().expire(name, logsFrom);
    }
  }

  private static List<ObjectId> ids(ReflogEntry entry) {
    List<ObjectId> ids = new ArrayList<>();
    entry.before().ifPresent(ids::add);
    entry.after().ifPresent(ids::add);
    return ids;
  }
}
