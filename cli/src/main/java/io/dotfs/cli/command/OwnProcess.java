package io.dotfs.cli.command;

import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DaemonLauncher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A process that runs one command: everything is allowed, and the daemon is started if need be. */
final class OwnProcess implements Surroundings {
  private static final int NOT_FOUND = 127;

  private final InputStream in;

  OwnProcess(InputStream in) {
    this.in = in;
  }

  @Override
  public void admit(boolean alone) {
    // every command may run here
  }

  @Override
  public DaemonClient daemon(DaemonEndpoint endpoint) throws DaemonException {
    return new DaemonLauncher(endpoint).connect();
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public boolean page(String pager, String text) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(List.of("/bin/sh", "-c", pager));
    builder.environment().putIfAbsent("LESS", "FRX");
    builder.environment().putIfAbsent("LV", "-c");
    Process process =
        builder
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean read = true;
    try (OutputStream to = process.getOutputStream()) {
      to.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      read = false; // the reader has seen enough and left, or there is no such pager
    }
    int status = await(process);
    return status != NOT_FOUND && (read || status == 0);
  }

  private static int await(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the pager ran", e);
    }
  }
}
