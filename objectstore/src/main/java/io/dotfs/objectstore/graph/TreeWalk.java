package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.directory.DirectoryClaim;
import io.dotfs.objectstore.directory.DirectoryComparison;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Visits the objects of a tree that another tree has not at the same place: walks both in parallel,
 * without looking into what is equal. Each object comes after all that it names. Reads a few nodes
 * per change; holds one node per level of each directory on the path, however deep that is.
 *
 * <p>One thread at a time.
 */
final class TreeWalk {
  private final ObjectReader baseObjects;
  private final ObjectReader objects;
  private final Visitor visitor;
  private final DirectoryComparison.Nodes nodes;

  /** Hears of the objects. */
  interface Visitor {
    /**
     * Before an object is looked into.
     *
     * @return whether it is wanted; otherwise neither it nor what is beneath it comes
     */
    boolean enter(Claim claim) throws StoreException;

    /** A wanted object, after all wanted ones beneath it. */
    void left(ObjectId id, ObjectType type) throws StoreException;

    /**
     * As {@link #left(ObjectId, ObjectType)}.
     *
     * @param before what the other tree has in its place: an object of a file
     */
    default void left(ObjectId id, ObjectType type, Optional<ObjectId> before)
        throws StoreException {
      left(id, type);
    }
  }

  /**
   * Makes a walk.
   *
   * @param baseObjects holds the trees to compare with
   * @param objects holds the trees to visit, as far as they are wanted
   */
  TreeWalk(ObjectReader baseObjects, ObjectReader objects, Visitor visitor) {
    this.baseObjects = baseObjects;
    this.objects = objects;
    this.visitor = visitor;
    this.nodes =
        new DirectoryComparison.Nodes() {
          @Override
          public boolean enter(DirectoryClaim claim) throws StoreException {
            return visitor.enter(new Claim.Directory(claim));
          }

          @Override
          public void left(ObjectId id) throws StoreException {
            visitor.left(id, ObjectType.DIRECTORY_NODE);
          }
        };
  }

  /** Visits what {@code tree} has and {@code base} has not at the same place. */
  void walk(DirectoryRef base, DirectoryRef tree) throws StoreException {
    Deque<DirectoryComparison> open = new ArrayDeque<>();
    open.push(compare(base, tree));
    while (!open.isEmpty()) {
      Optional<DirectoryComparison.Difference> difference = open.getFirst().next();
      if (difference.isEmpty()) {
        open.pop();
      } else if (difference.get().after().isPresent()) {
        EntryContent now = difference.get().after().get().content();
        Optional<EntryContent> before = difference.get().before().map(entry -> entry.content());
        if (before.isPresent() && before.get().equals(now)) {
          continue;
        }
        if (now instanceof DirectoryRef directory) {
          open.push(
              compare(
                  before.orElse(DirectoryRef.EMPTY) instanceof DirectoryRef old
                      ? old
                      : DirectoryRef.EMPTY,
                  directory));
        } else if (now instanceof FileContent file) {
          walk(
              before.orElse(FileContent.EMPTY) instanceof FileContent old ? old : FileContent.EMPTY,
              file);
        }
      }
    }
  }

  private DirectoryComparison compare(DirectoryRef base, DirectoryRef tree) {
    return DirectoryComparison.additions(baseObjects, base, objects, tree, nodes);
  }

  /** Visits what a file has and another has not at the same offset. */
  void walk(FileContent base, FileContent file) throws StoreException {
    Optional<FilePart.Root> root = FilePart.Root.of(file);
    Optional<FilePart.Root> baseRoot = FilePart.Root.of(base);
    if (root.isEmpty() || root.equals(baseRoot)) {
      return;
    }
    Optional<FilePart> resolvedBase = Optional.empty();
    if (baseRoot.isPresent()) {
      resolvedBase = Optional.of(baseRoot.get().resolve(baseObjects));
      if (file.sizeBytes() < base.sizeBytes() && beginsWith(resolvedBase.get(), root.get())) {
        return;
      }
    }
    if (visitor.enter(root.get())) {
      visit(root.get().resolve(objects), resolvedBase);
    }
  }

  /** Whether a file was cut down to just the first child, grandchild … of its old map. */
  private boolean beginsWith(FilePart base, FilePart.Root root) throws StoreException {
    Optional<FilePart> first = Optional.of(base);
    while (first.isPresent() && first.get().lengthBytes() >= root.lengthBytes()) {
      FilePart part = first.get();
      if (part.id().equals(root.id()) && part.lengthBytes() == root.lengthBytes()) {
        return true;
      }
      first = firstChild(part);
    }
    return false;
  }

  private Optional<FilePart> firstChild(FilePart base) throws StoreException {
    return base instanceof FilePart.Node node
        ? node.child(node.read(baseObjects), 0)
        : Optional.empty();
  }

  /** Visits a wanted part; {@code base} begins at the same offset. */
  private void visit(FilePart part, Optional<FilePart> base) throws StoreException {
    if (!(part instanceof FilePart.Node node)) {
      part.check(objects);
      visitor.left(part.id(), ObjectType.CHUNK, base.map(FilePart::id));
      return;
    }
    FileNode content = node.read(objects);
    Optional<FilePart> aligned = base;
    while (aligned.isPresent() && aligned.get().level() > node.level()) {
      aligned = firstChild(aligned.get());
    }
    Optional<FileNode> peer = Optional.empty();
    if (aligned.isPresent()
        && aligned.get() instanceof FilePart.Node old
        && old.level() == node.level()
        && old.blockLog2() == node.blockLog2()) {
      peer = Optional.of(old.read(baseObjects));
    }
    for (int slot = content.nextSlot(0, true);
        slot < content.slots();
        slot = content.nextSlot(slot + 1, true)) {
      Optional<FilePart> before = Optional.empty();
      if (peer.isPresent()) {
        before = ((FilePart.Node) aligned.orElseThrow()).child(peer.get(), slot);
      } else if (slot == 0) {
        // The file has grown by a level: its old map is the beginning of the first child.
        before = aligned;
      }
      Optional<FilePart> child = node.child(content, slot);
      if (!child.equals(before) && visitor.enter(child.orElseThrow())) {
        visit(child.orElseThrow(), before);
      }
    }
    visitor.left(node.id(), ObjectType.FILE_NODE, aligned.map(FilePart::id));
  }
}
