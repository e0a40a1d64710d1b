package io.dotfs.packstream.receive;

import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.SessionId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The pushes under way to one dot. When a connection died without the receiver's noticing, the
 * sender comes again under the same session: the old stream is ended first, so that what it brought
 * is kept and not sent again. Thread-safe.
 */
final class RunningPushes {
  private static final long WAIT_MILLIS = 10_000;
  private final long patienceMillis;

  // GUARDED_BY(this)
  private final Map<Key, Running> running = new HashMap<>();

  /** Lets an old stream end by itself for {@code patienceMillis} before it is closed. */
  RunningPushes(long patienceMillis) {
    this.patienceMillis = patienceMillis;
  }

  private record Key(String user, SessionId session) {}

  /** One push under way. */
  final class Running implements AutoCloseable {
    private final Key key;
    private final ObjectSource objects;
    private volatile boolean superseded;

    private Running(Key key, ObjectSource objects) {
      this.key = key;
      this.objects = objects;
    }

    /**
     * Between two objects: whether to go on.
     *
     * @throws RemoteFailure if the same push has come again on another connection
     */
    void checkStillWanted() throws RemoteFailure {
      if (superseded) {
        throw new RemoteFailure("the push was taken up again on another connection");
      }
    }

    @Override
    public void close() {
      synchronized (RunningPushes.this) {
        running.remove(key, this);
        RunningPushes.this.notifyAll();
      }
    }
  }

  Running begin(String user, SessionId session, ObjectSource objects) throws TransferException {
    Key key = new Key(user, session);
    supersede(user, session);
    synchronized (this) {
      Running self = new Running(key, objects);
      if (running.putIfAbsent(key, self) != null) {
        throw new RemoteFailure("the same push is under way twice");
      }
      return self;
    }
  }

  void supersede(String user, SessionId session) throws TransferException {
    Key key = new Key(user, session);
    Optional<Running> old = running(key);
    if (old.isEmpty()) {
      return;
    }
    try {
      // What has reached this host is still worth reading: the end of the stream comes after it.
      if (awaitEnd(old.get(), patienceMillis)) {
        return;
      }
      old.get().superseded = true;
      old.get().objects.close();
      if (!awaitEnd(old.get(), WAIT_MILLIS)) {
        throw new RemoteFailure("an earlier attempt of the same push still hangs");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RemoteFailure("interrupted");
    }
  }

  private synchronized Optional<Running> running(Key key) {
    return Optional.ofNullable(running.get(key));
  }

  private synchronized boolean awaitEnd(Running push, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (running.get(push.key) == push) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
