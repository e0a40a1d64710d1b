package io.dotfs.packstream.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefUpdate;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.receive.DirectoryHost;
import io.dotfs.packstream.testing.Recorder;
import io.dotfs.packstream.testing.TestHome;
import io.dotfs.packstream.transfer.Fetch;
import io.dotfs.packstream.transfer.FetchRequest;
import io.dotfs.packstream.transfer.Lease;
import io.dotfs.packstream.transfer.LocalDot;
import io.dotfs.packstream.transfer.Push;
import io.dotfs.packstream.transfer.PushRequest;
import io.dotfs.packstream.transfer.RetryPolicy;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A push and a fetch whose bytes are cut or flipped at many places, in both directions. */
final class FaultyConnectionTest {
  private static final DotName DOT = new DotName("admin", "shop");
  private static final RetryPolicy NEVER = new RetryPolicy(0, Duration.ZERO, duration -> {});
  @TempDir private Path temporary;

  /** Spoils the bytes of one operation in one direction at one place. */
  private record Spoiler(Operation operation, boolean answer, long at, boolean cut)
      implements LoopbackExchange.Fault {
    @Override
    public InputStream request(Operation asked, InputStream bytes) {
      return !answer && asked == operation ? spoiled(bytes) : bytes;
    }

    @Override
    public InputStream answer(Operation asked, InputStream bytes) {
      return answer && asked == operation ? spoiled(bytes) : bytes;
    }

    private InputStream spoiled(InputStream source) {
      try (source) {
        byte[] bytes = source.readAllBytes();
        int place = (int) Math.min(bytes.length - 1, at);
        if (cut) {
          return new ByteArrayInputStream(Arrays.copyOf(bytes, place));
        }
        bytes[place] ^= 0x40;
        return new ByteArrayInputStream(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Remote remote(LoopbackExchange.Fault fault) {
    DirectoryHost host = new DirectoryHost(temporary.resolve("remote"));
    return new WireRemote(new LoopbackExchange(host, "ann", fault), "admin");
  }

  @Test
  void whateverIsSpoiledNothingWrongArrivesAndTheNextTryGetsThrough() throws Exception {
    Random random = new Random(42);
    byte[] table = new byte[60_000];
    random.nextBytes(table);
    try (TestHome ann = new TestHome(temporary.resolve("ann"))) {
      for (int round = 0; round < 12; round++) {
        table[random.nextInt(table.length)]++;
        ObjectId tip = ann.commit("shop", "master", Map.of("table", table));
        push(ann, tip, spoiler(random, round, false));
        fetch(round, tip, table, spoiler(random, round, true));
      }
    }
  }

  private static Spoiler spoiler(Random random, int round, boolean fetching) {
    Operation[] operations =
        fetching
            ? new Operation[] {Operation.FETCH, Operation.LIST, Operation.REFS}
            : new Operation[] {Operation.PUSH, Operation.PUSH, Operation.REFS};
    Operation operation = operations[round % operations.length];
    boolean answer = fetching || operation == Operation.REFS || random.nextInt(4) == 0;
    // Half of the faults hit the first kilobyte, where the headers are.
    long at = random.nextBoolean() ? random.nextInt(1000) : random.nextInt(66_000);
    return new Spoiler(operation, answer, at, random.nextBoolean());
  }

  private void push(TestHome ann, ObjectId tip, Spoiler spoiler) throws Exception {
    Optional<ObjectId> before;
    try (Remote plain = remote(LoopbackExchange.NONE)) {
      before = branch(plain);
    }
    PushRequest request = PushRequest.branch(DOT, "master", tip, "hub");
    Optional<ObjectId> now;
    try (Remote spoiled = remote(spoiler);
        Remote plain = remote(LoopbackExchange.NONE)) {
      Throwable failure =
          catchThrowable(
              () -> new Push(spoiled, ann.dot("shop"), NEVER).run(request, new Recorder()));
      assertThat(failure).as("%s", spoiler).isInstanceOf(TransferException.class);
      now = branch(plain);
      if (!spoiler.answer()) {
        assertThat(now).as("%s", spoiler).isEqualTo(before);
      } else {
        assertThat(now).as("%s", spoiler).isIn(before, Optional.of(tip));
      }
      new Push(plain, ann.dot("shop"), NEVER).run(request, new Recorder());
      assertThat(branch(plain)).contains(tip);
      assertThat(plain.refs(DOT).quarantined()).isZero();
    }
  }

  private static Optional<ObjectId> branch(Remote remote) throws TransferException {
    try {
      return remote.refs(DOT).branch("master");
    } catch (TransferException.UnknownDot e) {
      return Optional.empty();
    }
  }

  private void fetch(int round, ObjectId tip, byte[] table, Spoiler spoiler) throws Exception {
    FetchRequest request = new FetchRequest(DOT, Optional.of("master"), true, "hub");
    try (TestHome home = new TestHome(temporary.resolve("home" + round));
        Remote spoiled = remote(spoiler);
        Remote plain = remote(LoopbackExchange.NONE)) {
      Throwable failure =
          catchThrowable(
              () -> new Fetch(spoiled, home.dot("shop"), NEVER).run(request, new Recorder()));
      assertThat(failure).as("%s", spoiler).isInstanceOf(TransferException.class);
      assertThat(home.ref("shop", "remotes/hub/master")).isEmpty();
      assertThat(home.store().contains(tip)).isFalse();
      new Fetch(plain, home.dot("shop"), NEVER).run(request, new Recorder());
      assertThat(home.read(tip, "table")).isEqualTo(table);
    }
  }

  @Test
  void aPushWhoseAnswerIsLostIsFoundToHaveGotThrough() throws Exception {
    try (TestHome ann = new TestHome(temporary.resolve("ann"))) {
      ObjectId tip = ann.commit("shop", "master", Map.of("a", new byte[1000]));
      LocalDot shop = ann.dot("shop");
      RefName tag = new RefName(shop.refPrefix() + "/tags/v1");
      shop.refs()
          .update(List.of(new RefUpdate(tag, Optional.empty(), Optional.of(tip), "tag: v1")));
      List<PushRequest.Ref> refs =
          List.of(new PushRequest.Ref("heads/master", tip, new Lease.FastForward()));
      Spoiler spoiler = new Spoiler(Operation.PUSH, true, 3, true);
      LoopbackExchange.Fault once = new Once(spoiler);
      Recorder recorder = new Recorder();
      RetryPolicy retry = new RetryPolicy(2, Duration.ZERO, duration -> {});
      try (Remote remote = remote(once)) {
        var result =
            new Push(remote, shop, retry).run(new PushRequest(DOT, refs, true, "hub"), recorder);
        assertThat(recorder.retries).hasSize(1);
        assertThat(result.moved()).containsOnlyKeys("heads/master", "tags/v1");
        assertThat(result.refs()).containsOnlyKeys("heads/master", "tags/v1");
        assertThat(remote.refs(DOT).branch("master")).contains(tip);
      }
    }
  }

  /** A fault that happens once. */
  private static final class Once implements LoopbackExchange.Fault {
    private final Spoiler spoiler;
    private boolean done;

    Once(Spoiler spoiler) {
      this.spoiler = spoiler;
    }

    @Override
    public InputStream request(Operation operation, InputStream bytes) {
      return bytes;
    }

    @Override
    public InputStream answer(Operation operation, InputStream bytes) {
      if (done || operation != spoiler.operation()) {
        return new FilterInputStream(bytes) {};
      }
      done = true;
      return spoiler.answer(operation, bytes);
    }
  }
}
