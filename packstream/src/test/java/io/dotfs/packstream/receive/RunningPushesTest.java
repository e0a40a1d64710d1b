package io.dotfs.packstream.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.SessionId;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class RunningPushesTest {
  private static final SessionId SESSION = new SessionId(1, 2);

  /** A stream that brings nothing until it is closed. */
  private static final class Hanging implements ObjectSource {
    final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public Optional<StoredObject> next() throws TransferException {
      try {
        closed.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      throw new TransferException.Unreachable("closed");
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void aStreamThatHangsIsEndedWhenItsPushComesAgain() throws Exception {
    RunningPushes pushes = new RunningPushes(1);
    Hanging stream = new Hanging();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      CountDownLatch begun = new CountDownLatch(1);
      Future<?> old =
          thread.submit(
              () -> {
                try (RunningPushes.Running self = pushes.begin("ann", SESSION, stream)) {
                  begun.countDown();
                  assertThatThrownBy(stream::next).isInstanceOf(TransferException.class);
                  assertThatThrownBy(self::checkStillWanted).isInstanceOf(RemoteFailure.class);
                }
                return true;
              });
      begun.await();

      pushes.supersede("bob", SESSION);
      assertThat(stream.closed.getCount()).as("another user's").isEqualTo(1);
      pushes.supersede("ann", new SessionId(1, 3));
      assertThat(stream.closed.getCount()).as("another push").isEqualTo(1);
      try (RunningPushes.Running again = pushes.begin("ann", SESSION, stream)) {
        assertThat(old.get()).isEqualTo(true);
        again.checkStillWanted();
      }
    } finally {
      thread.shutdownNow();
    }
  }
}
