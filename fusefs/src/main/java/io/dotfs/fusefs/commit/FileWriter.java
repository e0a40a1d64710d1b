package io.dotfs.fusefs.commit;

import io.dotfs.fusefs.overlay.NativeMemory;
import io.dotfs.fusefs.tree.FrozenFile;
import io.dotfs.fusefs.tree.FrozenInode;
import io.dotfs.fusefs.tree.FrozenTree;
import io.dotfs.objectstore.chunk.BlockSize;
import io.dotfs.objectstore.chunk.FileEditor;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stores one frozen file. A block of zeros is stored as a hole, so that the result depends on the
 * bytes alone.
 *
 * <p>The thread that owns it walks the changed blocks in runs ({@link #nextRun}), has each run
 * stored ({@link #store}, on any thread) and adds the results in order ({@link #add}).
 */
final class FileWriter {
  /** Bytes of a run at most. */
  private static final int RUN_BYTES = 1 << 20;

  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(RUN_BYTES));
  private static final ByteBuffer ZEROS =
      ByteBuffer.allocateDirect(1 << BlockSize.MAX_LOG2).asReadOnlyBuffer();

  /** Consecutive blocks that changed, in units of the editor. */
  record Run(long first, int count) {}

  private final FrozenTree state;
  private final FrozenInode inode;
  private final FrozenFile file;
  private final ObjectSink sink;
  private final Optional<FileEditor> editor;
  private final BlockSize blocks;
  private final int runBlocks;
  private final FileContent base;
  private final FileReader reader;

  /** What the file, or the one whose name it took, was in the base commit. */
  private final FileContent older;

  private long position;

  /**
   * Prepares to store a file.
   *
   * @param replaced what the base commit has under its name, if that was another file: what is
   *     stored may be differences to it
   */
  FileWriter(
      FrozenTree state,
      FrozenInode inode,
      ObjectReader reader,
      ObjectSink sink,
      Optional<FileContent> replaced)
      throws StoreException, IOException {
    this.state = state;
    this.inode = inode;
    this.file = inode.file().orElseThrow();
    this.sink = sink;
    this.reader = new FileReader(reader);
    this.older = file.isWhole() ? replaced.orElse(FileContent.EMPTY) : file.base();
    this.base = cutBase(reader, sink);
    if (base.sizeBytes() == file.sizeBytes() && nextChangedByte(0) < 0) {
      editor = Optional.empty();
      blocks = BlockSize.DEFAULT;
    } else {
      FileEditor made = FileEditor.edit(reader, sink, base, file.sizeBytes());
      editor = Optional.of(made);
      blocks = made.blockSize();
    }
    runBlocks = Math.max(1, RUN_BYTES / blocks.bytes());
  }

  /** The base without what was cut off since. */
  private FileContent cutBase(ObjectReader reader, ObjectSink sink) throws StoreException {
    if (file.isWhole() || file.limit() == 0) {
      return FileContent.EMPTY;
    }
    FileContent whole = file.base();
    if (file.limit() >= whole.sizeBytes()) {
      return whole;
    }
    return FileEditor.edit(reader, sink, whole, file.limit()).finish();
  }

  private long nextChangedByte(long offset) throws IOException {
    return state.nextChanged(inode, offset);
  }

  /** Stores the file with this thread alone. */
  FileContent write() throws IOException, StoreException {
    for (Optional<Run> run = nextRun(); run.isPresent(); run = nextRun()) {
      add(run.get(), store(run.get()));
    }
    return finish();
  }

  /** The next blocks to store; nothing at the end. */
  Optional<Run> nextRun() throws IOException {
    if (editor.isEmpty()) {
      return Optional.empty();
    }
    long next = nextChangedByte(position);
    if (next < 0) {
      return Optional.empty();
    }
    long first = blocks.indexOf(next);
    long last = first;
    while (last - first + 1 < runBlocks && blocks.offsetOf(last + 1) < file.sizeBytes()) {
      long following = nextChangedByte(blocks.offsetOf(last + 1));
      if (following < 0 || blocks.indexOf(following) != last + 1) {
        break;
      }
      last++;
    }
    position = blocks.offsetOf(last + 1);
    return Optional.of(new Run(first, (int) (last - first + 1)));
  }

  /** Reads, hashes and compresses a run; gives one id per block, nothing for zeros. */
  List<Optional<ObjectId>> store(Run run) throws IOException, StoreException {
    ByteBuffer buffer = BUFFER.get();
    int perRead = Math.max(1, Math.min(run.count(), buffer.capacity() / blocks.bytes()));
    if (blocks.bytes() > buffer.capacity()) {
      buffer = ByteBuffer.allocateDirect(blocks.bytes());
    }
    List<Optional<ObjectId>> ids = new ArrayList<>(run.count());
    for (int done = 0; done < run.count(); done += perRead) {
      long first = run.first() + done;
      int count = Math.min(perRead, run.count() - done);
      long offset = blocks.offsetOf(first);
      int length = (int) Math.min((long) count * blocks.bytes(), file.sizeBytes() - offset);
      state.read(inode, offset, length, NativeMemory.address(buffer));
      for (int i = 0; i < count; i++) {
        int size = blocks.lengthOf(first + i, file.sizeBytes());
        ByteBuffer block = buffer.slice(i * blocks.bytes(), size);
        ids.add(
            block.mismatch(ZEROS.slice(0, size)) < 0
                ? Optional.empty()
                : Optional.of(sink.put(ObjectType.CHUNK, block, before(first + i))));
      }
    }
    return ids;
  }

  /** What was there before, in place of a block. */
  private Optional<ObjectId> before(long block) throws StoreException {
    long offset = blocks.offsetOf(block);
    return offset < older.sizeBytes() ? reader.extentAt(older, offset).chunk() : Optional.empty();
  }

  /** Adds a stored run; in the order of {@link #nextRun}. */
  void add(Run run, List<Optional<ObjectId>> ids) throws StoreException {
    FileEditor target = editor.orElseThrow();
    for (int i = 0; i < ids.size(); i++) {
      if (ids.get(i).isPresent()) {
        target.chunk(run.first() + i, ids.get(i).get());
      } else {
        target.hole(run.first() + i, 1);
      }
    }
  }

  FileContent finish() throws StoreException {
    return editor.isPresent() ? editor.get().finish() : base;
  }
}
