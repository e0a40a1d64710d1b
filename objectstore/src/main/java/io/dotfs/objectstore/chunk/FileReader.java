package io.dotfs.objectstore.chunk;

import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Random access to the bytes of stored files. Any number of threads may use one reader; it keeps no
 * state of its own.
 */
public final class FileReader {
  private final ObjectReader objects;

  public FileReader(ObjectReader objects) {
    this.objects = objects;
  }

  /**
   * Copies bytes from {@code offset} on into {@code target} until that is full or the file ends.
   * Holes read as zeros. On an exception the content of {@code target} is undefined.
   *
   * @return how many bytes were copied; 0 at or past the end
   */
  public int read(FileContent file, long offset, ByteBuffer target) throws StoreException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset);
    }
    long available = file.sizeBytes() - offset;
    if (available <= 0 || !target.hasRemaining()) {
      return 0;
    }
    int length = (int) Math.min(available, target.remaining());
    ByteBuffer window = target.slice(target.position(), length);
    if (file.root().isEmpty()) {
      zero(window, length);
    } else if (isChunk(file)) {
      readChunk(file.root().get(), (int) offset, (int) file.sizeBytes(), window);
    } else {
      readNode(root(file), offset, window);
    }
    target.position(target.position() + length);
    return length;
  }

  /** Fills {@code window} from {@code offset} of what {@code node} covers. */
  private void readNode(FileNode node, long offset, ByteBuffer window) throws StoreException {
    long at = offset;
    while (window.hasRemaining()) {
      int slot = node.slotOf(at);
      long within = at - slot * node.spanBytes();
      int length = (int) Math.min(window.remaining(), node.lengthOf(slot) - within);
      ByteBuffer part = window.slice(window.position(), length);
      Optional<ObjectId> child = node.child(slot);
      if (child.isEmpty()) {
        zero(part, length);
      } else if (node.level() == 0) {
        readChunk(child.get(), (int) within, (int) node.lengthOf(slot), part);
      } else {
        readNode(child(node, slot, child.get()), within, part);
      }
      window.position(window.position() + length);
      at += length;
    }
  }

  private void readChunk(ObjectId id, int offset, int chunkBytes, ByteBuffer window)
      throws StoreException {
    int expected = window.remaining();
    if (objects.read(id, ObjectType.CHUNK, offset, window) != expected) {
      throw CorruptObjectException.malformed("a chunk of less than " + chunkBytes + " bytes")
          .of(id);
    }
  }

  private static void zero(ByteBuffer target, int length) {
    int left = length;
    for (; left >= Long.BYTES; left -= Long.BYTES) {
      target.putLong(0);
    }
    for (; left > 0; left--) {
      target.put((byte) 0);
    }
  }

  /** Whether the file's root is a chunk; asks the store only if the size leaves it open. */
  private boolean isChunk(FileContent file) throws StoreException {
    if (file.sizeBytes() > ObjectType.CHUNK.maxLengthBytes()) {
      return false;
    }
    if (file.sizeBytes() <= 1 << BlockSize.MIN_LOG2) {
      return true;
    }
    Optional<ObjectInfo> info = objects.info(file.root().orElseThrow());
    // If it is not here, reading it will say so.
    return info.isEmpty() || info.get().type() == ObjectType.CHUNK;
  }

  /** The root node of a file that is more than a chunk. */
  private FileNode root(FileContent file) throws StoreException {
    ObjectId id = file.root().orElseThrow();
    FileNode node = FileNodes.read(objects, id);
    if (node.lengthBytes() != file.sizeBytes()
        || node.level() != FileNode.rootLevel(node.blockLog2(), file.sizeBytes())) {
      throw CorruptObjectException.malformed("a map that does not fit the file's size").of(id);
    }
    return node;
  }

  private FileNode child(FileNode parent, int slot, ObjectId id) throws StoreException {
    return FileNodes.readChild(objects, parent, slot, id);
  }

  /**
   * The extent that holds the byte at {@code offset}: one chunk, or a hole as long as possible.
   *
   * @throws IllegalArgumentException if {@code offset} is not within the file
   */
  public Extent extentAt(FileContent file, long offset) throws StoreException {
    if (offset < 0 || offset >= file.sizeBytes()) {
      throw new IllegalArgumentException("offset " + offset + " of " + file.sizeBytes());
    }
    if (file.root().isEmpty()) {
      return new Extent(0, file.sizeBytes(), Optional.empty());
    }
    if (isChunk(file)) {
      return new Extent(0, file.sizeBytes(), file.root());
    }
    FileNode root = root(file);
    Extent found = extentIn(root, 0, offset);
    if (!found.isHole()) {
      return found;
    }
    long begin = offset == 0 ? 0 : dataEndBefore(root, 0, offset);
    long end = nextData(root, 0, offset);
    return new Extent(begin, end - begin, Optional.empty());
  }

  /** The chunk at {@code offset} of the file, or the hole as one node has it. */
  private Extent extentIn(FileNode node, long nodeOffset, long offset) throws StoreException {
    int slot = node.slotOf(offset - nodeOffset);
    long slotOffset = nodeOffset + slot * node.spanBytes();
    Optional<ObjectId> child = node.child(slot);
    if (child.isEmpty() || node.level() == 0) {
      return new Extent(slotOffset, node.lengthOf(slot), child);
    }
    return extentIn(child(node, slot, child.get()), slotOffset, offset);
  }

  /** Where the last data before {@code offset} ends, or the node's beginning if there is none. */
  private long dataEndBefore(FileNode node, long nodeOffset, long offset) throws StoreException {
    for (int slot = node.slotOf(offset - 1 - nodeOffset); slot >= 0; slot--) {
      Optional<ObjectId> child = node.child(slot);
      if (child.isEmpty()) {
        continue;
      }
      long slotOffset = nodeOffset + slot * node.spanBytes();
      long before = Math.min(offset, slotOffset + node.lengthOf(slot));
      if (node.level() == 0) {
        return before;
      }
      long end = dataEndBefore(child(node, slot, child.get()), slotOffset, before);
      if (end > slotOffset) {
        return end;
      }
    }
    return nodeOffset;
  }

  /**
   * The first offset from {@code offset} on that holds data, or the file's size if there is none:
   * SEEK_DATA of lseek(2).
   */
  public long nextData(FileContent file, long offset) throws StoreException {
    if (offset >= file.sizeBytes() || file.root().isEmpty()) {
      return Math.max(offset, file.sizeBytes());
    }
    return isChunk(file) ? offset : nextData(root(file), 0, offset);
  }

  private long nextData(FileNode node, long nodeOffset, long offset) throws StoreException {
    long at = offset;
    long end = nodeOffset + node.lengthBytes();
    while (at < end) {
      int from = node.slotOf(at - nodeOffset);
      int slot = node.nextSlot(from, true);
      if (slot >= node.slots()) {
        return end;
      }
      long slotOffset = nodeOffset + slot * node.spanBytes();
      at = Math.max(at, slotOffset);
      if (node.level() == 0) {
        return at;
      }
      long slotEnd = slotOffset + node.lengthOf(slot);
      at = nextData(child(node, slot, node.child(slot).orElseThrow()), slotOffset, at);
      if (at < slotEnd) {
        return at;
      }
    }
    return end;
  }

  /**
   * The first offset from {@code offset} on that lies in a hole, or the file's size: SEEK_HOLE of
   * lseek(2).
   */
  public long nextHole(FileContent file, long offset) throws StoreException {
    if (offset >= file.sizeBytes() || file.root().isEmpty()) {
      return offset;
    }
    return isChunk(file) ? file.sizeBytes() : nextHole(root(file), 0, offset);
  }

  private long nextHole(FileNode node, long nodeOffset, long offset) throws StoreException {
    long at = offset;
    long end = nodeOffset + node.lengthBytes();
    while (at < end) {
      int slot = node.slotOf(at - nodeOffset);
      Optional<ObjectId> child = node.child(slot);
      if (child.isEmpty()) {
        return at;
      }
      long slotOffset = nodeOffset + slot * node.spanBytes();
      long slotEnd = slotOffset + node.lengthOf(slot);
      if (node.level() > 0) {
        at = nextHole(child(node, slot, child.get()), slotOffset, at);
        if (at < slotEnd) {
          return at;
        }
      }
      at = slotEnd;
    }
    return end;
  }

  /** The block size that a file is cut into; the default one for a file of one chunk or none. */
  public BlockSize blockSize(FileContent file) throws StoreException {
    return file.root().isEmpty() || isChunk(file)
        ? BlockSize.DEFAULT
        : new BlockSize(root(file).blockLog2());
  }
}
