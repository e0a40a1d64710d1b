package io.dotfs.objectstore.chunk;

import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes a new version of a file from an old one and the blocks that changed, in time that follows
 * the change and memory that follows the depth of the map. One thread at a time; to hash and
 * compress in parallel, put chunks elsewhere and hand their ids to {@link #chunk}.
 *
 * <p>Blocks come in ascending order, each at most once; what is not mentioned stays as in the base.
 * Where the size changes within a block that is not mentioned, the editor cuts or extends (with
 * zeros) that block's chunk by itself. Blocks between the old end and the new one are holes.
 */
public final class FileEditor {
  private final ObjectReader reader;
  private final ObjectSink sink;
  private final FileContent base;
  private final BlockSize blockSize;
  private final long newSizeBytes;

  /** Bytes of the base that the new version keeps. */
  private final long keptBytes;

  /** Level of the base's root; -1 for a chunk or nothing. */
  private final int baseLevel;

  private final int rootLevel;

  /** Open nodes by level; the ones above an open node are open too. */
  private final OpenNode[] open;

  /** Blocks that must be looked at for the size alone, not yet reached. */
  private final SortedSet<Long> sizeBlocks = new TreeSet<>();

  private Optional<ObjectId> root;
  private long nextBlock;
  private boolean finished;

  /** A node that is being changed. */
  private static final class OpenNode {
    private final long index;
    private final FileNode.Builder builder;

    /** What the base has in its place. */
    private Optional<ObjectId> older = Optional.empty();

    OpenNode(long index, FileNode.Builder builder) {
      this.index = index;
      this.builder = builder;
    }
  }

  private FileEditor(
      ObjectReader reader,
      ObjectSink sink,
      FileContent base,
      int baseLevel,
      BlockSize blockSize,
      Resize resize) {
    this.reader = reader;
    this.sink = sink;
    this.base = base;
    this.blockSize = blockSize;
    this.newSizeBytes = resize.sizeBytes();
    this.keptBytes = Math.min(base.sizeBytes(), Math.min(resize.keptBytes(), newSizeBytes));
    this.baseLevel = baseLevel;
    this.rootLevel = FileNode.rootLevel(blockSize.log2(), newSizeBytes);
    this.open = new OpenNode[Math.max(0, rootLevel + 1)];
    this.root = Optional.empty();
    if (newSizeBytes != base.sizeBytes() || keptBytes != base.sizeBytes()) {
      // The nodes on the way to the last block that is kept, and to the new end, change in length.
      addSizeBlock(keptBytes);
      addSizeBlock(Math.min(base.sizeBytes(), newSizeBytes));
    }
  }

  private void addSizeBlock(long end) {
    if (end > 0) {
      sizeBlocks.add(blockSize.indexOf(end - 1));
    }
  }

  /** Begins a new version of size {@code newSizeBytes}; see {@link Resize#to}. */
  public static FileEditor edit(
      ObjectReader reader, ObjectSink sink, FileContent base, long newSizeBytes)
      throws StoreException {
    return edit(reader, sink, base, Resize.to(newSizeBytes));
  }

  /**
   * Begins a new version.
   *
   * @param reader holds the base
   * @param sink takes the new chunks and nodes
   * @param base the old version; {@link FileContent#EMPTY} for a new file
   * @param resize size of the new version, and how much of the base it keeps
   */
  public static FileEditor edit(
      ObjectReader reader, ObjectSink sink, FileContent base, Resize resize) throws StoreException {
    if (base.root().isEmpty()) {
      return new FileEditor(reader, sink, base, -1, BlockSize.DEFAULT, resize);
    }
    ObjectId id = base.root().get();
    Optional<ObjectInfo> info = reader.info(id);
    if (info.isPresent() && info.get().type() == ObjectType.CHUNK) {
      return new FileEditor(reader, sink, base, -1, sizeAround(base.sizeBytes()), resize);
    }
    FileNode node = FileNodes.read(reader, id);
    if (node.lengthBytes() != base.sizeBytes()
        || node.level() != FileNode.rootLevel(node.blockLog2(), base.sizeBytes())) {
      throw CorruptObjectException.malformed("a map that does not fit the file's size").of(id);
    }
    return new FileEditor(
        reader, sink, base, node.level(), new BlockSize(node.blockLog2()), resize);
  }

  private static BlockSize sizeAround(long chunkBytes) {
    int log2 = BlockSize.DEFAULT.log2();
    while (1L << log2 < chunkBytes) {
      log2++;
    }
    return new BlockSize(log2);
  }

  /**
   * The size of this file's blocks: the base's, or the default one for a file of at most a block.
   */
  public BlockSize blockSize() {
    return blockSize;
  }

  /**
   * Gives block {@code index} new bytes and stores them.
   *
   * @param data as many bytes as the block has in the new version (a whole block, less for the last
   *     one), from position to limit; its position stays
   */
  public void data(long index, ByteBuffer data) throws StoreException {
    advanceTo(index, 1);
    if (data.remaining() != blockSize.lengthOf(index, newSizeBytes)) {
      throw new IllegalArgumentException(
          data.remaining() + " bytes for block " + index + " of a file of " + newSizeBytes);
    }
    set(index, Optional.of(sink.put(ObjectType.CHUNK, data, baseChunk(index))));
  }

  /** Gives block {@code index} a chunk that was put already, of exactly the block's length. */
  public void chunk(long index, ObjectId chunk) throws StoreException {
    advanceTo(index, 1);
    set(index, Optional.of(chunk));
  }

  /** Makes {@code count} blocks from {@code index} on a hole. */
  public void hole(long index, long count) throws StoreException {
    if (count < 1) {
      throw new IllegalArgumentException("a hole of " + count + " blocks");
    }
    advanceTo(index, count);
    long end = index + count;
    long at = index;
    while (at < end) {
      // Whole children become holes at once, at the highest level where they are whole.
      int level = -1;
      while (level + 1 < rootLevel && isWhole(level + 1, at, end)) {
        level++;
      }
      at = Math.min(end, at + blocksOf(level));
      if (level < 0) {
        set(at - 1, Optional.empty());
      } else {
        long child = (at - 1) >>> (FileNode.FAN_OUT_LOG2 * (level + 1));
        setChild(level + 1, child, Optional.empty());
      }
    }
  }

  /** How many blocks a whole node at {@code level} covers; one for a chunk. */
  private static long blocksOf(int level) {
    return 1L << (FileNode.FAN_OUT_LOG2 * (level + 1));
  }

  private boolean isWhole(int level, long from, long end) {
    long blocks = blocksOf(level);
    if ((from & (blocks - 1)) != 0) {
      return false;
    }
    return end - from >= blocks || end == blockSize.count(newSizeBytes);
  }

  private void advanceTo(long index, long count) throws StoreException {
    if (finished) {
      throw new IllegalStateException("the editor is used up");
    }
    long blocks = blockSize.count(newSizeBytes);
    if (index < nextBlock || index >= blocks || count > blocks - index) {
      throw new IllegalArgumentException(
          "block " + index + " after " + nextBlock + ", of " + blocks);
    }
    resizeBefore(index);
    sizeBlocks.subSet(index, index + count).clear();
    nextBlock = index + count;
  }

  /** Treats the blocks whose length changes and that come before {@code index}. */
  private void resizeBefore(long index) throws StoreException {
    while (!sizeBlocks.isEmpty() && sizeBlocks.first() < index) {
      long block = sizeBlocks.first();
      sizeBlocks.remove(block);
      set(block, resized(block));
    }
  }

  /** The chunk of a block of the base, cut or extended to its new length. */
  private Optional<ObjectId> resized(long block) throws StoreException {
    Optional<ObjectId> old = baseChunk(block);
    if (old.isEmpty()) {
      return old;
    }
    int oldLength = blockSize.lengthOf(block, base.sizeBytes());
    int length = blockSize.lengthOf(block, newSizeBytes);
    int valid = (int) Math.min(length, keptBytes - blockSize.offsetOf(block));
    if (valid == oldLength && valid == length) {
      return old;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    bytes.limit(Math.min(valid, oldLength));
    if (reader.read(old.get(), ObjectType.CHUNK, 0, bytes) != bytes.limit()) {
      throw CorruptObjectException.malformed("a chunk of less than " + oldLength + " bytes")
          .of(old.get());
    }
    return Optional.of(sink.put(ObjectType.CHUNK, bytes.clear(), old));
  }

  /** The chunk that the base has for a block of which it keeps at least one byte. */
  private Optional<ObjectId> baseChunk(long block) throws StoreException {
    if (blockSize.offsetOf(block) >= keptBytes || base.root().isEmpty()) {
      return Optional.empty();
    }
    if (baseLevel < 0) {
      return base.root();
    }
    return baseChild(-1, block);
  }

  /** The child at ({@code level}, {@code index}) of the base's map: a node, or a chunk at -1. */
  private Optional<ObjectId> baseChild(int level, long index) throws StoreException {
    if (level > baseLevel) {
      throw new IllegalStateException("no level " + level + " in the base");
    }
    Optional<ObjectId> id = base.root();
    if (level == baseLevel) {
      return index == 0 ? id : Optional.empty();
    }
    FileNode node = FileNodes.read(reader, id.orElseThrow());
    while (true) {
      long child = index >>> (FileNode.FAN_OUT_LOG2 * (node.level() - 1 - level));
      int slot = (int) (child & (FileNode.FAN_OUT - 1));
      if (slot >= node.slots()) {
        return Optional.empty();
      }
      id = node.child(slot);
      if (id.isEmpty() || node.level() - 1 == level) {
        return id;
      }
      node = FileNodes.readChild(reader, node, slot, id.get());
    }
  }

  private void set(long block, Optional<ObjectId> chunk) throws StoreException {
    if (rootLevel < 0) {
      root = chunk;
      touched = true;
    } else {
      setChild(0, block, chunk);
    }
  }

  private boolean touched;

  /** Puts a child into the node at {@code level} that holds the child of this index. */
  private void setChild(int level, long childIndex, Optional<ObjectId> child)
      throws StoreException {
    OpenNode node = openNode(level, childIndex >>> FileNode.FAN_OUT_LOG2);
    node.builder.set((int) (childIndex & (FileNode.FAN_OUT - 1)), child);
  }

  private OpenNode openNode(int level, long index) throws StoreException {
    if (open[level] != null && open[level].index == index) {
      return open[level];
    }
    close(level);
    if (level < rootLevel) {
      openNode(level + 1, index >>> FileNode.FAN_OUT_LOG2);
    }
    long span = 1L << FileNode.spanLog2(level + 1, blockSize.log2());
    long offset = level == rootLevel ? 0 : index * span;
    long length = level == rootLevel ? newSizeBytes : Math.min(span, newSizeBytes - offset);
    OpenNode node = new OpenNode(index, new FileNode.Builder(level, blockSize.log2(), length));
    load(node, level, offset);
    open[level] = node;
    return node;
  }

  /** Fills a node with what the base has there and keeps. */
  private void load(OpenNode node, int level, long offset) throws StoreException {
    if (offset >= keptBytes || base.root().isEmpty()) {
      return;
    }
    if (level > baseLevel) {
      // Above the base's root: only the leftmost child can be anything but a hole. Its own level
      // fills it in, unless it is that root.
      if (level == baseLevel + 1 && node.index == 0) {
        node.builder.set(0, base.root());
      }
      return;
    }
    Optional<ObjectId> id = baseChild(level, node.index);
    if (id.isEmpty()) {
      return;
    }
    node.older = id;
    FileNode old = FileNodes.read(reader, id.get());
    long span = old.spanBytes();
    for (int slot = 0; slot < node.builder.slots() && slot < old.slots(); slot++) {
      if (offset + slot * span < keptBytes) {
        node.builder.set(slot, old.child(slot));
      }
    }
  }

  /** Stores the open nodes from level 0 up to {@code level} and hands them to their parents. */
  private void close(int level) throws StoreException {
    for (int i = 0; i <= level; i++) {
      OpenNode node = open[i];
      if (node == null) {
        continue;
      }
      Optional<ByteBuffer> payload = node.builder.encode();
      Optional<ObjectId> id = Optional.empty();
      if (payload.isPresent()) {
        id = Optional.of(sink.put(ObjectType.FILE_NODE, payload.get(), node.older));
      }
      if (i == rootLevel) {
        root = id;
        touched = true;
      } else {
        open[i + 1].builder.set((int) (node.index & (FileNode.FAN_OUT - 1)), id);
      }
      open[i] = null;
    }
  }

  /** Stores the nodes that changed and returns the new version. The editor is used up. */
  public FileContent finish() throws StoreException {
    if (finished) {
      throw new IllegalStateException("the editor is used up");
    }
    resizeBefore(Long.MAX_VALUE);
    close(rootLevel);
    finished = true;
    if (newSizeBytes == 0) {
      return FileContent.EMPTY;
    }
    if (!touched) {
      // Nothing was mentioned: the base itself, or (it keeps nothing) a hole.
      return keptBytes == newSizeBytes && newSizeBytes == base.sizeBytes()
          ? base
          : FileContent.hole(newSizeBytes);
    }
    return new FileContent(newSizeBytes, root);
  }
}
