package io.dotfs.objectstore.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.codec.TagCodec;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.BigTree;
import io.dotfs.objectstore.fixture.CountingReader;
import io.dotfs.objectstore.fixture.ModelTree;
import io.dotfs.objectstore.fixture.NaiveTree;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.Tag;
import io.dotfs.objectstore.object.Totals;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a hostile or broken peer may send. */
class ConnectivityCheckTest {
  private static final long SIZE = 70L * ModelTree.BLOCK;

  /** What the receiver had: the dot of the peer, and a secret of somebody else. */
  private final MemoryObjectStore store = new MemoryObjectStore();

  /** What the peer sends. */
  private final MemoryObjectStore batch = new MemoryObjectStore();

  private final ConnectivityCheck check = new ConnectivityCheck(batch, store);

  private FileContent shared = FileContent.EMPTY;
  private DirectoryRef sharedTree = DirectoryRef.EMPTY;
  private FileContent secret = FileContent.EMPTY;
  private ObjectId known = ObjectId.of(new byte[ObjectId.BYTES]);
  private ObjectId secretCommit = known;

  @BeforeEach
  void fillStore() throws Exception {
    shared = BigTree.file(store, SIZE);
    sharedTree = around(store, BigTree.entry(ByteName.of("shared"), shared));
    known = NaiveTree.commit(store, sharedTree, 1, List.of());
    secret = BigTree.rewrite(store, shared, SIZE, 3);
    secretCommit =
        NaiveTree.commit(
            store, around(store, BigTree.entry(ByteName.of("s"), secret)), 1, List.of());
  }

  /** A subdot "d" with some entries. */
  private static DirectoryRef around(MemoryObjectStore objects, TreeEntry... entries)
      throws StoreException {
    return BigTree.around(
        objects, BigTree.entry(ByteName.of("d"), BigTree.around(objects, entries)));
  }

  private ObjectId push(DirectoryRef tree) throws StoreException {
    return push(tree, 2, List.of(known));
  }

  private ObjectId push(DirectoryRef tree, long generation, List<ObjectId> parents) {
    return batch.put(
        ObjectType.COMMIT,
        CommitCodec.encode(
            new Commit(
                tree,
                parents,
                generation,
                Stamp.utc("Eve", Instant.EPOCH),
                "",
                new TreeMap<>(),
                Optional.empty())));
  }

  private List<ObjectId> missing(ObjectId tip) throws StoreException {
    return check.missing(List.of(tip), List.of(known), 100);
  }

  private static ObjectId root(FileContent file) {
    return file.root().orElseThrow();
  }

  @Test
  void anHonestPushIsComplete() throws Exception {
    TreeEntry fresh = BigTree.small(batch, ByteName.of("new"), 77);
    DirectoryRef tree = around(batch, fresh, BigTree.entry(ByteName.of("shared"), shared));
    assertThat(missing(push(tree))).isEmpty();
    assertThat(missing(known)).isEmpty();
    assertThat(check.missing(List.of(), List.of(), 1)).isEmpty();
  }

  @Test
  void knowingTheIdOfSomebodysFileDoesNotGiveIt() throws Exception {
    DirectoryRef tree = around(batch, BigTree.entry(ByteName.of("mine"), secret));
    assertThat(missing(push(tree))).containsExactly(root(secret));
    // Nor in the place of a file that the peer may read, of the same size.
    DirectoryRef inPlace = around(batch, BigTree.entry(ByteName.of("shared"), secret));
    assertThat(missing(push(inPlace))).containsExactly(root(secret));
  }

  @Test
  void knowingTheIdOfAChunkOrADirectoryDoesNotGiveIt() throws Exception {
    FileNode node = FileNode.decode(store.read(root(secret), ObjectType.FILE_NODE));
    ObjectId inner = node.child(0).orElseThrow();
    ObjectId chunk =
        FileNode.decode(store.read(inner, ObjectType.FILE_NODE)).child(3).orElseThrow();
    FileContent stolen = new FileContent(ModelTree.BLOCK, Optional.of(chunk));
    assertThat(missing(push(around(batch, BigTree.entry(ByteName.of("x"), stolen)))))
        .containsExactly(chunk);
    Commit other = new History(store).commit(secretCommit);
    assertThat(missing(push(other.tree()))).containsExactly(other.tree().root().orElseThrow());
  }

