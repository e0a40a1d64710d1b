package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a new version of one directory from an old one and the names that changed, in time and
 * memory that follow the change. The result depends on the entries alone, never on the steps that
 * led there. One thread at a time.
 *
 * <p>Names come in ascending order of their bytes, each at most once. Subdirectories are entries
 * like any other: whoever edits a tree edits the deepest directories first.
 */
public final class DirectoryEditor {
  private final ObjectReader reader;
  private final ObjectSink sink;
  private final DirectoryRef base;
  private final LevelEditor leaves;

  /** Children of the inner nodes that this edit made. */
  private final Map<ObjectId, List<DirectoryNode.Child>> newInner = new HashMap<>();

  private ByteName last = ByteName.EMPTY;
  private boolean finished;

  private DirectoryEditor(ObjectReader reader, ObjectSink sink, DirectoryRef base)
      throws StoreException {
    this.reader = reader;
    this.sink = sink;
    this.base = base;
    this.leaves = new LevelEditor(reader, sink, base, 0);
  }

  /**
   * Begins a new version.
   *
   * @param reader holds the base
   * @param sink takes the new nodes
   * @param base the old version; {@link DirectoryRef#EMPTY} for a new directory
   */
  public static DirectoryEditor edit(ObjectReader reader, ObjectSink sink, DirectoryRef base)
      throws StoreException {
    return new DirectoryEditor(reader, sink, base);
  }

  /** Adds an entry, or replaces the one of that name. */
  public void put(TreeEntry entry) throws StoreException {
    advanceTo(entry.name());
    leaves.edit(entry.name(), Optional.of(new Item.Entry(entry)));
  }

  /** Removes the entry of that name; does nothing if there is none. */
  public void remove(ByteName name) throws StoreException {
    advanceTo(name);
    leaves.edit(name, Optional.empty());
  }

  private void advanceTo(ByteName name) {
    if (finished) {
      throw new IllegalStateException("the editor is used up");
    }
    if (name.compareTo(last) <= 0) {
      throw new IllegalArgumentException("name " + name + " after " + last);
    }
    last = name;
  }

  /** Stores the nodes that changed and returns the new version. The editor is used up. */
  public DirectoryRef finish() throws StoreException {
    if (finished) {
      throw new IllegalStateException("the editor is used up");
    }
    finished = true;
    if (last.length() == 0) {
      return base;
    }
    LevelEditor level = leaves;
    level.finish();
    remember(level);
    // Up to the base's root, each level's new nodes are edits of the level above it.
    while (level.level() < level.topLevel()) {
      LevelEditor above = new LevelEditor(reader, sink, base, level.level() + 1);
      level.editParents(above);
      above.finish();
      level = above;
      remember(level);
    }
    // At and above it there is nothing old: build until one node is left.
    while (level.newNodes().size() > 1) {
      LevelEditor above = new LevelEditor(reader, sink, DirectoryRef.EMPTY, level.level() + 1);
      level.editParents(above);
      above.finish();
      level = above;
      remember(level);
    }
    return level.newNodes().isEmpty()
        ? DirectoryRef.EMPTY
        : collapse(level.newNodes().get(0).subtree(), level.level());
  }

  private void remember(LevelEditor level) {
    newInner.putAll(level.newInner());
  }

  /** The root is the lowest node that holds everything. */
  private DirectoryRef collapse(DirectoryRef top, int topLevel) throws StoreException {
    DirectoryRef root = top;
    for (int level = topLevel; level > 0; level--) {
      ObjectId id = root.root().orElseThrow();
      List<DirectoryNode.Child> children = newInner.get(id);
      if (children == null) {
        DirectoryNode node = DirectoryNodes.read(reader, id);
        children = node instanceof DirectoryNode.Inner inner ? inner.children() : List.of();
      }
      if (children.size() != 1) {
        break;
      }
      root = children.get(0).subtree();
    }
    return root;
  }
}
