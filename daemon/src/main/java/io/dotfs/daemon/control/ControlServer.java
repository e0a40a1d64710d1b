package io.dotfs.daemon.control;

import io.dotfs.daemon.api.ByteStreams;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.EventWriter;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.RecordJson;
import io.dotfs.daemon.api.SigningMessages.SignatureWanted;
import io.dotfs.daemon.api.Verb;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves {@code POST /v1/<verb>} on a Unix socket.
 *
 * <p>The socket is bound in a directory that nobody else may enter, gets its permissions, and is
 * then renamed to its place: at no time can anybody connect whom they do not let in, and a socket
 * left by a dead daemon is replaced. The caller holds the lock of the home, so no living daemon's
 * socket is.
 */
public final class ControlServer implements AutoCloseable {
  /** Requests are small records: more than this is refused. */
  private static final int MAX_REQUEST_BYTES = 4 << 20;

  private static final int MAX_THREADS = 128;
  private static final int STOP_MILLIS = 1_000;
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration INTERRUPTED_GRACE = Duration.ofSeconds(20);
  private static final long IDLE_MILLIS = 30L * 24 * 3600 * 1000;

  private final Path socket;
  private final Failures failures;
  private final Map<String, Entry> operations = new HashMap<>();
  private final Server server;
  private final InFlight inFlight = new InFlight();
  private volatile boolean listening;

  private record Entry(Class<? extends Record> request, Operation operation) {}

