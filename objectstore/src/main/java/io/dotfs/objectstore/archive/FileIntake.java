package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.chunk.BlockSize;
import io.dotfs.objectstore.chunk.FileEditor;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Stores the bytes of one file after the other: one thread reads and hands out, workers hash and
 * compress. At most some megabytes are under way.
 */
final class FileIntake {
  /** What is done with a file once all of it is stored. */
  interface Done {
    void stored(FileContent content) throws IOException, StoreException;
  }

  private static final int RUN_BYTES = 1 << 20;
  private static final long MAX_BYTES_UNDER_WAY = 24L << 20;
  private static final int MAX_RUNS_UNDER_WAY = 512;
  private static final ByteBuffer ZEROS =
      ByteBuffer.allocateDirect(1 << BlockSize.MAX_LOG2).asReadOnlyBuffer();

  private final ObjectReader reader;
  private final ObjectSink sink;
  private final ExecutorService workers;

  /** Files in the order in which they came. */
  private final Deque<Pending> files = new ArrayDeque<>();

  private long bytesUnderWay;
  private int runsUnderWay;

  /** Consecutive blocks that are being stored. */
  private record Run(long first, long bytes, Future<List<Optional<ObjectId>>> ids) {}

  /** A file whose blocks are being stored. */
  private static final class Pending {
    private final FileEditor editor;
    private final Done done;
    private final Deque<Run> runs = new ArrayDeque<>();
    private boolean read;

    Pending(FileEditor editor, Done done) {
      this.editor = editor;
      this.done = done;
    }
  }

  FileIntake(ObjectReader reader, ObjectSink sink, ExecutorService workers) {
    this.reader = reader;
    this.sink = sink;
    this.workers = workers;
  }

  /**
   * Reads a file and has it stored.
   *
   * @param keepZeros whether blocks of zeros that are there are data; else they become holes, as
   *     when a working tree is committed
   */
  void file(TarReader tar, SparseMap map, boolean keepZeros, Done done)
      throws IOException, StoreException, InterruptedException {
    Pending file =
        new Pending(FileEditor.edit(reader, sink, FileContent.EMPTY, map.sizeBytes()), done);
    files.add(file);
    Filling filling = new Filling(file, map.sizeBytes(), keepZeros);
    for (int i = 0; i < map.count(); i++) {
      long end = map.offset(i) + map.length(i);
      for (long at = map.offset(i); at < end; ) {
        int length = filling.room(at, end);
        tar.readData(filling.buffer, filling.indexOf(at), length);
        at += length;
      }
    }
    filling.flush();
    file.read = true;
    settle(false);
  }

  /** Blocks of one file that are being read. */
  private final class Filling {
    private final Pending file;
    private final BlockSize blocks;
    private final long sizeBytes;
    private final boolean keepZeros;
    private byte[] buffer = new byte[0];

    /** First block of the run and the one behind its last. */
    private long first;

    private long end;

    Filling(Pending file, long sizeBytes, boolean keepZeros) {
      this.file = file;
      this.blocks = file.editor.blockSize();
      this.sizeBytes = sizeBytes;
      this.keepZeros = keepZeros;
    }

    int indexOf(long offset) {
      return (int) (offset - blocks.offsetOf(first));
    }

    /** Makes room for bytes from {@code at} to at most {@code until}; for how many. */
    int room(long at, long until) throws IOException, StoreException, InterruptedException {
      long block = blocks.indexOf(at);
      boolean goesOn = buffer.length > 0 && block <= end && indexOf(at) < buffer.length;
      if (!goesOn) {
        flush();
        first = block;
        long rest = sizeBytes - blocks.offsetOf(first);
        long span = blocks.offsetOf(blocks.indexOf(until - 1) + 1) - blocks.offsetOf(first);
        buffer =
            new byte[(int) Math.min(Math.min(rest, span), Math.max(RUN_BYTES, blocks.bytes()))];
      }
      int length = (int) Math.min(until - at, buffer.length - indexOf(at));
      end = blocks.indexOf(at + length - 1) + 1;
      return length;
    }

    /** Hands the run to a worker. */
    void flush() throws IOException, StoreException, InterruptedException {
      if (buffer.length == 0) {
        return;
      }
      byte[] bytes = buffer;
      long from = first;
      int count = (int) (end - first);
      buffer = new byte[0];
      while (bytesUnderWay > MAX_BYTES_UNDER_WAY || runsUnderWay >= MAX_RUNS_UNDER_WAY) {
        settle(true);
      }
      bytesUnderWay += bytes.length;
      runsUnderWay++;
      file.runs.add(new Run(from, bytes.length, workers.submit(() -> store(bytes, from, count))));
    }

    private List<Optional<ObjectId>> store(byte[] bytes, long from, int count)
        throws StoreException {
      List<Optional<ObjectId>> ids = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int length = blocks.lengthOf(from + i, sizeBytes);
        ByteBuffer block = ByteBuffer.wrap(bytes, i * blocks.bytes(), length);
        boolean hole = !keepZeros && block.mismatch(ZEROS.slice(0, length)) < 0;
        ids.add(hole ? Optional.empty() : Optional.of(sink.put(ObjectType.CHUNK, block)));
      }
      return ids;
    }
  }

  /** Ends what is ended; if need be, waits for one run. */
  private void settle(boolean wait) throws IOException, StoreException, InterruptedException {
    boolean mayWait = wait;
    while (!files.isEmpty()) {
      Pending file = files.element();
      if (file.runs.isEmpty()) {
        if (!file.read) {
          return;
        }
        files.remove();
        file.done.stored(file.editor.finish());
      } else if (mayWait || file.runs.element().ids().isDone()) {
        add(file, file.runs.remove());
        mayWait = false;
      } else {
        return;
      }
    }
  }

  private void add(Pending file, Run run) throws IOException, StoreException, InterruptedException {
    bytesUnderWay -= run.bytes();
    runsUnderWay--;
    List<Optional<ObjectId>> ids = result(run.ids());
    for (int i = 0; i < ids.size(); i++) {
      if (ids.get(i).isPresent()) {
        file.editor.chunk(run.first() + i, ids.get(i).get());
      }
    }
  }

  private static <T> T result(Future<T> future)
      throws IOException, StoreException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException store) {
        throw store;
      }
      throw new StorageException("a worker failed", false, e);
    }
  }

  /** Waits until all files are stored. */
  void finish() throws IOException, StoreException, InterruptedException {
    while (!files.isEmpty()) {
      settle(true);
    }
  }

  /** After a failure: waits until no worker uses the sink any more. */
  void abandon() throws InterruptedException {
    for (Pending file : files) {
      for (Run run : file.runs) {
        run.ids().cancel(false);
        if (!run.ids().isCancelled()) {
          awaitEnd(run.ids());
        }
      }
    }
  }

  private static void awaitEnd(Future<?> future) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException e) {
      return; // the failure that led here is the one to report
    }
  }
}
