package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryBoundary;
import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a sequence of items into the nodes of one level and stores them. A node ends behind an item
 * whose name says so, or before an item that would make it too large ({@code FORMAT.md},
 * "Boundaries"): so where a sequence is cut depends only on the items since the last natural end.
 */
final class NodeBuilder {
  private final ObjectSink sink;
  private final int level;
  private final List<Item> items = new ArrayList<>();
  private int itemBytes;

  NodeBuilder(ObjectSink sink, int level) {
    this.sink = sink;
    this.level = level;
  }

  /** Whether the next item begins a node. */
  boolean isAtCut() {
    return items.isEmpty();
  }

  /** Whether {@code item} would still go into the node that is being built. */
  boolean hasRoomFor(Item item) {
    return items.isEmpty()
        || (items.size() < DirectoryCodec.MAX_ITEMS
            && itemBytes + item.encodedBytes() <= DirectoryCodec.MAX_ITEM_BYTES);
  }

  /** Whether a node ends behind {@code item} by its name. */
  boolean endsBehind(Item item) {
    return DirectoryBoundary.endsNode(item.key(), level);
  }

  /** Adds an item for which there is room. */
  void add(Item item) {
    items.add(item);
    itemBytes += item.encodedBytes();
  }

  /** Stores the items since the last cut as a node. */
  Built cut() throws StoreException {
    DirectoryNode node = node();
    ObjectId id = sink.put(ObjectType.DIRECTORY_NODE, DirectoryCodec.encode(node));
    items.clear();
    itemBytes = 0;
    DirectoryRef subtree =
        new DirectoryRef(Optional.of(id), DirectoryNode.counts(node), DirectoryNode.totals(node));
    return new Built(node, new DirectoryNode.Child(node.lastName(), subtree));
  }

  /** A stored node, and what its parent says of it. */
  record Built(DirectoryNode node, DirectoryNode.Child child) {}

  private DirectoryNode node() {
    if (level == 0) {
      List<TreeEntry> entries = new ArrayList<>(items.size());
      for (Item item : items) {
        entries.add(((Item.Entry) item).entry());
      }
      return new DirectoryNode.Leaf(entries);
    }
    List<DirectoryNode.Child> children = new ArrayList<>(items.size());
    for (Item item : items) {
      children.add(((Item.Node) item).child());
    }
    return new DirectoryNode.Inner(level, children);
  }
}
