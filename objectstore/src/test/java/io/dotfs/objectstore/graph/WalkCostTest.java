package io.dotfs.objectstore.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.chunk.BlockSize;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.BigTree;
import io.dotfs.objectstore.fixture.CountingReader;
import io.dotfs.objectstore.fixture.NaiveTree;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The cost follows the change: counted in objects read and objects named. */
class WalkCostTest {
  private static final int FILES = 100_000;
  private static final long GIB = 1L << 30;

  /** Levels of the directory of 100,000 with a few to spare, times both sides. */
  private static final int NODES_PER_CHANGE = 12;

  private static MemoryObjectStore objects = new MemoryObjectStore();

  /** A directory of 100,000 files with even numbers. */
  private static DirectoryRef hundredThousand = DirectoryRef.EMPTY;

  private final CountingReader counting = new CountingReader(objects);

  @BeforeAll
  static void store() throws StoreException {
    hundredThousand = BigTree.directory(objects, FILES, 2);
  }

  @AfterAll
  static void forget() {
    objects = new MemoryObjectStore();
  }

  private Map<ObjectType, Integer> send(ObjectId want, ObjectId have) throws StoreException {
    Map<ObjectType, Integer> named = new EnumMap<>(ObjectType.class);
    counting.reset();
    new ObjectWalk(counting)
        .missing(List.of(want), List.of(have), (id, type) -> named.merge(type, 1, Integer::sum));
    return named;
  }

  private ObjectId commit(DirectoryRef tree, ObjectId... parents) throws StoreException {
    return NaiveTree.commit(objects, tree, 1, List.of(parents));
  }

  private DirectoryRef subdot(DirectoryRef directory) throws StoreException {
    return BigTree.around(objects, BigTree.entry(ByteName.of("data"), directory));
  }

  private DirectoryRef subdot(FileContent file) throws StoreException {
    return subdot(BigTree.around(objects, BigTree.entry(ByteName.of("db"), file)));
  }

  @Test
  void tenChangesAmongAHundredThousandNamesCostAFewNodesEach() throws Exception {
    DirectoryRef before = hundredThousand;
    SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
    for (int i = 0; i < 10; i++) {
      int place = 19_997 * i + 2;
      ByteName name = BigTree.name(2 * (place / 2));
      // Changed, removed and new names, the latter two of which move node boundaries.
      switch (i % 3) {
        case 0 -> edits.put(name, Optional.of(BigTree.small(objects, name, 1_000_000 + i)));
        case 1 -> edits.put(name, Optional.empty());
        default -> {
          ByteName fresh = BigTree.name(place | 1);
          edits.put(fresh, Optional.of(BigTree.small(objects, fresh, 2_000_000 + i)));
        }
      }
    }
    DirectoryRef after = BigTree.edit(objects, before, edits);
    ObjectId first = commit(subdot(before));
    Map<ObjectType, Integer> named = send(commit(subdot(after), first), first);
    assertThat(named.get(ObjectType.CHUNK)).isEqualTo(7);
    assertThat(named.get(ObjectType.DIRECTORY_NODE)).isLessThan(10 * 4);
    assertThat(named.get(ObjectType.COMMIT)).isEqualTo(1);
    assertThat(counting.reads(ObjectType.DIRECTORY_NODE)).isLessThan(2 * 10 * NODES_PER_CHANGE);
    assertThat(counting.reads(ObjectType.CHUNK)).isZero();
  }

  /** Names are put at the very places where nodes end, so that nodes join and split. */
  @Test
  void shiftedNodeBoundariesDoNotSpread() throws Exception {
    DirectoryRef before = hundredThousand;
    int worst = 0;
    for (int i = 0; i < 150; i++) {
      int place = 2 * (661 * i % FILES);
      ByteName gone = BigTree.name(place);
      ByteName fresh = BigTree.name(place + 1);
      SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
      edits.put(gone, Optional.empty());
      edits.put(fresh, Optional.of(BigTree.small(objects, fresh, 3_000_000 + i)));
      DirectoryRef after = BigTree.edit(objects, before, edits);
      counting.reset();
      List<ObjectId> entered = new ArrayList<>();
      new TreeWalk(
              counting,
              counting,
              new TreeWalk.Visitor() {
                @Override
                public boolean enter(Claim claim) {
                  return entered.add(claim.id());
                }

                @Override
                public void left(ObjectId id, ObjectType type) {
                  assertThat(entered).contains(id);
                }
              })
          .walk(before, after);
      worst = Math.max(worst, counting.reads());
    }
    assertThat(worst).isLessThan(6 * NODES_PER_CHANGE);
  }

