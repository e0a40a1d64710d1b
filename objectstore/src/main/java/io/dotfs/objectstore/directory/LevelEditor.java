package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryBoundary;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies ascending edits to the nodes of one level of a directory, reading and writing only nodes
 * that change, and tells which nodes went and which came: the edits of the level above.
 *
 * <p>INVARIANT: whenever no old node is open, the new nodes and the old ones that were not consumed
 * are exactly those that a build from nothing would cut.
 *
 * <p>An old node is kept as it is when the new sequence has a cut at its beginning and no edit
 * falls into it, nor into its successor if it was cut only for its size: the successor's first item
 * decides whether it ends where it does.
 */
final class LevelEditor {
  private final ObjectReader reader;
  private final int level;
  private final NodeBuilder builder;
  private final Optional<DirectoryNode> root;
  private final DirectoryNode[] memo;
  private final ObjectId[] memoIds;

  /** The old node whose items are being merged in, if any. */
  private Optional<Old> open = Optional.empty();

  private int nextItem;

  /** Name that the last consumed old node ended with; empty before the first. */
  private ByteName consumedTo = ByteName.EMPTY;

  private final List<ByteName> consumed = new ArrayList<>();
  private final List<DirectoryNode.Child> newNodes = new ArrayList<>();

  /** Above level 0, the children since the last cut. */
  private final List<DirectoryNode.Child> children = new ArrayList<>();

  private final Map<ObjectId, List<DirectoryNode.Child>> newInner = new HashMap<>();

  /**
   * An old node of this level.
   *
   * @param items what it holds
   * @param lastName of its last item
   * @param isLast whether it is the last of its level
   * @param previous last name of the node before it; empty if it is the first
   */
  private record Old(List<Item> items, ByteName lastName, boolean isLast, ByteName previous) {}

  LevelEditor(ObjectReader reader, ObjectSink sink, DirectoryRef base, int level)
      throws StoreException {
    this.reader = reader;
    this.level = level;
    this.builder = new NodeBuilder(sink, level);
    this.root =
        base.root().isPresent()
            ? Optional.of(DirectoryNodes.read(reader, base.root().get()))
            : Optional.empty();
    int depth = topLevel() + 1;
    this.memo = new DirectoryNode[depth];
    this.memoIds = new ObjectId[depth];
  }

  int level() {
    return level;
  }

  /** Level of the base's root; 0 for an empty base. */
  int topLevel() {
    return root.map(DirectoryNode::level).orElse(0);
  }

  /** Puts an item in place of the one of that key, if any, or removes that. */
  void edit(ByteName key, Optional<Item> item) throws StoreException {
    if (root.isPresent()) {
      openFor(key);
      Old old = open.orElseThrow();
      while (nextItem < old.items().size() && old.items().get(nextItem).key().compareTo(key) < 0) {
        append(old.items().get(nextItem++));
      }
      if (nextItem < old.items().size() && old.items().get(nextItem).key().equals(key)) {
        nextItem++;
      }
    }
    if (item.isPresent()) {
      append(item.get());
    }
  }

  private void append(Item item) throws StoreException {
    byte[] encoded = item.encode();
    if (!builder.hasRoomFor(encoded)) {
      cut();
    }
    builder.add(item, encoded);
    if (level > 0) {
      children.add(((Item.Node) item).child());
    }
    if (builder.endsBehind(item)) {
      cut();
    }
  }

  private void cut() throws StoreException {
    DirectoryNode.Child built = builder.cut();
    newNodes.add(built);
    if (level > 0) {
      newInner.put(built.subtree().root().orElseThrow(), List.copyOf(children));
      children.clear();
    }
  }

  /** Opens the old node whose range holds {@code key}, after completing those before it. */
  private void openFor(ByteName key) throws StoreException {
    while (open.isPresent()) {
      Old old = open.get();
      if (old.isLast() || old.lastName().compareTo(key) >= 0) {
        return;
      }
      leave(old, Optional.of(key));
    }
    Old old = locate(key, false);
    if (old.previous().length() > 0
        && old.previous().compareTo(consumedTo) > 0
        && !DirectoryBoundary.endsNode(old.previous(), level)) {
      enter(locate(old.previous(), false));
      openFor(key);
    } else {
      enter(old);
    }
  }

