package io.dotfs.objectstore.diff;

import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Counts the bytes in which two files differ. Not thread safe. */
final class FileDiff {
  private static final int WINDOW_BYTES = 256 << 10;

  private final ObjectReader objects;

  FileDiff(ObjectReader objects) {
    this.objects = objects;
  }

  /**
   * A part of a file map.
   *
   * @param id its object
   * @param level -1 for a chunk, otherwise the node's
   */
  private record Part(ObjectId id, int level) {}

  /**
   * A file map.
   *
   * @param root where it begins; absent for one hole
   * @param blockLog2 binary logarithm of the block size; absent where any will do: one hole
   * @param chunkBytes length of the only chunk, 0 if there is a node
   */
  private record FileMap(Optional<Part> root, Optional<Integer> blockLog2, int chunkBytes) {
    /** Whether both are cut at the same offsets. */
    boolean isAlignedWith(FileMap other) {
      if (root.isEmpty() || other.root.isEmpty()) {
        return true;
      }
      if (blockLog2.isPresent() && other.blockLog2.isPresent()) {
        return blockLog2.equals(other.blockLog2);
      }
      // A file of one chunk is like the first block of the other, if it is no longer than that.
      return blockLog2.or(other::blockLog2).stream()
          .allMatch(log2 -> Math.max(chunkBytes, other.chunkBytes) <= 1 << log2);
    }
  }

  long changedBytes(FileContent before, FileContent after) throws StoreException {
    long common = Math.min(before.sizeBytes(), after.sizeBytes());
    long beyond = Math.max(before.sizeBytes(), after.sizeBytes()) - common;
    if (before.root().equals(after.root()) || common == 0) {
      return beyond;
    }
    FileMap old = mapOf(before);
    FileMap now = mapOf(after);
    if (!old.isAlignedWith(now)) {
      return beyond + differingBytes(before, after, common);
    }
    int blockLog2 = old.blockLog2.or(now::blockLog2).orElse(FileNode.FAN_OUT_LOG2);
    int level =
        Math.max(old.root.map(Part::level).orElse(-1), now.root.map(Part::level).orElse(-1));
    return beyond + differing(old.root, now.root, level, blockLog2, common);
  }

  private FileMap mapOf(FileContent file) throws StoreException {
    if (file.root().isEmpty()) {
      return new FileMap(Optional.empty(), Optional.empty(), 0);
    }
    ObjectId id = file.root().get();
    ObjectInfo info = objects.info(id).orElseThrow(() -> new MissingObjectException(id));
    if (info.type() == ObjectType.CHUNK) {
      return new FileMap(Optional.of(new Part(id, -1)), Optional.empty(), info.lengthBytes());
    }
    FileNode node = node(id);
    return new FileMap(Optional.of(new Part(id, node.level())), Optional.of(node.blockLog2()), 0);
  }

  private FileNode node(ObjectId id) throws StoreException {
    try {
      return FileNode.decode(objects.read(id, ObjectType.FILE_NODE));
    } catch (CorruptObjectException e) {
      throw e.of(id);
    }
  }

  /**
   * Counts within one span of both maps.
   *
   * @param level of the span; a part of a lower level is the beginning of it
   * @param lengthBytes how much of the span counts
   */
  private long differing(
      Optional<Part> before, Optional<Part> after, int level, int blockLog2, long lengthBytes)
      throws StoreException {
    if (before.equals(after) || lengthBytes <= 0) {
      return 0;
    }
    if (level < 0) {
      return lengthBytes;
    }
    Slots old = slots(before, level);
    Slots now = slots(after, level);
    long span = 1L << FileNode.spanLog2(level, blockLog2);
    long sum = 0;
    for (int slot = 0; slot < FileNode.FAN_OUT && slot * span < lengthBytes; slot++) {
      sum +=
          differing(
              old.child(slot),
              now.child(slot),
              level - 1,
              blockLog2,
              Math.min(span, lengthBytes - slot * span));
    }
    return sum;
  }

  /**
   * A part seen as a node of some level.
   *
   * @param node the node, if the part is one of that level
   * @param first otherwise what its first slot holds
   * @param level of the node
   */
  private record Slots(Optional<FileNode> node, Optional<Part> first, int level) {
    Optional<Part> child(int slot) {
      if (node.isPresent()) {
        return slot < node.get().slots()
            ? node.get().child(slot).map(id -> new Part(id, level - 1))
            : Optional.empty();
      }
      return slot == 0 ? first : Optional.empty();
    }
  }

  private Slots slots(Optional<Part> part, int level) throws StoreException {
    return part.isPresent() && part.get().level == level
        ? new Slots(Optional.of(node(part.get().id)), Optional.empty(), level)
        : new Slots(Optional.empty(), part, level);
  }

  /** Compares the first {@code common} bytes, whatever the chunks. */
  private long differingBytes(FileContent before, FileContent after, long common)
      throws StoreException {
    FileReader reader = new FileReader(objects);
    ByteBuffer old = ByteBuffer.allocate(WINDOW_BYTES);
    ByteBuffer now = ByteBuffer.allocate(WINDOW_BYTES);
    long sum = 0;
    long offset = 0;
    while (offset < common) {
      // What is a hole in both need not be looked at.
      offset = Math.min(reader.nextData(before, offset), reader.nextData(after, offset));
      int length = (int) Math.min(WINDOW_BYTES, common - offset);
      if (length <= 0) {
        break;
      }
      read(reader, before, offset, old.clear().limit(length));
      read(reader, after, offset, now.clear().limit(length));
      for (int i = 0; i < length; i++) {
        sum += old.get(i) == now.get(i) ? 0 : 1;
      }
      offset += length;
    }
    return sum;
  }

  private static void read(FileReader reader, FileContent file, long offset, ByteBuffer target)
      throws StoreException {
    while (target.hasRemaining()) {
      if (reader.read(file, offset + target.position(), target) == 0) {
        throw new IllegalStateException("a file ends before its size");
      }
    }
  }
}
