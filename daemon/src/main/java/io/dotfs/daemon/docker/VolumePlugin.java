package io.dotfs.daemon.docker;

import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.control.Failures;
import io.dotfs.fusefs.overlay.Registry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Answers Docker on the plugin's socket. A failure is answered as {@code {"Err": text}} with status
 * 200, as the protocol has it.
 *
 * <p>The socket appears when everything is ready to serve, and goes first when the daemon ends:
 * where there is none Docker asks again for a quarter of a minute, while one that nobody answers
 * would hold up its start for minutes.
 */
public final class VolumePlugin implements AutoCloseable {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int MAX_REQUEST_BYTES = 1 << 20;
  private static final int MAX_THREADS = 64;
  private static final int STOP_MILLIS = 5_000;
  private static final long IDLE_MILLIS = 24L * 3600 * 1000;
  private static final String CONTENT_TYPE = "application/vnd.docker.plugins.v1.2+json";

  private final Path socket;
  private final Volumes volumes;
  private final Failures failures;
  private final Server server;
  private final Map<String, Call> calls =
      Map.of(
          "/Plugin.Activate", request -> Map.of("Implements", List.of("VolumeDriver")),
          "/VolumeDriver.Capabilities", request -> Map.of("Capabilities", Map.of("Scope", "local")),
          "/VolumeDriver.Create", this::create,
          "/VolumeDriver.Remove", this::remove,
          "/VolumeDriver.Mount", this::mount,
          "/VolumeDriver.Unmount", this::unmount,
          "/VolumeDriver.Path", this::path,
          "/VolumeDriver.Get", this::get,
          "/VolumeDriver.List", this::list);

  /** One of the protocol's calls. */
  private interface Call {
    Map<String, ?> answer(JsonTree request) throws Exception;
  }

  private VolumePlugin(Path socket, Volumes volumes, Failures failures) {
    this.socket = socket;
    this.volumes = volumes;
    this.failures = failures;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 2);
    threads.setName("docker");
    threads.setDaemon(true);
    this.server = new Server(threads);
    this.server.setStopTimeout(STOP_MILLIS);
  }

  /**
   * Begins to serve the volumes of a home, whose mounts are back already; the socket's directory is
   * made if it is not there.
   *
   * @throws IOException if somebody else serves there, or the place cannot be written
   */
  public static VolumePlugin open(
      Path socket, Registry registry, DotVolumes data, Path home, Clock clock) throws IOException {
    String bootId = Files.readString(BOOT_ID).strip();
    return serve(socket, Volumes.open(registry, data, Volumes.directory(home), clock, bootId));
  }

  static VolumePlugin serve(Path socket, Volumes volumes) throws IOException {
    VolumePlugin plugin = new VolumePlugin(socket, volumes, new Failures());
    plugin.listen();
    return plugin;
  }

  /** Bound beside its place, where nobody else may enter, and moved there when all is ready. */
  private void listen() throws IOException {
    Files.createDirectories(socket.resolveSibling("."));
    refuseIfServed();
    Path nursery = socket.resolveSibling(socket.getFileName() + ".d");
    Files.createDirectories(nursery);
    Files.setPosixFilePermissions(nursery, PosixFilePermissions.fromString("rwx------"));
    Path bound = nursery.resolve("s");
    Files.deleteIfExists(bound);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    UnixDomainServerConnector connector =
        new UnixDomainServerConnector(server, 1, 1, new BlankHostConnections(http));
    connector.setUnixDomainPath(bound);
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.setHandler(new Dispatcher());
    try {
      server.start();
    } catch (Exception e) {
      throw new IOException("cannot listen at " + socket + ": " + e.getMessage(), e);
    }
    Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
    Files.move(bound, socket, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(nursery);
  }

  private void refuseIfServed() throws IOException {
    if (Files.exists(socket)) {
      try (SocketChannel other = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        throw new IOException("somebody else answers at " + other.getRemoteAddress());
      } catch (ConnectException e) {
        Files.delete(socket); // left by a daemon that died
      }
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(socket);
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("cannot stop listening at " + socket, e);
    }
  }

  private Map<String, ?> create(JsonTree request) throws Exception {
    volumes.create(name(request), request.in("Opts").asTexts());
    return Map.of();
  }

  private Map<String, ?> remove(JsonTree request) throws Exception {
    volumes.remove(name(request));
    return Map.of();
  }

  private Map<String, ?> mount(JsonTree request) throws Exception {
    String id = request.text("ID").orElse("");
    return Map.of("Mountpoint", volumes.mount(name(request), id).toString());
  }

  private Map<String, ?> unmount(JsonTree request) throws Exception {
    volumes.unmount(name(request), request.text("ID").orElse(""));
    return Map.of();
  }

  private Map<String, ?> path(JsonTree request) {
    return Map.of("Mountpoint", volumes.path(name(request)).toString());
  }

  private Map<String, ?> get(JsonTree request) {
    String name = name(request);
    return volumes
        .get(name)
        .<Map<String, ?>>map(volume -> Map.of("Volume", describe(volume)))
        .orElseGet(() -> Map.of("Err", "no such volume: " + name));
  }

  private Map<String, ?> list(JsonTree request) {
    return Map.of("Volumes", volumes.list().stream().map(this::describe).toList());
  }

  private Map<String, ?> describe(VolumeRecord volume) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("Name", volume.name());
    fields.put("Mountpoint", volumes.path(volume.name()).toString());
    fields.put("CreatedAt", Instant.ofEpochSecond(volume.createdAtMillis() / 1000).toString());
    return fields;
  }

  private static String name(JsonTree request) {
    return request.text("Name").orElse("");
  }

  private final class Dispatcher extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      try {
        byte[] body = Content.Source.asInputStream(request).readNBytes(MAX_REQUEST_BYTES);
        byte[] json = JsonTree.write(answer(request.getHttpURI().getCanonicalPath(), body));
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, CONTENT_TYPE);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, json.length);
        try (OutputStream out = Content.Sink.asOutputStream(response)) {
          out.write(json);
        }
        callback.succeeded();
      } catch (IOException e) {
        // Docker has gone: there is nobody left to tell.
        callback.failed(e);
      }
      return true;
    }

    private Map<String, ?> answer(String path, byte[] body) {
      Call call = calls.get(path);
      if (call == null) {
        return Map.of("Err", "this plugin has no " + path);
      }
      try {
        return call.answer(JsonTree.object(body));
      } catch (Exception e) {
        ErrorRecord error = failures.toError(e);
        return Map.of(
            "Err", error.message() + error.hint().map(hint -> " (hint: " + hint + ")").orElse(""));
      }
    }
  }
}