  @Test
  void onePageOfAGibibyteCostsOneChunkAndOnePath() throws Exception {
    FileContent before = BigTree.file(objects, GIB);
    FileContent after = BigTree.rewrite(objects, before, GIB, 41_234);
    ObjectId first = commit(subdot(before));
    Map<ObjectType, Integer> named = send(commit(subdot(after), first), first);
    assertThat(named)
        .containsEntry(ObjectType.CHUNK, 1)
        .containsEntry(ObjectType.FILE_NODE, 3)
        .containsEntry(ObjectType.DIRECTORY_NODE, 2)
        .containsEntry(ObjectType.COMMIT, 1);
    // A path on each side, the roots once more to see what they are.
    assertThat(counting.reads(ObjectType.FILE_NODE)).isLessThanOrEqualTo(8);
    assertThat(counting.reads(ObjectType.CHUNK)).isZero();
  }

  @Test
  void growingAndCuttingALargeFileCostsItsEnd() throws Exception {
    int block = BlockSize.DEFAULT.bytes();
    long size = 64L * 64 * block;
    FileContent before = BigTree.file(objects, size);
    long more = 4096;
    FileContent longer = BigTree.rewrite(objects, before, size + block, more);
    FileContent shorter = BigTree.rewrite(objects, before, size / 2);
    FileContent oneBlock = BigTree.rewrite(objects, before, block);
    ObjectId first = commit(subdot(before));
    Map<ObjectType, Integer> named = send(commit(subdot(longer), first), first);
    // A level more: the old map is the first child of the new one.
    assertThat(named.get(ObjectType.CHUNK)).isEqualTo(1);
    assertThat(named.get(ObjectType.FILE_NODE)).isEqualTo(3);
    named = send(commit(subdot(shorter), first), first);
    assertThat(named.get(ObjectType.FILE_NODE)).isEqualTo(1);
    assertThat(named).doesNotContainKey(ObjectType.CHUNK);
    ObjectId cut = commit(subdot(oneBlock), first);
    named = send(cut, first);
    assertThat(named).doesNotContainKeys(ObjectType.CHUNK, ObjectType.FILE_NODE);
    named = send(commit(subdot(before), cut), cut);
    assertThat(named.get(ObjectType.CHUNK)).isLessThanOrEqualTo(97);
    assertThat(named.get(ObjectType.FILE_NODE)).isEqualTo(65);
  }

  @Test
  void whatIsRenamedIsNotSentAgain() throws Exception {
    FileContent large = BigTree.file(objects, GIB / 16);
    DirectoryRef many = BigTree.directory(objects, 5_000, 1);
    DirectoryRef before =
        BigTree.around(
            objects,
            BigTree.entry(
                ByteName.of("a"), BigTree.around(objects, BigTree.entry(ByteName.of("x"), large))),
            BigTree.entry(ByteName.of("many"), many));
    SortedMap<ByteName, Optional<TreeEntry>> edit = new TreeMap<>();
    edit.put(BigTree.name(17), Optional.of(BigTree.small(objects, BigTree.name(17), 4_000_000)));
    DirectoryRef after =
        BigTree.around(
            objects,
            BigTree.entry(
                ByteName.of("b"), BigTree.around(objects, BigTree.entry(ByteName.of("y"), large))),
            // Moved and edited.
            BigTree.entry(ByteName.of("moved"), BigTree.edit(objects, many, edit)));
    ObjectId first = commit(subdot(before));
    ObjectId second = commit(subdot(after), first);
    Map<ObjectType, Integer> named = send(second, first);
    assertThat(named.get(ObjectType.CHUNK)).isEqualTo(1);
    assertThat(named).doesNotContainKey(ObjectType.FILE_NODE);
    assertThat(named.get(ObjectType.DIRECTORY_NODE)).isLessThan(8);
  }

  /** Beyond its budget a walk names more than it must, never less, and looks at no more. */
  @Test
  void theSearchForRenamesIsBounded() throws Exception {
    DirectoryRef many = BigTree.directory(objects, 3_000, 3);
    DirectoryRef before = subdot(BigTree.around(objects, BigTree.entry(ByteName.of("a"), many)));
    DirectoryRef after = subdot(BigTree.around(objects, BigTree.entry(ByteName.of("b"), many)));
    assertThat(new MovedContent(objects, objects, 100).find(before, after))
        .contains(many.root().orElseThrow());
    assertThat(new MovedContent(objects, objects, 0).find(before, after)).isEmpty();
    assertThat(new MovedContent(objects, objects, 20).find(many, subdot(many)))
        .hasSizeLessThanOrEqualTo(20);
    List<ObjectId> named = new ArrayList<>();
    new NewInTree(objects, objects, 0)
        .walk(
            List.of(before),
            after,
            new TreeWalk.Visitor() {
              @Override
              public boolean enter(Claim claim) {
                return true;
              }

              @Override
              public void left(ObjectId id, ObjectType type) {
                named.add(id);
              }
            });
    assertThat(named).contains(many.root().orElseThrow()).hasSizeGreaterThan(3_000);
  }

