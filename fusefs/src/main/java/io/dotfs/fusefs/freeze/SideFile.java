package io.dotfs.fusefs.freeze;

import io.dotfs.fusefs.overlay.BlockFile;
import io.dotfs.fusefs.overlay.BlockFiles;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where old blocks go that a commit has still to store while a writer replaces them. Created with
 * the first block, deleted with the commit; never durable, since a commit that is cut off leaves
 * nothing behind. Thread safe.
 */
public final class SideFile implements AutoCloseable {
  private final BlockFiles files;
  private final BlockFiles.Name name;
  private final int blockBytes;
  private final AtomicLong slots = new AtomicLong();
  private volatile Optional<BlockFile> file = Optional.empty();

  public SideFile(BlockFiles files, BlockFiles.Name name, int blockBytes) {
    this.files = files;
    this.name = name;
    this.blockBytes = blockBytes;
  }

  /**
   * Keeps {@code length} bytes (at most a block) from native memory.
   *
   * @return the slot to read them from
   */
  public long append(long address, int length) throws IOException {
    long slot = slots.getAndIncrement();
    opened().write(address, length, slot * blockBytes);
    return slot;
  }

  /** Reads {@code length} bytes of a slot into native memory; short where less was appended. */
  public int read(long slot, long address, int length) throws IOException {
    return opened().read(address, length, slot * blockBytes);
  }

  private BlockFile opened() throws IOException {
    Optional<BlockFile> seen = file;
    return seen.isPresent() ? seen.get() : create();
  }

  private synchronized BlockFile create() throws IOException {
    if (file.isEmpty()) {
      file = Optional.of(files.create(name));
    }
    return file.get();
  }

  @Override
  public synchronized void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
      files.delete(name);
      file = Optional.empty();
    }
  }
}
