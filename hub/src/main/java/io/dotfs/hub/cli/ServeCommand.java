package io.dotfs.hub.cli;

import io.dotfs.hub.account.HubDatabase;
import io.dotfs.hub.account.HubException;
import io.dotfs.hub.hosting.HubHost;
import io.dotfs.hub.http.HubServer;
import io.dotfs.hub.http.ServerTls;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.packstream.receive.ReceiveLimits;
import io.dotfs.packstream.transport.RemoteUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dm hub serve}: runs until SIGTERM or SIGINT, then lets requests under way end. */
@Command(name = "serve", description = "Serve dots.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
  private static final Duration QUARANTINE_AGE = Duration.ofDays(7);
  private static final int STOP_SECONDS = 15;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HubHome home = new HubHome();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:" + RemoteUrl.DEFAULT_PORT,
      description = "Where to listen; port 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private String listen = "";

  @Option(
      names = "--tls-cert",
      paramLabel = "PEM",
      description = "The certificate, followed by those that signed it: serves HTTPS.")
  private Optional<Path> certificates = Optional.empty();

  @Option(names = "--tls-key", paramLabel = "PEM", description = "The certificate's private key.")
  private Optional<Path> privateKey = Optional.empty();

  @Override
  public Integer call() throws HubException, InterruptedException {
    int colon = listen.lastIndexOf(':');
    if (colon <= 0 || !listen.substring(colon + 1).matches("\\d{1,5}")) {
      throw new ParameterException(spec.commandLine(), "--listen takes HOST:PORT");
    }
    if (certificates.isPresent() != privateKey.isPresent()) {
      throw new ParameterException(spec.commandLine(), "--tls-cert and --tls-key go together");
    }
    Optional<ServerTls> tls = Optional.empty();
    if (certificates.isPresent() && privateKey.isPresent()) {
      tls = Optional.of(ServerTls.load(certificates.get(), privateKey.get()));
    }
    String host = listen.substring(0, colon);
    int port = Integer.parseInt(listen.substring(colon + 1));
    Path place = home.path();
    try (HubDatabase database = HubDatabase.open(place);
        FileChannel lock = lock(place)) {
      LOG.debug("event=locked home={} open={}", place, lock.isOpen());
      serve(place, database, host, port, tls);
    } catch (IOException e) {
      throw new HubException("cannot use " + place + ": " + e.getMessage(), e);
    }
    return 0;
  }

  private void serve(
      Path place, HubDatabase database, String host, int port, Optional<ServerTls> tls)
      throws HubException, InterruptedException {
    Clock clock = Clock.systemUTC();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread onSignal = new Thread(() -> stopAndWait(stop, stopped), "stop");
    ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor();
    try (HubHost dots =
            new HubHost(database, place, clock, new SecureRandom(), ReceiveLimits.DEFAULT);
        HubServer server = HubServer.start(HubHome.accounts(database), dots, host, port, tls)) {
      Runtime.getRuntime().addShutdownHook(onSignal);
      ScheduledFuture<?> sweeping =
          sweeper.scheduleWithFixedDelay(() -> sweep(dots), 0, 1, TimeUnit.HOURS);
      PrintWriter out = spec.commandLine().getOut();
      out.println("Listening on " + server.address());
      out.flush();
      if (tls.isEmpty() && !isLoopback(server.address().getHost())) {
        LOG.warn("event=unencrypted hint=\"give --tls-cert and --tls-key, or put TLS in front\"");
      }
      stop.await();
      LOG.info("event=stopping");
      sweeping.cancel(false);
    } finally {
      sweeper.shutdownNow();
      stopped.countDown();
    }
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  /** Runs when a signal ends the process, which goes on once this returns. */
  private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      if (!stopped.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("event=stopped-with-requests-under-way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sweep(HubHost dots) {
    try {
      int removed = dots.sweep(QUARANTINE_AGE);
      LOG.debug("event=swept quarantines={}", removed);
    } catch (IOException | StoreException | RuntimeException e) {
      LOG.error("event=failure operation=sweep", e);
    }
  }

  /** Sees to it that one process serves a home; the lock goes with the channel. */
  private static FileChannel lock(Path place) throws IOException, HubException {
    FileChannel channel =
        FileChannel.open(
            place.resolve("hub.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new HubException("another hub serves " + place + " already");
    }
    return channel;
  }
}
