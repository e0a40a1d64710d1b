package io.dotfs.daemon;

import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.CommitRequest;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.MountMessages.MountListRequest;
import io.dotfs.daemon.api.MountMessages.MountReply;
import io.dotfs.daemon.api.MountMessages.MountRequest;
import io.dotfs.daemon.api.MountMessages.UnmountRequest;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.fusefs.mount.Mounter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A daemon in this process on a home of its own, and its client. */
final class TestDaemon implements AutoCloseable {
  private final Path directory;
  private final DaemonEndpoint endpoint;
  private Daemon daemon;
  final DaemonClient client;

  private TestDaemon(Path directory, DaemonEndpoint endpoint, Daemon daemon) {
    this.directory = directory;
    this.endpoint = endpoint;
    this.daemon = daemon;
    this.client = new DaemonClient(endpoint.socket());
  }

  static TestDaemon start() throws Exception {
    return start(Mounter.kernel());
  }

  static TestDaemon start(Mounter mounter) throws Exception {
    Path directory = Files.createTempDirectory("daemon-test-");
    Path home = directory.resolve("home");
    DaemonEndpoint endpoint = new DaemonEndpoint(home, home.resolve("daemon.sock"), false);
    Files.createDirectories(home);
    return new TestDaemon(
        directory, endpoint, Daemon.start(endpoint, Daemon.Surroundings.real(mounter)));
  }

  /** True if this process may mount. */
  static boolean canMount() {
    return Files.isWritable(Path.of("/dev/fuse")) && "root".equals(System.getProperty("user.name"));
  }

  DaemonEndpoint endpoint() {
    return endpoint;
  }

  /** A directory beside the home that outlives a restart. */
  Path directory(String name) throws IOException {
    return Files.createDirectories(directory.resolve(name));
  }

  void restart() throws Exception {
    daemon.close();
    daemon = Daemon.start(endpoint, Daemon.Surroundings.real(Mounter.kernel()));
  }

  void init(String dot) throws DaemonException {
    client.init(new InitRequest(dot));
  }

  static MountRequest mountRequest(String name, Path directory) {
    return new MountRequest(
        name,
        directory.toString(),
        Optional.empty(),
        false,
        true,
        Optional.empty(),
        false,
        false,
        false);
  }

  /** Mounts, creating what is not there, at a directory of that name; returns it. */
  Path mount(String name) throws DaemonException, IOException {
    Path place = directory("mnt-" + name.replace('/', '-'));
    client.mount(mountRequest(name, place));
    return place;
  }

  /** Mounts a commit. */
  MountReply mountAt(String name, Path place, String at, boolean readOnly, boolean dropLocks)
      throws DaemonException {
    return client.mount(
        new MountRequest(
            name,
            place.toString(),
            Optional.of(at),
            readOnly,
            false,
            Optional.empty(),
            dropLocks,
            false,
            false));
  }

  void unmount(Path place) throws DaemonException {
    client.unmount(new UnmountRequest(place.toString(), false));
  }

  CommitReply commit(String dot, String message) throws DaemonException {
    return client.commit(
        new CommitRequest(DotSelector.of(dot), message, Map.of(), Optional.empty()),
        ProgressListener.NONE);
  }

  @Override
  public void close() throws IOException, DaemonException {
    try {
      for (MountInfo mount : mounts()) {
        client.unmount(new UnmountRequest(mount.directory(), true));
      }
    } finally {
      daemon.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  List<MountInfo> mounts() throws DaemonException {
    return client.mountList(new MountListRequest()).mounts();
  }
}