  @Test
  void commitsOfOthersAreNoParentsAndNoTips() throws Exception {
    assertThat(missing(secretCommit)).containsExactly(secretCommit);
    assertThat(missing(push(sharedTree, 2, List.of(secretCommit)))).containsExactly(secretCommit);
    assertThat(missing(push(sharedTree, 2, List.of(known, secretCommit))))
        .containsExactly(secretCommit);
    assertThat(check.missing(List.of(known), List.of(), 5)).containsExactly(known);
  }

  @Test
  void whatTheBatchBringsItselfIsTheirsWhoeverElseHasIt() throws Exception {
    for (ObjectId id : NaiveTree.reachable(store, List.of(secretCommit))) {
      ObjectType type = store.info(id).orElseThrow().type();
      batch.put(type, store.read(id, type));
    }
    assertThat(check.missing(List.of(secretCommit), List.of(), 5)).isEmpty();
  }

  @Test
  void whatMovedElsewhereIsFoundWhereverItWas() throws Exception {
    // In an older commit only, at another path, as part of another file.
    ObjectId old = known;
    ObjectId newer =
        NaiveTree.commit(
            store, around(store, BigTree.small(store, ByteName.of("n"), 5)), 2, List.of(old));
    FileNode node = FileNode.decode(store.read(root(shared), ObjectType.FILE_NODE));
    ObjectId inner = node.child(0).orElseThrow();
    FileContent part = new FileContent(64L * ModelTree.BLOCK, Optional.of(inner));
    DirectoryRef tree =
        around(
            batch, BigTree.entry(ByteName.of("p"), part), BigTree.entry(ByteName.of("q"), shared));
    ObjectId tip = push(tree, 3, List.of(newer));
    assertThat(check.missing(List.of(tip), List.of(newer), 5)).isEmpty();
    ObjectId unrelated = push(tree, 1, List.of());
    assertThat(check.missing(List.of(unrelated), List.of(newer), 5)).isEmpty();
  }

  @Test
  void tagsAreFollowedAndHeldToTheirWord() throws Exception {
    ObjectId tagged = tag(batch, "Eve", known, ObjectType.COMMIT);
    ObjectId twice = tag(batch, "Eve", tagged, ObjectType.TAG);
    assertThat(missing(twice)).isEmpty();
    assertThat(missing(tag(batch, "Eve", secretCommit, ObjectType.COMMIT)))
        .containsExactly(secretCommit);
    ObjectId secretTag = tag(store, "Ann", secretCommit, ObjectType.COMMIT);
    assertThat(missing(secretTag)).containsExactly(secretTag);
    assertThat(missing(tag(batch, "Eve", secretTag, ObjectType.TAG))).containsExactly(secretTag);
    ObjectId theirTag = tag(store, "Ann", known, ObjectType.COMMIT);
    assertThat(check.missing(List.of(theirTag), List.of(theirTag), 5)).isEmpty();
    ObjectId lie = tag(batch, "Eve", tagged, ObjectType.COMMIT);
    assertThatThrownBy(() -> missing(lie)).isInstanceOf(CorruptObjectException.class);
    assertThat(missing(tag(batch, "Eve", known, ObjectType.TAG))).isNotEmpty();
    ObjectId chunk = batch.put(ObjectType.CHUNK, ByteBuffer.wrap(new byte[] {1}));
    assertThatThrownBy(() -> missing(chunk)).isInstanceOf(StoreException.class);
  }

  private static ObjectId tag(
      MemoryObjectStore objects, String tagger, ObjectId target, ObjectType type) {
    return objects.put(
        ObjectType.TAG,
        TagCodec.encode(
            new Tag(target, type, "t", Stamp.utc(tagger, Instant.EPOCH), "", Optional.empty())));
  }

  @Test
  void aGenerationThatContradictsTheParentsIsCorrupt() throws Exception {
    ObjectId first = push(sharedTree, 2, List.of(known));
    assertCorrupt(push(sharedTree, 3, List.of(known)));
    assertCorrupt(push(sharedTree, 2, List.of(first)));
    assertCorrupt(push(sharedTree, 4, List.of(first, known)));
    assertThat(missing(push(sharedTree, 3, List.of(first, known)))).isEmpty();
  }

  private void assertCorrupt(ObjectId tip) {
    assertThatThrownBy(() -> missing(tip)).isInstanceOf(CorruptObjectException.class);
  }

