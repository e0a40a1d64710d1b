package io.dotfs.hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.testing.FaultyProxy;
import io.dotfs.packstream.testing.Recorder;
import io.dotfs.packstream.testing.TestHome;
import io.dotfs.packstream.transfer.Fetch;
import io.dotfs.packstream.transfer.FetchRequest;
import io.dotfs.packstream.transfer.FetchResult;
import io.dotfs.packstream.transfer.Push;
import io.dotfs.packstream.transfer.PushRequest;
import io.dotfs.packstream.transfer.PushResult;
import io.dotfs.packstream.transfer.RetryPolicy;
import io.dotfs.packstream.transport.Remote;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that break or damage what they carry, between a real client and a real hub. */
final class BrokenTransferTest {
  private static final int SIZE = 8 << 20;
  private static final DotName DOT = new DotName("ann", "shop");
  private static final RetryPolicy AT_ONCE =
      new RetryPolicy(4, Duration.ofMillis(1), duration -> {});
  private static final RetryPolicy NEVER = new RetryPolicy(0, Duration.ZERO, duration -> {});
  @TempDir private Path temporary;
  private TestHub hub;
  private FaultyProxy proxy;
  private TestHome ann;
  private TestHome bob;
  private Remote remote;
  private byte[] table;
  private ObjectId tip;

  @BeforeEach
  void start() throws Exception {
    hub = new TestHub(temporary.resolve("hub"));
    proxy = new FaultyProxy(hub.port());
    ann = new TestHome(temporary.resolve("ann"));
    bob = new TestHome(temporary.resolve("bob"));
    remote = hub.connect("ann", proxy.port());
    table = new byte[SIZE];
    new Random(1).nextBytes(table);
    tip = ann.commit("shop", "master", Map.of("table", table));
  }

  @AfterEach
  void stop() throws Exception {
    remote.close();
    proxy.close();
    ann.close();
    bob.close();
    hub.close();
  }

  private PushResult push(RetryPolicy retries, Recorder recorder) throws TransferException {
    return new Push(remote, ann.dot("shop"), retries)
        .run(PushRequest.branch(DOT, "master", tip, "hub"), recorder);
  }

  private FetchResult fetch(RetryPolicy retries, Recorder recorder) throws TransferException {
    return new Fetch(remote, bob.dot("shop"), retries)
        .run(new FetchRequest(DOT, Optional.of("master"), true, "hub"), recorder);
  }

  @Test
  void aKilledPushIsTakenUpWhereItStopped() throws Exception {
    proxy.killOnceAfterSending(SIZE / 2);
    Recorder recorder = new Recorder();

    PushResult pushed = push(AT_ONCE, recorder);

    assertThat(proxy.faults()).isEqualTo(1);
    assertThat(recorder.retries).hasSize(1);
    assertThat(pushed.summary().retries()).isEqualTo(1);
    assertThat(recorder.totalBytes)
        .as("what the second attempt had to send")
        .isLessThan(SIZE * 7L / 8);
    assertThat(proxy.bytesToServer()).isLessThan(SIZE * 5L / 4);
    assertThat(remote.refs(DOT).branch("master")).contains(tip);
    assertThat(remote.refs(DOT).quarantined()).isZero();
    fetch(AT_ONCE, new Recorder());
    assertThat(bob.read(tip, "table")).isEqualTo(table);
  }

  @Test
  void theSameCommandAgainSendsOnlyTheRest() throws Exception {
    proxy.killOnceAfterSending(SIZE / 2);
    assertThatThrownBy(() -> push(NEVER, new Recorder())).isInstanceOf(TransferException.class);
    assertThat(remote.listDots()).isEmpty();
    assertThat(remote.refs(DOT).refs()).isEmpty();
    // The hub may still be storing what had reached it when the connection was cut.
    long deadline = System.nanoTime() + Duration.ofSeconds(50).toNanos();
    while (remote.refs(DOT).quarantined() < SIZE / 8 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(remote.refs(DOT).quarantined()).isPositive();

    Recorder again = new Recorder();
    push(NEVER, again);

    assertThat(again.totalBytes).isLessThan(SIZE * 7L / 8);
    assertThat(remote.refs(DOT).branch("master")).contains(tip);
  }

  @Test
  void aBitFlippedOnTheWayToTheHubIsFoundAndSentAgain() throws Exception {
    proxy.flipOnceAfterSending(SIZE / 2);
    Recorder recorder = new Recorder();

    push(AT_ONCE, recorder);

    assertThat(proxy.faults()).isEqualTo(1);
    assertThat(recorder.retries).hasSize(1);
    fetch(AT_ONCE, new Recorder());
    assertThat(bob.read(tip, "table")).isEqualTo(table);
  }

  @Test
  void aFlippedBitWithoutRetriesIsOneClearLineAndMovesNothing() throws Exception {
    proxy.flipOnceAfterSending(SIZE / 2);

    assertThatThrownBy(() -> push(NEVER, new Recorder()))
        .isInstanceOf(TransferException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThat(remote.refs(DOT).refs()).isEmpty();
  }

  @Test
  void aKilledFetchIsTakenUpWhereItStopped() throws Exception {
    push(NEVER, new Recorder());
    proxy.killOnceAfterReceiving(SIZE / 2);
    Recorder recorder = new Recorder();

    FetchResult fetched = fetch(AT_ONCE, recorder);

    assertThat(fetched.summary().retries()).isEqualTo(1);
    assertThat(recorder.totalBytes).isLessThan(SIZE * 7L / 8);
    assertThat(bob.read(tip, "table")).isEqualTo(table);
    assertThat(bob.ref("shop", "remotes/hub/master")).contains(tip);
  }

  @Test
  void aFetchThatBrokeMovesNothingHereAndGoesOnLater() throws Exception {
    push(NEVER, new Recorder());
    proxy.flipOnceAfterReceiving(SIZE / 2);

    assertThatThrownBy(() -> fetch(NEVER, new Recorder())).isInstanceOf(TransferException.class);
    assertThat(bob.ref("shop", "remotes/hub/master")).isEmpty();
    assertThat(bob.store().contains(tip)).isFalse();

    Recorder again = new Recorder();
    fetch(NEVER, again);
    assertThat(again.totalBytes).isLessThan(SIZE * 7L / 8);
    assertThat(bob.read(tip, "table")).isEqualTo(table);
  }
}
