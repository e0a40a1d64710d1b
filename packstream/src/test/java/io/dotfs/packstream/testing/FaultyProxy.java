package io.dotfs.packstream.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a server on loopback and, once told so, spoils one connection: kills
 * it or flips a bit after a number of bytes. Counts what passes.
 */
public final class FaultyProxy implements AutoCloseable {
  private static final long NEVER = Long.MAX_VALUE;
  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong toServer = new AtomicLong();
  private final AtomicLong killAfterUp = new AtomicLong(NEVER);
  private final AtomicLong killAfterDown = new AtomicLong(NEVER);
  private final AtomicLong flipAfterUp = new AtomicLong(NEVER);
  private final AtomicLong flipAfterDown = new AtomicLong(NEVER);
  private final AtomicInteger faults = new AtomicInteger();

  public FaultyProxy(int serverPort) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    target = new InetSocketAddress(loopback, serverPort);
    listener = new ServerSocket(0, 50, loopback);
    start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Bytes that went from clients to the server. */
  public long bytesToServer() {
    return toServer.get();
  }

  /** How many faults happened. */
  public int faults() {
    return faults.get();
  }

  /** The next connection that sends this many bytes is cut. */
  public void killOnceAfterSending(long bytes) {
    killAfterUp.set(bytes);
  }

  /** The next connection that receives this many bytes is cut. */
  public void killOnceAfterReceiving(long bytes) {
    killAfterDown.set(bytes);
  }

  /** One bit of the next connection that sends this many bytes is flipped. */
  public void flipOnceAfterSending(long bytes) {
    flipAfterUp.set(bytes);
  }

  /** One bit of the next connection that receives this many bytes is flipped. */
  public void flipOnceAfterReceiving(long bytes) {
    flipAfterDown.set(bytes);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket();
        server.connect(target);
        open.add(client);
        open.add(server);
        start(() -> pump(client, server, true));
        start(() -> pump(server, client, false));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          faults.incrementAndGet();
        }
      }
    }
  }

  private void pump(Socket from, Socket to, boolean up) {
    byte[] buffer = new byte[4096];
    long passed = 0;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        AtomicLong flip = up ? flipAfterUp : flipAfterDown;
        AtomicLong kill = up ? killAfterUp : killAfterDown;
        long flipAt = flip.get();
        if (flipAt >= passed && flipAt < passed + count && flip.compareAndSet(flipAt, NEVER)) {
          buffer[(int) (flipAt - passed)] ^= 0x10;
          faults.incrementAndGet();
        }
        passed += count;
        if (up) {
          toServer.addAndGet(count);
        }
        long killAt = kill.get();
        if (passed >= killAt && kill.compareAndSet(killAt, NEVER)) {
          faults.incrementAndGet();
          return;
        }
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // Either side went away: so does the other, by leaving this block.
      open.remove(from);
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "faulty-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable socket : open) {
      socket.close();
    }
  }
}
