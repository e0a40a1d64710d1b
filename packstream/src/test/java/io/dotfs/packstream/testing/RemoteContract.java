package io.dotfs.packstream.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.chunk.FileEditor;
import io.dotfs.objectstore.codec.TagCodec;
import io.dotfs.objectstore.maintenance.StoreVerifier;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.Tag;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.Incomplete;
import io.dotfs.packstream.TransferException.NonFastForward;
import io.dotfs.packstream.TransferException.RefConflict;
import io.dotfs.packstream.TransferException.UnknownDot;
import io.dotfs.packstream.TransferException.UnknownRef;
import io.dotfs.packstream.transfer.Fetch;
import io.dotfs.packstream.transfer.FetchRequest;
import io.dotfs.packstream.transfer.FetchResult;
import io.dotfs.packstream.transfer.Lease;
import io.dotfs.packstream.transfer.Progress;
import io.dotfs.packstream.transfer.Push;
import io.dotfs.packstream.transfer.PushRequest;
import io.dotfs.packstream.transfer.PushResult;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.wire.FetchQuery;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.RefUpdate;
import io.dotfs.packstream.wire.RemoteDot;
import io.dotfs.packstream.wire.SessionId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every way to a remote keeps to. */
public abstract class RemoteContract {
  @TempDir protected Path temporary;
  protected TestHome ann;
  protected TestHome bob;
  protected Remote remote;
  protected DotName dot;

  /** A new connection of the same user to the same remote, which holds nothing at first. */
  protected abstract Remote connect() throws Exception;

  @BeforeEach
  protected void openHomes() throws Exception {
    ann = new TestHome(temporary.resolve("ann"));
    bob = new TestHome(temporary.resolve("bob"));
    remote = connect();
    dot = new DotName(remote.defaultNamespace(), "shop");
  }

  @AfterEach
  void closeHomes() throws Exception {
    remote.close();
    ann.close();
    bob.close();
  }

  /** Bytes that do not compress. */
  protected static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  protected PushResult push(TestHome home, String branch) throws Exception {
    return push(home, branch, Progress.none());
  }

  protected PushResult push(TestHome home, String branch, Progress progress) throws Exception {
    ObjectId tip = home.ref("shop", "heads/" + branch).orElseThrow();
    return new Push(remote, home.dot("shop"))
        .run(PushRequest.branch(dot, branch, tip, "hub"), progress);
  }

  protected FetchResult fetch(TestHome home, String branch, Progress progress) throws Exception {
    return new Fetch(remote, home.dot("shop"))
        .run(new FetchRequest(dot, Optional.of(branch), true, "hub"), progress);
  }

  @Test
  void whatIsPushedIsWhatIsCloned() throws Exception {
    byte[] table = bytes(1, 300_000);
    ObjectId first = ann.commit("shop", "master", Map.of("table", table, "empty", new byte[0]));
    ObjectId second = ann.commit("shop", "master", Map.of("table", table, "note", bytes(2, 10)));
    Recorder pushing = new Recorder();

    PushResult pushed = push(ann, "master", pushing);

    assertThat(pushed.moved()).containsExactly(Map.entry("heads/master", Optional.empty()));
    assertThat(pushing.objects).isEqualTo(pushing.totalObjects).isPositive();
    assertThat(pushing.bytes).isEqualTo(pushing.totalBytes).isGreaterThan(300_000);
    assertThat(ann.ref("shop", "remotes/hub/master")).contains(second);
    assertThat(remote.listDots()).containsExactly(new RemoteDot(dot, true));
    assertThat(remote.refs(dot).refs()).containsExactly(Map.entry("heads/master", second));
    assertThat(remote.refs(dot).quarantined()).isZero();

    Recorder fetching = new Recorder();
    FetchResult fetched = fetch(bob, "master", fetching);

    assertThat(fetched.fetched()).containsExactly(Map.entry("heads/master", second));
    assertThat(fetching.objects).isEqualTo(fetching.totalObjects).isEqualTo(pushing.objects);
    assertThat(bob.ref("shop", "remotes/hub/master")).contains(second);
    assertThat(bob.read(first, "table")).isEqualTo(table);
    assertThat(bob.read(second, "note")).isEqualTo(bytes(2, 10));
  }

  @Test
  void aSecondPushAndASecondFetchMoveNothing() throws Exception {
    ann.commit("shop", "master", Map.of("table", bytes(1, 100_000)));
    push(ann, "master");
    fetch(bob, "master", Progress.none());

    PushResult again = push(ann, "master");
    assertThat(again.upToDate()).isTrue();
    assertThat(again.summary().objects()).isZero();
    assertThat(again.summary().bytes()).isZero();
    assertThat(again.summary().bytesAlreadyThere()).isEqualTo(100_000);

    FetchResult same = fetch(bob, "master", Progress.none());
    assertThat(same.movedRefs()).isEmpty();
    assertThat(same.summary().objects()).isZero();
  }