  @Test
  void sizesThatContradictTheMapAreCorrupt() throws Exception {
    TreeEntry small = BigTree.small(batch, ByteName.of("x"), 9);
    ObjectId chunk = root((FileContent) small.content());
    // A new chunk that is shorter than the file; also when it was seen with the right size before.
    assertCorrupt(push(around(batch, file("x", 30, chunk))));
    assertCorrupt(push(around(batch, small, file("y", 30, chunk))));
    // A file that the peer may read, with another size, in its place and elsewhere.
    assertCorrupt(push(around(batch, file("shared", SIZE - 1, root(shared)))));
    assertCorrupt(push(around(batch, file("elsewhere", SIZE + 1, root(shared)))));
  }

  /** New nodes around chunks that stay in their places, one of which is said to be shorter. */
  @Test
  void lengthsThatContradictAChunkInItsPlaceAreCorrupt() throws Exception {
    FileNode root = FileNode.decode(store.read(root(shared), ObjectType.FILE_NODE));
    FileNode last = FileNode.decode(store.read(root.child(1).orElseThrow(), ObjectType.FILE_NODE));
    FileNode.Builder lastLie = new FileNode.Builder(0, root.blockLog2(), last.lengthBytes() - 1);
    for (int slot = 0; slot < last.slots(); slot++) {
      lastLie.set(slot, last.child(slot));
    }
    FileNode.Builder rootLie = new FileNode.Builder(1, root.blockLog2(), SIZE - 1);
    rootLie.set(0, root.child(0));
    rootLie.set(1, lastLie.encode().map(node -> batch.put(ObjectType.FILE_NODE, node)));
    ObjectId lie = batch.put(ObjectType.FILE_NODE, rootLie.encode().orElseThrow());
    assertCorrupt(push(around(batch, file("shared", SIZE - 1, lie))));
  }

  private static TreeEntry file(String name, long size, ObjectId root) {
    return BigTree.entry(ByteName.of(name), new FileContent(size, Optional.of(root)));
  }

  @Test
  void totalsThatContradictTheNodeAreCorrupt() throws Exception {
    TreeEntry small = BigTree.small(batch, ByteName.of("x"), 9);
    DirectoryRef honest = BigTree.around(batch, small);
    Totals more = honest.totals().plus(new Totals(1, 0, 0, 0));
    DirectoryRef lie = new DirectoryRef(honest.root(), honest.counts(), more);
    assertCorrupt(push(BigTree.around(batch, BigTree.entry(ByteName.of("d"), lie))));
    assertCorrupt(push(lie));
    DirectoryRef lieAboutShared =
        new DirectoryRef(sharedTree.root(), sharedTree.counts(), sharedTree.totals().plus(more));
    assertCorrupt(push(lieAboutShared));
    // Twice the same node, right once and wrong once.
    assertCorrupt(
        push(
            BigTree.around(
                batch,
                BigTree.entry(ByteName.of("a"), honest),
                BigTree.entry(ByteName.of("b"), lie))));
  }

  @Test
  void anInnerNodeThatLiesAboutItsChildrenIsCorrupt() throws Exception {
    DirectoryRef large = BigTree.directory(batch, 3_000, 1);
    ObjectId id = large.root().orElseThrow();
    DirectoryNode.Inner node =
        (DirectoryNode.Inner) DirectoryCodec.decode(batch.read(id, ObjectType.DIRECTORY_NODE));
    assertThat(missing(push(BigTree.around(batch, BigTree.entry(ByteName.of("d"), large)))))
        .isEmpty();
    DirectoryNode.Child last = node.children().get(node.size() - 1);
    DirectoryNode.Child renamed = new DirectoryNode.Child(ByteName.of("zzz"), last.subtree());
    assertCorrupt(pushDirectory(large, replaceLast(node, renamed)));
    DirectoryNode.Child first = node.children().get(0);
    DirectoryNode.Child again = new DirectoryNode.Child(last.lastName(), first.subtree());
    assertCorrupt(pushDirectory(large, replaceLast(node, again)));
    // A level too high: a leaf's place taken by the whole.
    assertCorrupt(
        pushDirectory(large, replaceLast(node, new DirectoryNode.Child(last.lastName(), large))));
  }

  /** Leaves whose names overlap: look-ups and listings would not agree. */
  @Test
  void nodesWhoseNamesOverlapAreCorrupt() throws Exception {
    DirectoryRef first = leaf(1, 5);
    DirectoryRef second = leaf(3, 9);
    assertCorrupt(push(inner(BigTree.name(5), first, BigTree.name(9), second)));
    assertCorrupt(push(inner(BigTree.name(5), first, BigTree.name(9), leaf(5, 9))));
    assertThat(missing(push(inner(BigTree.name(5), first, BigTree.name(9), leaf(6, 9))))).isEmpty();
  }

