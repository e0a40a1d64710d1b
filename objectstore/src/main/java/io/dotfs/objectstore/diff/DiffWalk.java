package io.dotfs.objectstore.diff;

import io.dotfs.objectstore.directory.DirectoryComparison;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Goes through two trees side by side and tells a visitor what differs. Not thread safe. */
final class DiffWalk {
  private final ObjectReader objects;
  private final TreeDiff.Times times;
  private final TreeDiff.Visitor visitor;
  private final Deque<Open> open = new ArrayDeque<>();

  /**
   * A directory that is being compared.
   *
   * @param path where
   * @param entries its names that differ, as far as they are still to come
   */
  private record Open(TreePath path, DirectoryComparison entries) {}

  DiffWalk(ObjectReader objects, TreeDiff.Times times, TreeDiff.Visitor visitor) {
    this.objects = objects;
    this.times = times;
    this.visitor = visitor;
  }

  /** Compares what two directories hold. */
  void directories(TreePath path, DirectoryRef before, DirectoryRef after) throws StoreException {
    enter(path, before, after);
    drain();
  }

  /** Compares what two trees have at {@code path}, which is not the root. */
  void at(TreePath path, DirectoryRef before, DirectoryRef after) throws StoreException {
    Optional<TreeEntry> old = find(before, path);
    Optional<TreeEntry> now = find(after, path);
    if (!old.equals(now)) {
      entries(path, old, now);
      drain();
    }
  }

  private Optional<TreeEntry> find(DirectoryRef root, TreePath path) throws StoreException {
    DirectoryReader reader = new DirectoryReader(objects);
    DirectoryRef directory = root;
    Optional<TreeEntry> found = Optional.empty();
    for (ByteName name : path.names()) {
      if (found.isPresent()) {
        if (!(found.get().content() instanceof DirectoryRef next)) {
          return Optional.empty();
        }
        directory = next;
      }
      found = reader.find(directory, name);
      if (found.isEmpty()) {
        return found;
      }
    }
    return found;
  }

  private void enter(TreePath path, DirectoryRef before, DirectoryRef after) {
    if (!before.equals(after)) {
      open.push(new Open(path, DirectoryComparison.of(objects, before, after)));
    }
  }

  private void drain() throws StoreException {
    while (!open.isEmpty()) {
      Open top = open.getFirst();
      Optional<DirectoryComparison.Difference> difference = top.entries.next();
      if (difference.isEmpty()) {
        open.pop();
        continue;
      }
      Optional<TreeEntry> before = difference.get().before();
      Optional<TreeEntry> after = difference.get().after();
      entries(top.path.child(after.or(() -> before).orElseThrow().name()), before, after);
    }
  }

  /** Reports two entries that are not equal, and goes on with what they hold. */
  private void entries(TreePath path, Optional<TreeEntry> before, Optional<TreeEntry> after)
      throws StoreException {
    Optional<DirectoryRef> listedBefore = before.flatMap(DiffWalk::listing);
    Optional<DirectoryRef> listedAfter = after.flatMap(DiffWalk::listing);
    if (before.isPresent() && after.isPresent()) {
      both(path, before.get(), after.get());
    } else if (after.isPresent() && listedAfter.isEmpty()) {
      visitor.visit(new Change.Added(path, after.get()));
    } else if (before.isPresent() && listedBefore.isEmpty()) {
      visitor.visit(new Change.Removed(path, before.get()));
    }
    enter(path, listedBefore.orElse(DirectoryRef.EMPTY), listedAfter.orElse(DirectoryRef.EMPTY));
  }

  private void both(TreePath path, TreeEntry before, TreeEntry after) throws StoreException {
    if (before.attributes().type() == after.attributes().type()) {
      Change.Modified change = new Change.Modified(path, before, after);
      if (change.contentChanged() || differ(before.attributes(), after.attributes())) {
        visitor.visit(change);
      }
    } else if (listing(before).isPresent()) {
      visitor.visit(new Change.Added(path, after));
    } else if (listing(after).isPresent()) {
      visitor.visit(new Change.Removed(path, before));
    } else {
      visitor.visit(new Change.TypeChanged(path, before, after));
    }
  }

  /** What an entry holds if it is a directory with entries, which then stand for it. */
  private static Optional<DirectoryRef> listing(TreeEntry entry) {
    return entry.content() instanceof DirectoryRef directory && !directory.isEmpty()
        ? Optional.of(directory)
        : Optional.empty();
  }

  private boolean differ(Attributes before, Attributes after) {
    if (times == TreeDiff.Times.COMPARED) {
      return !before.equals(after);
    }
    return before.permissions() != after.permissions()
        || before.device() != after.device()
        || !before.owner().equals(after.owner())
        || !before.xattrs().equals(after.xattrs());
  }
}