  @Test
  void aChangedPageOfALargeFileCostsNoMoreThanItStored() throws Exception {
    long size = 1L << 30;
    FileContent large;
    try (PackWriter writer = ann.store().begin()) {
      FileEditor editor = FileEditor.edit(writer.reader(), writer, FileContent.EMPTY, size);
      List<ObjectId> chunks = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        chunks.add(writer.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes(i, 16 << 10))));
      }
      for (int i = 0; i < size >> 14; i++) {
        editor.chunk(i, chunks.get((i * 31 + i / 64) % 64));
      }
      large = editor.finish();
      ObjectId id = ann.commit(writer, "shop", "master", files(large));
      writer.finish();
      ann.setRef("shop", "heads/master", id);
    }
    push(ann, "master");
    long stored;
    try (PackWriter writer = ann.store().begin()) {
      FileEditor editor = FileEditor.edit(writer.reader(), writer, large, size);
      editor.data(40_000, ByteBuffer.wrap(bytes(99, 16 << 10)));
      ObjectId id = ann.commit(writer, "shop", "master", files(editor.finish()));
      stored = writer.finish().storedBytes();
      ann.setRef("shop", "heads/master", id);
    }
    fetch(bob, "master", Progress.none());

    PushResult pushed = push(ann, "master");

    assertThat(pushed.summary().bytes()).isPositive().isLessThanOrEqualTo(stored);
    assertThat(pushed.summary().bytesAlreadyThere()).isEqualTo(size - (16 << 10));
    FetchResult fetched = fetch(bob, "master", Progress.none());
    assertThat(fetched.summary().bytes()).isPositive().isLessThanOrEqualTo(stored);
    assertThat(fetched.summary().objects()).isEqualTo(pushed.summary().objects());
  }

  @Test
  void aChangeTravelsAndIsKeptAsADifference() throws Exception {
    byte[] data = bytes(5, 1 << 20);
    ObjectId first = ann.commit("shop", "master", Map.of("table", data));
    push(ann, "master");
    fetch(bob, "master", Progress.none());
    FileContent old = ann.content(first, "table");
    byte[] block = Arrays.copyOf(data, 16 << 10);
    block[77] ^= 1;
    ObjectId chunk;
    try (PackWriter writer = ann.store().begin()) {
      FileEditor editor = FileEditor.edit(writer.reader(), writer, old, data.length);
      editor.data(0, ByteBuffer.wrap(block));
      ObjectId id = ann.commit(writer, "shop", "master", files(editor.finish()));
      chunk = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(block));
      writer.finish();
      ann.setRef("shop", "heads/master", id);
    }
    assertThat(ann.store().basesOf(chunk)).hasSize(1);

    push(ann, "master");
    FetchResult fetched = fetch(bob, "master", Progress.none());

    // What travelled whole would lie here whole.
    assertThat(bob.store().basesOf(chunk)).isEqualTo(ann.store().basesOf(chunk));
    data[77] ^= 1;
    assertThat(bob.read(fetched.fetched().get("heads/master"), "table")).isEqualTo(data);
    assertThat(new StoreVerifier(bob.store()).verifyPacks((o, b) -> {}).damage()).isEmpty();
  }

  /** Else the answer would say whether a guess at the object is right. */
  @Test
  void aDifferenceToWhatNoRefReachesIsRefused() throws Exception {
    byte[] secret = bytes(6, 16 << 10);
    ObjectId gone = ann.commit("shop", "master", Map.of("secret", secret));
    push(ann, "master");
    ann.setRef("shop", "heads/master", ann.commit("shop", "other", Map.of("a", bytes(7, 100))));
    force(ann, ann.ref("shop", "heads/master").orElseThrow(), Optional.of(gone));
    byte[] guess = Arrays.copyOf(secret, 1000);
    ObjectId guessed;
    try (PackWriter writer = bob.store().begin()) {
      writer.put(ObjectType.CHUNK, ByteBuffer.wrap(secret));
      writer.finish();
    }
    ObjectId base = ann.content(gone, "secret").root().orElseThrow();
    try (PackWriter writer = bob.store().begin()) {
      guessed = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(guess), Optional.of(base));
      writer.finish();
    }
    StoredObject difference = bob.store().readStored(guessed, known -> true);
    assertThat(difference.base()).contains(base);

    RefUpdate update = new RefUpdate("heads/guess", Optional.empty(), guessed, false);
    PushHeader header = new PushHeader(new SessionId(3, 7), List.of(update), 1, 0);

    assertThatThrownBy(() -> remote.push(dot, header, source(List.of(difference))))
        .isInstanceOf(TransferException.CorruptTransfer.class);
  }

  private static SortedMap<String, FileContent> files(FileContent table) {
    return new TreeMap<>(Map.of("table", table));
  }

  @Test
  void aPushThatWouldLoseCommitsIsRefusedAndSaysWhich() throws Exception {
    ann.commit("shop", "master", Map.of("a", bytes(1, 100)));
    push(ann, "master");
    FetchResult fetched = fetch(bob, "master", Progress.none());
    bob.setRef("shop", "heads/master", fetched.fetched().get("heads/master"));
    ObjectId theirs = ann.commit("shop", "master", Map.of("a", bytes(2, 100)));
    push(ann, "master");
    bob.commit("shop", "master", Map.of("b", bytes(3, 100)));

    assertThatThrownBy(() -> push(bob, "master"))
        .isInstanceOfSatisfying(
            NonFastForward.class,
            refused -> {
              assertThat(refused.lost())
                  .extracting(TransferException.LostCommit::id)
                  .containsExactly(theirs);
              assertThat(refused).hasMessageContaining(theirs.toHex().substring(0, 12));
              assertThat(refused.hint()).isPresent();
            });
    assertThat(remote.refs(dot).branch("master")).contains(theirs);

    fetch(bob, "master", Progress.none());
    assertThatThrownBy(() -> push(bob, "master")).isInstanceOf(NonFastForward.class);
    assertThat(remote.refs(dot).branch("master")).contains(theirs);
  }

  @Test
  void aLeaseForcesOnlyOverWhatWasSeen() throws Exception {
    ObjectId first = ann.commit("shop", "master", Map.of("a", bytes(1, 100)));
    push(ann, "master");
    ObjectId second = ann.commit("shop", "master", Map.of("a", bytes(2, 100)));
    push(ann, "master");
    ObjectId other = bob.commit("shop", "master", Map.of("c", bytes(3, 100)));

    assertThatThrownBy(() -> force(bob, other, Optional.of(first))).isInstanceOf(RefConflict.class);
    assertThat(remote.refs(dot).branch("master")).contains(second);
    force(bob, other, Optional.of(second));
    assertThat(remote.refs(dot).branch("master")).contains(other);

    // What the branch alone reached cannot be asked for any more.
    assertThatThrownBy(() -> remote.list(dot, new FetchQuery(List.of(second), List.of())))
        .isInstanceOf(Incomplete.class);
    assertThat(remote.have(dot, new SessionId(1, 2), List.of(second, other)).stream())
        .containsExactly(1);
  }

  private void force(TestHome home, ObjectId target, Optional<ObjectId> expected)
      throws TransferException {
    PushRequest.Ref ref = new PushRequest.Ref("heads/master", target, new Lease.Replace(expected));
    new Push(remote, home.dot("shop"))
        .run(new PushRequest(dot, List.of(ref), false, "hub"), Progress.none());
  }

  @Test
  void unknownDotsAndBranchesAreTold() throws Exception {
    ann.commit("shop", "master", Map.of("a", bytes(1, 100)));
    push(ann, "master");

    assertThatThrownBy(() -> remote.refs(new DotName(dot.namespace(), "other")))
        .isInstanceOf(UnknownDot.class);
    assertThatThrownBy(() -> fetch(bob, "devel", Progress.none()))
        .isInstanceOf(UnknownRef.class)
        .hasMessageContaining("devel");
  }

  @Test
  void branchesAndTagsTravel() throws Exception {
    ObjectId tip = ann.commit("shop", "master", Map.of("a", bytes(1, 100)));
    push(ann, "master");
    ann.setRef("shop", "heads/devel", tip);
    ann.commit("shop", "devel", Map.of("a", bytes(1, 100), "b", bytes(2, 100)));
    push(ann, "devel");
    ObjectId tag;
    try (PackWriter writer = ann.store().begin()) {
      Tag named =
          new Tag(
              tip,
              ObjectType.COMMIT,
              "v1",
              Stamp.utc("Ann", Instant.EPOCH),
              "first\n",
              Optional.empty());
      tag = writer.put(ObjectType.TAG, TagCodec.encode(named));
      writer.finish();
    }
    PushRequest.Ref ref = new PushRequest.Ref("tags/v1", tag, new Lease.FastForward());
    new Push(remote, ann.dot("shop"))
        .run(new PushRequest(dot, List.of(ref), false, "hub"), Progress.none());

    FetchResult fetched =
        new Fetch(remote, bob.dot("shop"))
            .run(new FetchRequest(dot, Optional.empty(), true, "hub"), Progress.none());

    assertThat(fetched.fetched().keySet())
        .containsExactly("heads/devel", "heads/master", "tags/v1");
    assertThat(bob.ref("shop", "tags/v1")).contains(tag);
    assertThat(bob.store().contains(tip)).isTrue();
  }

  @Test
  void equalDataOfAnUnrelatedHistoryIsNotMovedAgain() throws Exception {
    byte[] table = bytes(7, 400_000);
    ann.commit("shop", "master", Map.of("table", table));
    push(ann, "master");
    ObjectId own = bob.commit("shop", "mine", Map.of("table", table, "b", bytes(8, 100)));

    PushResult pushed = push(bob, "mine");

    assertThat(pushed.summary().bytes()).isLessThan(10_000);
    assertThat(pushed.summary().bytesAlreadyThere()).isEqualTo(400_000);
    FetchResult fetched = fetch(bob, "master", Progress.none());
    assertThat(fetched.summary().bytes()).isLessThan(10_000);
    fetch(ann, "mine", Progress.none());
    assertThat(ann.read(own, "b")).isEqualTo(bytes(8, 100));
  }

  @Test
  void aTreeThatNamesWhatWasNotSentIsRefused() throws Exception {
    ann.commit("shop", "master", Map.of("secret", bytes(1, 50_000)));
    push(ann, "master");
    ObjectId forged = bob.commit("shop", "forged", Map.of("secret", bytes(2, 50_000)));
    List<StoredObject> whole = new ArrayList<>();
    new io.dotfs.objectstore.graph.ObjectWalk(bob.store())
        .missing(List.of(forged), List.of(), (id, type) -> whole.add(bob.store().readStored(id)));

    for (int left = 0; left < whole.size(); left++) {
      List<StoredObject> some = new ArrayList<>(whole);
      some.remove(left);
      DotName other = new DotName(dot.namespace(), "forged" + left);
      PushHeader header = header(forged, some.size());
      assertThatThrownBy(() -> remote.push(other, header, source(some)))
          .as("without object %d", left)
          .isInstanceOf(Incomplete.class);
      assertThat(refsOf(other)).isEmpty();
    }
    assertThat(remote.listDots()).containsExactly(new RemoteDot(dot, true));
  }

  private SortedMap<String, ObjectId> refsOf(DotName name) throws TransferException {
    try {
      return remote.refs(name).refs();
    } catch (UnknownDot e) {
      return new TreeMap<>();
    }
  }

  protected static PushHeader header(ObjectId target, int objects) {
    return new PushHeader(
        new SessionId(objects, 7),
        List.of(new RefUpdate("heads/master", Optional.empty(), target, false)),
        objects,
        0);
  }

  protected static ObjectSource source(List<StoredObject> objects) {
    Iterator<StoredObject> left = objects.iterator();
    return new ObjectSource() {
      @Override
      public Optional<StoredObject> next() {
        return left.hasNext() ? Optional.of(left.next()) : Optional.empty();
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void anObjectUnderAFalseNameIsRefused() throws Exception {
    ObjectId tip = ann.commit("shop", "master", Map.of("a", bytes(1, 100)));
    StoredObject commit = ann.store().readStored(tip);
    ObjectId wrong = ObjectId.of(new byte[32]);
    StoredObject renamed =
        new StoredObject(
            wrong, commit.type(), commit.lengthBytes(), commit.encoding(), commit.bytes());

    assertThatThrownBy(() -> remote.push(dot, header(wrong, 1), source(List.of(renamed))))
        .isInstanceOf(TransferException.CorruptTransfer.class);
    assertThat(refsOf(dot)).isEmpty();
  }

  @Test
  void ofConcurrentPushesOneWins() throws Exception {
    ann.commit("shop", "master", Map.of("a", bytes(0, 100)));
    push(ann, "master");
    FetchResult fetched = fetch(bob, "master", Progress.none());
    ObjectId base = fetched.fetched().get("heads/master");
    bob.setRef("shop", "heads/master", base);
    List<Callable<ObjectId>> pushes = new ArrayList<>();
    for (TestHome home : List.of(ann, bob)) {
      ObjectId tip = home.commit("shop", "master", Map.of("n", bytes(home.hashCode(), 200_000)));
      pushes.add(
          () -> {
            try (Remote own = connect()) {
              new Push(own, home.dot("shop"))
                  .run(PushRequest.branch(dot, "master", tip, "hub"), Progress.none());
            }
            return tip;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<ObjectId> won = new ArrayList<>();
    try {
      for (Future<ObjectId> result : threads.invokeAll(pushes)) {
        try {
          won.add(result.get());
        } catch (java.util.concurrent.ExecutionException e) {
          assertThat(e.getCause()).isInstanceOfAny(RefConflict.class, NonFastForward.class);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(won).hasSize(1);
    assertThat(remote.refs(dot).branch("master")).contains(won.get(0));
  }
}