  private DirectoryRef leaf(int... numbers) {
    List<TreeEntry> entries = new ArrayList<>();
    for (int number : numbers) {
      entries.add(BigTree.small(batch, BigTree.name(number), number));
    }
    return reference(new DirectoryNode.Leaf(entries));
  }

  private DirectoryRef inner(
      ByteName lastOfFirst, DirectoryRef first, ByteName lastOfSecond, DirectoryRef second) {
    return reference(
        new DirectoryNode.Inner(
            1,
            List.of(
                new DirectoryNode.Child(lastOfFirst, first),
                new DirectoryNode.Child(lastOfSecond, second))));
  }

  private DirectoryRef reference(DirectoryNode node) {
    return new DirectoryRef(
        Optional.of(batch.put(ObjectType.DIRECTORY_NODE, DirectoryCodec.encode(node))),
        DirectoryNode.counts(node),
        DirectoryNode.totals(node));
  }

  private static DirectoryNode.Inner replaceLast(
      DirectoryNode.Inner node, DirectoryNode.Child child) {
    List<DirectoryNode.Child> children = new ArrayList<>(node.children());
    children.set(children.size() - 1, child);
    return new DirectoryNode.Inner(node.level(), children);
  }

  private ObjectId pushDirectory(DirectoryRef like, DirectoryNode node) throws StoreException {
    ObjectId id = batch.put(ObjectType.DIRECTORY_NODE, DirectoryCodec.encode(node));
    DirectoryRef lie = new DirectoryRef(Optional.of(id), like.counts(), like.totals());
    return push(BigTree.around(batch, BigTree.entry(ByteName.of("d"), lie)));
  }

  @Test
  void anObjectOfAnotherTypeIsCorrupt() throws Exception {
    ObjectId commit = push(sharedTree);
    assertCorrupt(push(around(batch, file("x", 10, commit))));
    ObjectId chunk = batch.put(ObjectType.CHUNK, ByteBuffer.wrap(new byte[] {1, 2}));
    DirectoryRef noDirectory =
        new DirectoryRef(Optional.of(chunk), sharedTree.counts(), sharedTree.totals());
    assertCorrupt(push(noDirectory));
    ObjectId garbage = batch.put(ObjectType.FILE_NODE, ByteBuffer.wrap(new byte[] {7, 7, 7, 7}));
    assertThatThrownBy(() -> missing(push(around(batch, file("x", 1 << 20, garbage)))))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void gapsAreListedUpToTheLimit() throws Exception {
    DirectoryRef large = BigTree.directory(batch, 500, 1);
    ObjectId tip = push(BigTree.around(batch, BigTree.entry(ByteName.of("d"), large)));
    Collection<ObjectId> chunks =
        batch.ids().stream()
            .filter(id -> batch.info(id).orElseThrow().type() == ObjectType.CHUNK)
            .toList();
    chunks.forEach(batch::remove);
    assertThat(check.missing(List.of(tip), List.of(known), 1000))
        .containsExactlyInAnyOrderElementsOf(chunks);
    assertThat(check.missing(List.of(tip), List.of(known), 7)).hasSize(7);
    assertThat(chunks).containsAll(check.missing(List.of(tip), List.of(known), 7));
  }

  /** A tree of a hundred thousand levels must not bring down the thread that checks it. */
  @Test
  void depthIsNoThreat() throws Exception {
    DirectoryRef at = BigTree.around(batch, BigTree.small(batch, ByteName.of("x"), 1));
    for (int depth = 0; depth < 20_000; depth++) {
      at = BigTree.around(batch, BigTree.entry(ByteName.of("d"), at));
    }
    assertThat(missing(push(at))).isEmpty();
  }

  /** The search of everything runs once and stops when all is found; it never runs in vain. */
  @Test
  void theSearchIsOnlyForWhatIsNotAtItsPlace() throws Exception {
    CountingReader counted = new CountingReader(store);
    ConnectivityCheck counting = new ConnectivityCheck(batch, counted);
    TreeEntry fresh = BigTree.small(batch, ByteName.of("new"), 77);
    TreeEntry kept = BigTree.entry(ByteName.of("shared"), shared);
    ObjectId tip = push(around(batch, fresh, kept));
    assertThat(counting.missing(List.of(tip), List.of(known), 5)).isEmpty();
    assertThat(counted.reads(ObjectType.FILE_NODE)).isZero();
  }
}
