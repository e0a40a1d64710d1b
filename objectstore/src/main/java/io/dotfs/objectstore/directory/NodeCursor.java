package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Walks the leaves of one directory from left to right, holding one node per level. */
final class NodeCursor implements DirectoryCursor {
  private final ObjectReader objects;

  /** The way from the root to the current leaf. */
  private final Deque<Position> path = new ArrayDeque<>();

  /** A node, and the index of the item in it that comes next. */
  private static final class Position {
    private final DirectoryNode node;
    private int next;

    Position(DirectoryNode node, int next) {
      this.node = node;
      this.next = next;
    }
  }

  /** Stands before the first entry whose name is greater than {@code after}. */
  NodeCursor(ObjectReader objects, DirectoryRef directory, ByteName after) throws StoreException {
    this.objects = objects;
    if (directory.root().isPresent()) {
      descend(DirectoryNodes.read(objects, directory.root().get()), after);
    }
  }

  private void descend(DirectoryNode top, ByteName after) throws StoreException {
    DirectoryNode node = top;
    while (node instanceof DirectoryNode.Inner inner) {
      int index = inner.indexOf(after);
      path.push(new Position(inner, index + 1));
      if (index == inner.size()) {
        return;
      }
      node = DirectoryNodes.readChild(objects, inner, inner.children().get(index));
    }
    DirectoryNode.Leaf leaf = (DirectoryNode.Leaf) node;
    int index = DirectoryReader.indexOf(leaf.entries(), after);
    if (index < leaf.size() && leaf.entries().get(index).name().equals(after)) {
      index++;
    }
    path.push(new Position(leaf, index));
  }

  @Override
  public Optional<TreeEntry> next() throws StoreException {
    while (!path.isEmpty()) {
      Position position = path.element();
      if (position.next >= position.node.size()) {
        path.pop();
      } else if (position.node instanceof DirectoryNode.Inner inner) {
        DirectoryNode.Child child = inner.children().get(position.next++);
        path.push(new Position(DirectoryNodes.readChild(objects, inner, child), 0));
      } else if (position.node instanceof DirectoryNode.Leaf leaf) {
        return Optional.of(leaf.entries().get(position.next++));
      }
    }
    return Optional.empty();
  }
}
