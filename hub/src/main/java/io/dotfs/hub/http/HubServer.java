package io.dotfs.hub.http;

import io.dotfs.hub.account.Accounts;
import io.dotfs.hub.account.HubException;
import io.dotfs.packstream.receive.DotHost;
import io.dotfs.packstream.transport.WireService;
import java.net.URI;
import java.util.Optional;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Listens and answers until it is stopped. */
public final class HubServer implements AutoCloseable {
  private static final int THREADS = 256;
  private static final int HEADER_BYTES = 16 << 10;
  private static final int IDLE_MILLIS = 60_000;
  private static final int STOP_MILLIS = 10_000;

  /** Once it is stopping, a connection on which nothing moves for so long is closed. */
  private static final int STOP_IDLE_MILLIS = 200;

  private final Server server;
  private final ServerConnector connector;
  private final boolean encrypted;

  private HubServer(Server server, ServerConnector connector, boolean encrypted) {
    this.server = server;
    this.connector = connector;
    this.encrypted = encrypted;
  }

  /**
   * Starts to listen.
   *
   * @param host an address or a name of this machine
   * @param port 0 for any that is free
   * @param tls for HTTPS; absent for plain HTTP
   * @throws HubException if it cannot listen there
   */
  public static HubServer start(
      Accounts accounts, DotHost dots, String host, int port, Optional<ServerTls> tls)
      throws HubException {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setName("http");
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setResponseHeaderSize(HEADER_BYTES);
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, factories(http, tls));
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setShutdownIdleTimeout(STOP_IDLE_MILLIS);
    server.addConnector(connector);
    HubHandler handler =
        new HubHandler(accounts, new WireService(dots), new WrongKeys(System::nanoTime));
    server.setHandler(new GracefulHandler(handler));
    server.setStopTimeout(STOP_MILLIS);
    HubServer hub = new HubServer(server, connector, tls.isPresent());
    try {
      server.start();
      return hub;
    } catch (Exception e) {
      hub.close();
      throw new HubException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private static ConnectionFactory[] factories(HttpConfiguration http, Optional<ServerTls> tls) {
    if (tls.isEmpty()) {
      return new ConnectionFactory[] {new HttpConnectionFactory(http)};
    }
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setKeyStore(tls.get().keys());
    context.setKeyStorePassword("");
    context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    HttpConfiguration https = new HttpConfiguration(http);
    https.addCustomizer(new SecureRequestCustomizer(false));
    HttpConnectionFactory plain = new HttpConnectionFactory(https);
    return new ConnectionFactory[] {new SslConnectionFactory(context, plain.getProtocol()), plain};
  }

  /** Where it listens: {@code http://127.0.0.1:32607}. */
  public URI address() {
    String host = connector.getHost();
    String shown = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    return URI.create(
        (encrypted ? "https" : "http") + "://" + shown + ":" + connector.getLocalPort());
  }

  /** Lets requests under way end, for at most ten seconds, and stops. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not stop", e);
    }
  }
}