  private void enter(Old old) {
    open = Optional.of(old);
    nextItem = 0;
    consumed.add(old.lastName());
    consumedTo = old.lastName();
  }

  /**
   * Takes over the rest of the open node; goes on with the next one unless the cuts agree again.
   *
   * @param upcoming the next edit, if there is one
   */
  private void leave(Old old, Optional<ByteName> upcoming) throws StoreException {
    while (nextItem < old.items().size()) {
      append(old.items().get(nextItem++));
    }
    open = Optional.empty();
    if (old.isLast() || builder.isAtCut()) {
      return;
    }
    Old next = locate(old.lastName(), true);
    boolean changes =
        upcoming.isPresent() && (next.isLast() || next.lastName().compareTo(upcoming.get()) >= 0);
    if (changes || builder.hasRoomFor(next.items().get(0).encode())) {
      enter(next);
    } else {
      cut();
    }
  }

  /** Completes the nodes of this level. */
  void finish() throws StoreException {
    while (open.isPresent()) {
      leave(open.get(), Optional.empty());
    }
    if (!builder.isAtCut()) {
      cut();
    }
  }

  /**
   * The old node that holds {@code key} or, {@code after} it, the next greater one: else the last
   * one.
   */
  private Old locate(ByteName key, boolean after) throws StoreException {
    DirectoryNode node = root.orElseThrow();
    boolean isLast = true;
    ByteName previous = ByteName.EMPTY;
    while (node.level() > level && node instanceof DirectoryNode.Inner inner) {
      int index = inner.indexOf(key);
      if (after && index < inner.size() && inner.children().get(index).lastName().equals(key)) {
        index++;
      }
      index = Math.min(index, inner.size() - 1);
      isLast &= index == inner.size() - 1;
      if (index > 0) {
        previous = inner.children().get(index - 1).lastName();
      }
      node = child(inner, index);
    }
    return new Old(items(node), node.lastName(), isLast, previous);
  }

  private DirectoryNode child(DirectoryNode.Inner parent, int index) throws StoreException {
    DirectoryNode.Child child = parent.children().get(index);
    ObjectId id = child.subtree().root().orElseThrow();
    int childLevel = parent.level() - 1;
    if (!id.equals(memoIds[childLevel])) {
      memo[childLevel] = DirectoryNodes.readChild(reader, parent, child);
      memoIds[childLevel] = id;
    }
    return memo[childLevel];
  }

  private static List<Item> items(DirectoryNode node) {
    List<Item> items = new ArrayList<>(node.size());
    if (node instanceof DirectoryNode.Leaf leaf) {
      leaf.entries().forEach(entry -> items.add(new Item.Entry(entry)));
    } else if (node instanceof DirectoryNode.Inner inner) {
      inner.children().forEach(child -> items.add(new Item.Node(child)));
    }
    return items;
  }

  /** What this edit put in place of old nodes, ascending; all nodes if the root was consumed. */
  List<DirectoryNode.Child> newNodes() {
    return newNodes;
  }

  /** The new nodes above level 0 with their children. */
  Map<ObjectId, List<DirectoryNode.Child>> newInner() {
    return newInner;
  }

  /** Hands the difference to the level above. */
  void editParents(LevelEditor above) throws StoreException {
    int c = 0;
    int n = 0;
    while (c < consumed.size() || n < newNodes.size()) {
      int order =
          c == consumed.size()
              ? 1
              : n == newNodes.size() ? -1 : consumed.get(c).compareTo(newNodes.get(n).lastName());
      if (order < 0) {
        above.edit(consumed.get(c++), Optional.empty());
      } else {
        DirectoryNode.Child child = newNodes.get(n++);
        above.edit(child.lastName(), Optional.of(new Item.Node(child)));
        c += order == 0 ? 1 : 0;
      }
    }
  }
}
