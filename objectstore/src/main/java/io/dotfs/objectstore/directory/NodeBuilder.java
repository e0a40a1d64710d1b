package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryBoundary;
import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryCounts;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Totals;
import io.dotfs.objectstore.store.ObjectSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a sequence of items into the nodes of one level and stores them. A node ends behind an item
 * whose name says so, or before an item that would make it too large ({@code FORMAT.md},
 * "Boundaries"): so where a sequence is cut depends only on the items since the last end by name.
 */
final class NodeBuilder {
  private final ObjectSink sink;
  private final int level;
  private final List<byte[]> items = new ArrayList<>();
  private int itemBytes;
  private EntryCounts counts = EntryCounts.ZERO;
  private Totals totals = Totals.ZERO;
  private ByteName lastName = ByteName.EMPTY;

  NodeBuilder(ObjectSink sink, int level) {
    this.sink = sink;
    this.level = level;
  }

  /** Whether the next item begins a node. */
  boolean isAtCut() {
    return items.isEmpty();
  }

  /** Whether an item of {@code encoded} still goes into the node that is being built. */
  boolean hasRoomFor(byte[] encoded) {
    return items.isEmpty()
        || (items.size() < DirectoryCodec.MAX_ITEMS
            && itemBytes + encoded.length <= DirectoryCodec.MAX_ITEM_BYTES);
  }

  /** Whether a node ends behind {@code item} by its name. */
  boolean endsBehind(Item item) {
    return DirectoryBoundary.endsNode(item.key(), level);
  }

  /** Adds an item for which there is room. */
  void add(Item item, byte[] encoded) {
    items.add(encoded);
    itemBytes += encoded.length;
    counts = counts.plus(item.counts());
    totals = totals.plus(item.totals());
    lastName = item.key();
  }

  /** Stores the items since the last cut as a node, and tells what its parent says of it. */
  DirectoryNode.Child cut() throws StoreException {
    ObjectId id = sink.put(ObjectType.DIRECTORY_NODE, DirectoryCodec.assemble(level, items));
    DirectoryNode.Child child =
        new DirectoryNode.Child(lastName, new DirectoryRef(Optional.of(id), counts, totals));
    items.clear();
    itemBytes = 0;
    counts = EntryCounts.ZERO;
    totals = Totals.ZERO;
    return child;
  }
}
