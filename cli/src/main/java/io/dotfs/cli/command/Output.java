package io.dotfs.cli.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A descriptor to print to, which keeps the first failure that {@link java.io.PrintStream}
 * swallows.
 */
final class Output extends OutputStream {
  private final OutputStream out;
  private Optional<IOException> failure = Optional.empty();

  Output(FileDescriptor descriptor) {
    this.out = new FileOutputStream(descriptor);
  }

  /** Returns the first failure. */
  Optional<IOException> failure() {
    return failure;
  }

  /** Returns whether it failed because whoever read it has gone. */
  boolean nobodyReads() {
    return failure.map(e -> String.valueOf(e.getMessage()).contains("Broken pipe")).orElse(false);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure.or(() -> Optional.of(e));
      throw e;
    }
  }
}
