package io.dotfs.packstream.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.maintenance.GarbageCollection;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefUpdate;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.testing.Recorder;
import io.dotfs.packstream.testing.TestHome;
import io.dotfs.packstream.transfer.Fetch;
import io.dotfs.packstream.transfer.FetchRequest;
import io.dotfs.packstream.transfer.Progress;
import io.dotfs.packstream.transfer.Push;
import io.dotfs.packstream.transfer.PushRequest;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collection in the middle of a transfer, when no ref of the home names anything any more. */
final class GarbageDuringTransferTest {
  @TempDir private Path temporary;
  private TestHome ann;
  private TestHome bob;
  private Remote remote;
  private DotName dot;

  @BeforeEach
  void open() throws Exception {
    ann = new TestHome(temporary.resolve("ann"));
    bob = new TestHome(temporary.resolve("bob"));
    remote =
        Remote.open(RemoteUrl.parse("file://" + temporary.resolve("remote")), Credentials.local());
    dot = new DotName(remote.defaultNamespace(), "shop");
  }

  @AfterEach
  void close() throws Exception {
    remote.close();
    ann.close();
    bob.close();
  }

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[1_000_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Removes all refs of a home, and then what they named, as soon as something has moved. */
  private static final class Forgetting implements Progress {
    private final TestHome home;
    private int times;

    Forgetting(TestHome home) {
      this.home = home;
    }

    @Override
    public void started(long objects, long bytes) {
      times++;
      try {
        for (Map.Entry<RefName, ObjectId> ref : home.refs().list("").entrySet()) {
          home.refs()
              .update(
                  List.of(
                      new RefUpdate(
                          ref.getKey(), Optional.of(ref.getValue()), Optional.empty(), "gone")));
        }
        collect(home);
      } catch (StoreException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void calculating() {}

    @Override
    public void advanced(long objects, long bytes) {}

    @Override
    public void retrying(int attempt, TransferException cause) {}
  }

  private static void collect(TestHome home) throws StoreException, InterruptedException {
    GarbageCollection.Roots roots =
        new GarbageCollection.Roots() {
          @Override
          public Collection<ObjectId> required() throws StoreException {
            return home.refs().list("").values();
          }

          @Override
          public GarbageCollection.RootCursor more() {
            return Optional::empty;
          }

          @Override
          public Collection<ObjectId> welcome() {
            return List.of();
          }

          @Override
          public void leanedOn(References.Visitor visitor) {}
        };
    new GarbageCollection(home.store(), roots, () -> false)
        .run(new GarbageCollection.Plan(Long.MAX_VALUE, true, false), (done, of) -> {});
  }

  private void push(TestHome home, Progress progress) throws Exception {
    ObjectId tip = home.ref("shop", "heads/master").orElseThrow();
    new Push(remote, home.dot("shop")).run(PushRequest.branch(dot, "master", tip, "hub"), progress);
  }

  private void fetch(TestHome home, Progress progress) throws Exception {
    new Fetch(remote, home.dot("shop"))
        .run(new FetchRequest(dot, Optional.of("master"), true, "hub"), progress);
  }

  @Test
  void whatAFetchBuildsOnStays() throws Exception {
    ObjectId first = ann.commit("shop", "master", Map.of("table", bytes(1)));
    push(ann, new Recorder());
    fetch(bob, new Recorder());
    ObjectId second = ann.commit("shop", "master", Map.of("table", bytes(1), "more", bytes(2)));
    push(ann, new Recorder());

    Forgetting progress = new Forgetting(bob);
    fetch(bob, progress);

    assertThat(progress.times).isOne();
    assertThat(bob.ref("shop", "remotes/hub/master")).contains(second);
    collect(bob);
    assertThat(bob.read(second, "table")).isEqualTo(bytes(1));
    assertThat(bob.read(second, "more")).isEqualTo(bytes(2));
    assertThat(bob.read(first, "table")).isEqualTo(bytes(1));
  }

  @Test
  void whatAPushSendsStays() throws Exception {
    ObjectId first = ann.commit("shop", "master", Map.of("table", bytes(1)));

    Forgetting progress = new Forgetting(ann);
    push(ann, progress);

    assertThat(progress.times).isOne();
    fetch(bob, new Recorder());
    assertThat(bob.read(first, "table")).isEqualTo(bytes(1));
  }
}