  @Test
  void aMergeCostsWhatNeitherSideHas() throws Exception {
    DirectoryRef base = BigTree.directory(objects, 20_000, 2);
    SortedMap<ByteName, Optional<TreeEntry>> mine = new TreeMap<>();
    SortedMap<ByteName, Optional<TreeEntry>> theirs = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      ByteName a = BigTree.name(40 * i);
      ByteName b = BigTree.name(40_000 - 40 * i - 2);
      mine.put(a, Optional.of(BigTree.small(objects, a, 5_000_000 + i)));
      theirs.put(b, Optional.of(BigTree.small(objects, b, 6_000_000 + i)));
    }
    ObjectId root = commit(subdot(base));
    DirectoryRef theirTree = BigTree.edit(objects, base, theirs);
    ObjectId theirTip = commit(subdot(theirTree), root);
    ObjectId myTip = commit(subdot(BigTree.edit(objects, base, mine)), root);
    ObjectId merge = commit(subdot(BigTree.edit(objects, theirTree, mine)), myTip, theirTip);
    Map<ObjectType, Integer> named = new EnumMap<>(ObjectType.class);
    new ObjectWalk(counting)
        .missing(
            List.of(merge),
            List.of(myTip, theirTip),
            (id, type) -> named.merge(type, 1, Integer::sum));
    // All chunks are on one side or the other; only nodes that hold names of both are new.
    assertThat(named).doesNotContainKey(ObjectType.CHUNK);
    assertThat(named.get(ObjectType.DIRECTORY_NODE)).isLessThan(420);
  }

  @Test
  void nothingIsReadBelowWhatTheReceiverHas() throws Exception {
    DirectoryRef tree = subdot(BigTree.directory(objects, 10_000, 1));
    ObjectId first = commit(tree);
    ObjectId same = NaiveTree.commit(objects, tree, 2, List.of(first));
    Map<ObjectType, Integer> named = send(same, first);
    assertThat(named).containsOnly(Map.entry(ObjectType.COMMIT, 1));
    assertThat(counting.reads(ObjectType.DIRECTORY_NODE)).isZero();
    assertThat(send(first, same)).isEmpty();
  }

  @Test
  void theReceiverReadsWhatWasSentAndItsCounterparts() throws Exception {
    DirectoryRef before = hundredThousand;
    SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
    for (int i = 0; i < 10; i++) {
      ByteName name = BigTree.name(19_998 * i + 1);
      edits.put(name, Optional.of(BigTree.small(objects, name, 7_000_000 + i)));
    }
    ObjectId first = commit(subdot(before));
    ObjectId second = commit(subdot(BigTree.edit(objects, before, edits)), first);
    MemoryObjectStore batch = new MemoryObjectStore();
    new ObjectWalk(objects)
        .missing(
            List.of(second), List.of(first), (id, type) -> batch.put(type, objects.read(id, type)));
    CountingReader received = new CountingReader(batch);
    counting.reset();
    assertThat(
            new ConnectivityCheck(received, counting).missing(List.of(second), List.of(first), 10))
        .isEmpty();
    assertThat(received.reads() + counting.reads()).isLessThan(4 * 10 * NODES_PER_CHANGE);
  }

  @Test
  void aMissingObjectIsNamedAndEndsTheWalk() throws Exception {
    DirectoryRef before = BigTree.directory(objects, 1_000, 1);
    SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
    TreeEntry changed = BigTree.small(objects, BigTree.name(500), 8_000_000);
    edits.put(changed.name(), Optional.of(changed));
    ObjectId first = commit(subdot(before));
    ObjectId second = commit(subdot(BigTree.edit(objects, before, edits)), first);
    ObjectId chunk = ((FileContent) changed.content()).root().orElseThrow();
    counting.hide(chunk);
    assertThatThrownBy(() -> send(second, first))
        .isInstanceOfSatisfying(
            MissingObjectException.class, e -> assertThat(e.id()).isEqualTo(chunk));
    counting.unhide(chunk);
    counting.hide(before.root().orElseThrow());
    assertThatThrownBy(() -> send(second, first))
        .isInstanceOfSatisfying(
            MissingObjectException.class,
            e -> assertThat(e.id()).isEqualTo(before.root().orElseThrow()));
  }

  @Test
  void havesThatAreNotHereAreIgnored() throws Exception {
    ObjectId first = commit(subdot(BigTree.directory(objects, 10, 1)));
    ObjectId elsewhere =
        NaiveTree.commit(new MemoryObjectStore(), DirectoryRef.EMPTY, 99, List.of());
    assertThat(send(first, elsewhere)).containsEntry(ObjectType.CHUNK, 10);
  }
}
