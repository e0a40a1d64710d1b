package io.dotfs.packstream.receive;

import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.SessionId;
import java.util.HashMap;
import java.util.Map;

/**
 * The pushes under way to one dot. When a connection died without the receiver's noticing, the
 * sender comes again under the same session: the old stream is ended first, so that what it brought
 * is kept and not sent again. Thread-safe.
 */
final class RunningPushes {
  private static final long WAIT_MILLIS = 10_000;

  // GUARDED_BY(this)
  private final Map<Key, Running> running = new HashMap<>();

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
    Running old;
    synchronized (this) {
      old = running.get(key);
    }
    if (old == null) {
      return;
    }
    old.superseded = true;
    old.objects.close();
    long deadline = System.nanoTime() + WAIT_MILLIS * 1_000_000;
    try {
      synchronized (this) {
        while (running.get(key) == old) {
          long left = (deadline - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            throw new RemoteFailure("an earlier attempt of the same push still hangs");
          }
          wait(left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RemoteFailure("interrupted");
    }
  }
}
