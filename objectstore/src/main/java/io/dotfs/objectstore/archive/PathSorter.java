package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.error.StorageException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Puts records in the order of their keys' bytes; those with equal keys stay in the order in which
 * they came. What is more than some megabytes goes to a file without a name, which is gone with the
 * process. One thread.
 */
final class PathSorter implements AutoCloseable {
  private static final int RUN_BYTES = 8 << 20;

  /** What a record costs on the heap beside its bytes. */
  private static final int OVERHEAD_BYTES = 80;

  private static final int BUFFER_BYTES = 1 << 15;

  /** A record. */
  static final class Item {
    private final byte[] key;
    private final byte[] value;

    Item(byte[] key, byte[] value) {
      this.key = key;
      this.value = value;
    }

    /** Not to be changed. */
    byte[] key() {
      return key;
    }

    /** Not to be changed. */
    byte[] value() {
      return value;
    }
  }

  private record Run(long begin, long end) {}

  private static final Comparator<Item> ORDER = (a, b) -> Arrays.compareUnsigned(a.key, b.key);

  private final Path directory;
  private final List<Run> runs = new ArrayList<>();
  private final List<Item> pending = new ArrayList<>();
  private Optional<FileChannel> file = Optional.empty();
  private long pendingBytes;
  private long fileBytes;
  private long count;

  /** Sorts with help of a file in {@code directory}. */
  PathSorter(Path directory) {
    this.directory = directory;
  }

  long count() {
    return count;
  }

  void add(byte[] key, byte[] value) throws StorageException {
    pending.add(new Item(key, value));
    pendingBytes += key.length + value.length + OVERHEAD_BYTES;
    count++;
    if (pendingBytes > RUN_BYTES) {
      spill();
    }
  }

  private void spill() throws StorageException {
    try {
      if (file.isEmpty()) {
        file = Optional.of(unnamed());
      }
      pending.sort(ORDER);
      long begin = fileBytes;
      OutputStream to = new AtPosition(file.get());
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(to, BUFFER_BYTES))) {
        for (Item item : pending) {
          out.writeInt(item.key.length);
          out.writeInt(item.value.length);
          out.write(item.key);
          out.write(item.value);
        }
      }
      runs.add(new Run(begin, fileBytes));
      pending.clear();
      pendingBytes = 0;
    } catch (IOException e) {
      throw StorageException.of("cannot sort in " + directory, e);
    }
  }

  private FileChannel unnamed() throws IOException {
    Path path = Files.createTempFile(directory, "sort", ".tmp");
    try {
      return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
  }

  /** Appends to the file. */
  private final class AtPosition extends OutputStream {
    private final FileChannel channel;

    AtPosition(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      while (buffer.hasRemaining()) {
        fileBytes += channel.write(buffer, fileBytes);
      }
    }
  }

  /** All records in order; may be asked more than once, when all are added. */
  Sorted sorted() throws StorageException {
    pending.sort(ORDER);
    return new Sorted();
  }

  /** A walk through the records, with a look at the next one. */
  final class Sorted {
    private final PriorityQueue<Source> sources =
        new PriorityQueue<>(
            Comparator.comparing(Source::head, ORDER).thenComparingInt(Source::number));

    private Sorted() throws StorageException {
      for (int i = 0; i < runs.size(); i++) {
        addSource(new Source(i, new Stored(runs.get(i))));
      }
      addSource(new Source(runs.size(), new Kept()));
    }

    private void addSource(Source source) throws StorageException {
      if (source.advance()) {
        sources.add(source);
      }
    }

    /** The next record, without taking it; nothing at the end. */
    Optional<Item> peek() {
      Source first = sources.peek();
      return first == null ? Optional.empty() : Optional.of(first.head());
    }

    /** Takes the next record; nothing at the end. */
    Optional<Item> next() throws StorageException {
      Source first = sources.poll();
      if (first == null) {
        return Optional.empty();
      }
      Item item = first.head();
      addSource(first);
      return Optional.of(item);
    }
  }

  /** Where a run's records come from. */
  private interface Records {
    Optional<Item> next() throws StorageException;
  }

  private final class Kept implements Records {
    private int at;

    @Override
    public Optional<Item> next() {
      return at < pending.size() ? Optional.of(pending.get(at++)) : Optional.empty();
    }
  }

  private final class Stored implements Records {
    private final DataInputStream in;
    private final Slice slice;

    Stored(Run run) {
      slice = new Slice(run);
      in = new DataInputStream(new BufferedInputStream(slice, BUFFER_BYTES));
    }

    @Override
    public Optional<Item> next() throws StorageException {
      try {
        if (slice.isAtEnd() && in.available() == 0) {
          return Optional.empty();
        }
        byte[] key = new byte[in.readInt()];
        byte[] value = new byte[in.readInt()];
        in.readFully(key);
        in.readFully(value);
        return Optional.of(new Item(key, value));
      } catch (IOException e) {
        throw StorageException.of("cannot sort in " + directory, e);
      }
    }
  }

  /** A run's bytes. */
  private final class Slice extends InputStream {
    private final Run run;
    private long at;

    Slice(Run run) {
      this.run = run;
      this.at = run.begin();
    }

    boolean isAtEnd() {
      return at == run.end();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int wanted = (int) Math.min(length, run.end() - at);
      if (wanted == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = file.orElseThrow().read(ByteBuffer.wrap(target, offset, wanted), at);
      at += Math.max(0, count);
      return count;
    }
  }

  /** A run with its next record. */
  private static final class Source {
    private final int number;
    private final Records records;
    private Optional<Item> head = Optional.empty();

    Source(int number, Records records) {
      this.number = number;
      this.records = records;
    }

    boolean advance() throws StorageException {
      head = records.next();
      return head.isPresent();
    }

    Item head() {
      return head.orElseThrow();
    }

    int number() {
      return number;
    }
  }

  @Override
  public void close() throws StorageException {
    try {
      if (file.isPresent()) {
        file.get().close();
      }
    } catch (IOException e) {
      throw StorageException.of("cannot close a file in " + directory, e);
    }
  }
}