  /**
   * A server that does not listen yet.
   *
   * @param socket where it will
   */
  public ControlServer(Path socket, Failures failures) {
    this.socket = socket;
    this.failures = failures;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 4);
    threads.setName("control");
    threads.setDaemon(true);
    this.server = new Server(threads);
    // Requests get their time to end in close(), before the server is stopped.
    this.server.setStopTimeout(0);
    threads.setStopTimeout(STOP_MILLIS);
  }

  /** Adds a verb with a single answer. Before {@link #start}. */
  public <Q extends Record, R extends Record> void quick(
      Verb verb, Class<Q> request, Operation.Quick<Q, R> operation) {
    operations.put("/v1/" + verb.path(), new Entry(request, operation));
  }

  /** Adds a verb that streams its progress. Before {@link #start}. */
  public <Q extends Record, R extends Record> void streaming(
      Verb verb, Class<Q> request, Operation.Streaming<Q, R> operation) {
    operations.put("/v1/" + verb.path(), new Entry(request, operation));
  }

  /** Adds a verb that takes bytes. Before {@link #start}. */
  public <Q extends Record, R extends Record> void uploading(
      Verb verb, Class<Q> request, Operation.Uploading<Q, R> operation) {
    operations.put("/v1/" + verb.path(), new Entry(request, operation));
  }

  /** Adds a verb that gives bytes. Before {@link #start}. */
  public <Q extends Record, R extends Record> void downloading(
      Verb verb, Class<Q> request, Operation.Downloading<Q, R> operation) {
    operations.put("/v1/" + verb.path(), new Entry(request, operation));
  }

  /**
   * Begins to listen.
   *
   * @param group who may connect besides the owner; absent: nobody
   */
  public void start(Optional<String> group) throws IOException {
    refuseIfServed();
    Path nursery = socket.resolveSibling(socket.getFileName() + ".d");
    Files.createDirectories(nursery);
    Files.setPosixFilePermissions(nursery, PosixFilePermissions.fromString("rwx------"));
    Path bound = nursery.resolve("s");
    Files.deleteIfExists(bound);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    UnixDomainServerConnector connector =
        new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setUnixDomainPath(bound);
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptQueueSize(256);
    server.addConnector(connector);
    server.setHandler(new Dispatcher());
    try {
      server.start();
    } catch (Exception e) {
      throw new IOException("cannot listen at " + socket + ": " + e.getMessage(), e);
    }
    admit(bound, group);
    listening = true;
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

  private static void admit(Path bound, Optional<String> group) throws IOException {
    String mode = "rw-------";
    if (group.isPresent()) {
      try {
        GroupPrincipal principal =
            bound
                .getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByGroupName(group.get());
        Files.getFileAttributeView(bound, PosixFileAttributeView.class).setGroup(principal);
        mode = "rw-rw----";
      } catch (UserPrincipalNotFoundException e) {
        mode = "rw-------";
      }
    }
    Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString(mode));
  }

  /**
   * Stops listening, lets requests in progress end for a moment, then interrupts them and waits
   * until they have ended.
   *
   * @throws StillBusyException if they do not: nothing that they use may be closed then
   */
  @Override
  public void close() throws IOException {
    if (listening) {
      Files.deleteIfExists(socket);
    }
    try {
      boolean quiet = inFlight.awaitNone(GRACE);
      server.stop();
      if (!quiet && !inFlight.awaitNone(INTERRUPTED_GRACE)) {
        throw new StillBusyException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StillBusyException();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot stop listening at " + socket, e);
    }
  }

  private final class Dispatcher extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      inFlight.begin();
      try {
        serve(request, response);
        callback.succeeded();
      } catch (IOException e) {
        // The client has gone: there is nobody left to tell.
        callback.failed(e);
      } finally {
        inFlight.end();
      }
      return true;
    }

    @SuppressWarnings("unchecked")
    private void serve(Request request, Response response) throws IOException {
      Entry entry = operations.get(request.getHttpURI().getCanonicalPath());
      if (entry == null || !request.getMethod().equals("POST")) {
        String what = request.getMethod() + " " + request.getHttpURI().getPath();
        answer(response, new ErrorRecord(ErrorKind.BAD_REQUEST, "this daemon has no " + what));
        return;
      }
      Record question;
      InputStream body = Content.Source.asInputStream(request);
      boolean uploading = entry.operation() instanceof Operation.Uploading<?, ?>;
      try {
        question =
            RecordJson.read(
                uploading ? ByteStreams.readRequest(body) : whole(body), entry.request());
      } catch (IOException e) {
        answer(response, new ErrorRecord(ErrorKind.BAD_REQUEST, "bad request: " + e.getMessage()));
        return;
      }
      if (entry.operation() instanceof Operation.Quick<?, ?> quick) {
        runQuick(quick, question, response);
      } else if (entry.operation() instanceof Operation.Streaming<?, ?> streaming) {
        runStreaming(streaming, question, response);
      } else if (entry.operation() instanceof Operation.Uploading<?, ?> upload) {
        Operation.Uploading<Record, Record> operation =
            (Operation.Uploading<Record, Record>) upload;
        runStreaming(
            (Record q, ProgressSink progress) -> operation.run(q, body, progress),
            question,
            response);
      } else if (entry.operation() instanceof Operation.Downloading<?, ?> downloading) {
        runDownloading(downloading, question, response);
      } else {
        throw new IllegalStateException("neither quick nor long: " + entry);
      }
    }

    private InputStream whole(InputStream body) throws IOException {
      byte[] bytes = body.readNBytes(MAX_REQUEST_BYTES + 1);
      if (bytes.length > MAX_REQUEST_BYTES) {
        throw new IOException("more than " + MAX_REQUEST_BYTES + " bytes");
      }
      return new ByteArrayInputStream(bytes);
    }

    @SuppressWarnings("unchecked")
    private void runQuick(Operation.Quick<?, ?> operation, Record question, Response response)
        throws IOException {
      Record reply;
      try {
        reply = ((Operation.Quick<Record, Record>) operation).run(question);
      } catch (Exception e) {
        answer(response, failures.toError(e));
        return;
      }
      send(response, 200, reply);
    }

    @SuppressWarnings("unchecked")
    private void runStreaming(
        Operation.Streaming<?, ?> operation, Record question, Response response)
        throws IOException {
      response.setStatus(200);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, EventWriter.CONTENT_TYPE);
      try (OutputStream out = Content.Sink.asOutputStream(response)) {
        EventWriter events = new EventWriter(out);
        ProgressSink sink = new Events(events);
        Record reply;
        try {
          reply = ((Operation.Streaming<Record, Record>) operation).run(question, sink);
        } catch (Exception e) {
          ErrorRecord error = failures.toError(e);
          synchronized (events) {
            events.error(error);
          }
          return;
        }
        synchronized (events) {
          events.result(reply);
        }
      }
    }

    /** Bytes first; whether all went well is only known, and said, behind them. */
    @SuppressWarnings("unchecked")
    private void runDownloading(
        Operation.Downloading<?, ?> operation, Record question, Response response)
        throws IOException {
      response.setStatus(200);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, ByteStreams.CONTENT_TYPE);
      try (OutputStream out = Content.Sink.asOutputStream(response)) {
        EventWriter events = new EventWriter(out);
        Record reply;
        ByteStreams.Frames bytes = new ByteStreams.Frames(out);
        try {
          reply = ((Operation.Downloading<Record, Record>) operation).run(question, bytes);
        } catch (Exception e) {
          bytes.end();
          events.error(failures.toError(e));
          return;
        }
        bytes.end();
        events.result(reply);
      }
    }

    private void answer(Response response, ErrorRecord error) throws IOException {
      send(response, Failures.status(error.kind()), error);
    }

    private void send(Response response, int status, Record record) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      RecordJson.write(bytes, record);
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.size());
      try (OutputStream out = Content.Sink.asOutputStream(response)) {
        bytes.writeTo(out);
      }
    }
  }

  /** What a request sends before its answer. */
  private static final class Events implements ProgressSink {
    private final EventWriter events;

    Events(EventWriter events) {
      this.events = events;
    }

    @Override
    public void progress(Progress progress) throws DaemonException {
      send(() -> events.progress(progress));
    }

    @Override
    public void wanted(SignatureWanted signature) throws DaemonException {
      send(() -> events.wanted(signature));
    }

    private void send(Line line) throws DaemonException {
      try {
        synchronized (events) {
          line.write();
        }
      } catch (IOException e) {
        throw new DaemonException(new ErrorRecord(ErrorKind.CANCELLED, "the client has gone"), e);
      }
    }

    /** One event on its way out. */
    private interface Line {
      void write() throws IOException;
    }
  }
}
