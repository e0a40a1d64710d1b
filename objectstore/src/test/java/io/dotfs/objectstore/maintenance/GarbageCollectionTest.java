package io.dotfs.objectstore.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.chunk.FileEditor;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.directory.DirectoryEditor;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.BigTree;
import io.dotfs.objectstore.fixture.ModelTree;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackFiles;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoreOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is needed stays, whatever happens at the same time, and in the end nothing else does. */
final class GarbageCollectionTest {
  private static final long NO_GRACE = Long.MAX_VALUE;

  @TempDir private Path directory;

  /** Refs over a store, and operations on both that may be interleaved. */
  private static final class Model implements GarbageCollection.Roots {
    private final ObjectStore store;
    private final Random random;
    private final Map<String, ObjectId> refs = new HashMap<>();
    private final List<ObjectId> commits = new ArrayList<>();
    private final List<ObjectId> chunks = new ArrayList<>();

    /** Operations under way, each in several steps. */
    private final Deque<Operation> running = new ArrayDeque<>();

    private int commitNumber;
    private int steps;

    Model(ObjectStore store, Random random) {
      this.store = store;
      this.random = random;
    }

    /** An operation in steps; false after the last one. */
    private interface Operation {
      boolean step() throws StoreException;
    }

    @Override
    public Collection<ObjectId> required() {
      return List.copyOf(refs.values());
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

    private Optional<ObjectId> someRef() {
      List<ObjectId> values = new ArrayList<>(refs.values());
      return values.isEmpty()
          ? Optional.empty()
          : Optional.of(values.get(random.nextInt(values.size())));
    }

    private String someName() {
      return "branch-" + random.nextInt(4);
    }

    /** Files out of few possible ones, so that what was garbage is often needed again. */
    private DirectoryRef tree(PackWriter writer) throws StoreException {
      SortedMap<Integer, FileContent> files = new TreeMap<>();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        int content = random.nextInt(40);
        int blocks = 1 + content % 3;
        long size = blocks * 16384L;
        FileEditor editor = FileEditor.edit(writer.reader(), writer, FileContent.EMPTY, size);
        for (int block = 0; block < blocks; block++) {
          int length = editor.blockSize().lengthOf(block, size);
          // Contents that differ in a byte, so that many are stored as differences.
          byte[] bytes = new byte[length];
          new Random(content % 5).nextBytes(bytes);
          bytes[block] = (byte) content;
          Optional<ObjectId> older =
              chunks.isEmpty()
                  ? Optional.empty()
                  : Optional.of(chunks.get(random.nextInt(chunks.size())));
          ObjectId chunk = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes), older);
          chunks.add(chunk);
          editor.chunk(block, chunk);
        }
        files.put(random.nextInt(10), editor.finish());
      }
      DirectoryEditor editor = DirectoryEditor.edit(writer.reader(), writer, DirectoryRef.EMPTY);
      for (Map.Entry<Integer, FileContent> file : files.entrySet()) {
        editor.put(BigTree.entry(BigTree.name(file.getKey()), file.getValue()));
      }
      return editor.finish();
    }

    private ObjectId commit(PackWriter writer, DirectoryRef tree, Optional<ObjectId> parent)
        throws StoreException {
      long generation = 1;
      if (parent.isPresent()) {
        generation += CommitCodec.decode(store.read(parent.get(), ObjectType.COMMIT)).generation();
      }
      commitNumber++;
      Commit commit =
          new Commit(
              tree,
              parent.stream().toList(),
              generation,
              Stamp.utc("model", Instant.ofEpochSecond(commitNumber)),
              "",
              new TreeMap<>(),
              Optional.empty());
      return writer.put(ObjectType.COMMIT, CommitCodec.encode(commit));
    }

    /** As a commit: tree, commit object, published, ref moved, writer closed. */
    private Operation committing() {
      return new Operation() {
        private int at;
        private PackWriter writer;
        private DirectoryRef tree = DirectoryRef.EMPTY;
        private ObjectId id;

        @Override
        public boolean step() throws StoreException {
          switch (at++) {
            case 0 -> writer = store.begin();
            case 1 -> tree = tree(writer);
            case 2 -> id = commit(writer, tree, Optional.empty());
            case 3 -> writer.finish();
            case 4 -> {
              store.retention().admit(List.of(id), () -> refs.put(someName(), id));
              commits.add(id);
            }
            default -> {
              writer.close();
              return false;
            }
          }
          return true;
        }
      };
    }

    /** As a fetch: relies on what a ref reaches, which may go away meanwhile. */
    private Operation fetching() {
      return new Operation() {
        private int at;
        private Hold hold;
        private Optional<ObjectId> base = Optional.empty();
        private ObjectId id;

        @Override
        public boolean step() throws StoreException {
          switch (at++) {
            case 0 ->
                hold =
                    store
                        .retention()
                        .hold(
                            () -> {
                              base = someRef();
                              return base.stream().toList();
                            });
            case 1 -> {}
            case 2 -> {
              try (PackWriter writer = store.begin()) {
                DirectoryRef tree = DirectoryRef.EMPTY;
                if (base.isPresent()) {
                  tree = CommitCodec.decode(store.read(base.get(), ObjectType.COMMIT)).tree();
                }
                id = commit(writer, tree, base);
                writer.finish();
              }
            }
            case 3 -> store.retention().admit(List.of(id), () -> refs.put(someName(), id));
            default -> {
              hold.close();
              return false;
            }
          }
          return true;
        }
      };
    }

    /** As {@code dm tag}: names a commit that is there, reachable or not. */
    private void resurrect() throws StoreException {
      if (commits.isEmpty()) {
        return;
      }
      ObjectId id = commits.get(random.nextInt(commits.size()));
      try {
        store
            .retention()
            .admit(
                List.of(id),
                () -> {
                  if (isWhole(id)) {
                    refs.put(someName(), id);
                  }
                });
      } catch (MissingObjectException e) {
        // It is going: the name was not given.
        assertThat(refs.values()).doesNotContain(id);
      }
    }

    private boolean isWhole(ObjectId commit) throws StoreException {
      return new StoreVerifier(store).verifyReachable(List.of(commit)).isEmpty();
    }

    /** One step of anything. */
    void step() throws StoreException {
      steps++;
      int choice = random.nextInt(12);
      if (choice < 6 && !running.isEmpty()) {
        Operation next = running.removeFirst();
        if (next.step()) {
          running.addLast(next);
        }
      } else if (choice < 8) {
        running.addLast(committing());
      } else if (choice == 8) {
        running.addLast(fetching());
      } else if (choice == 9) {
        refs.remove(someName());
      } else if (choice == 10) {
        resurrect();
      } else {
        check();
      }
    }

    void check() throws StoreException {
      assertThat(new StoreVerifier(store).verifyReachable(refs.values())).isEmpty();
    }

    void finishAll() throws StoreException {
      while (!running.isEmpty()) {
        while (running.getFirst().step()) {
          steps++;
        }
        running.removeFirst();
      }
    }

    Set<ObjectId> reachable() throws StoreException {
      Set<ObjectId> ids = new HashSet<>();
      new ObjectWalk(store)
          .missing(
              refs.values(),
              List.of(),
              (id, type) -> {
                ids.add(id);
                ids.addAll(store.basesOf(id));
              });
      return ids;
    }

    /** How many objects are stored as differences. */
    long differences() throws StoreException {
      long count = 0;
      for (Pack pack : store.packs()) {
        for (int i = 0; i < pack.count(); i++) {
          count += pack.baseOf(pack.idAt(i)).isPresent() ? 1 : 0;
        }
      }
      return count;
    }

    Set<ObjectId> stored() {
      Set<ObjectId> ids = new HashSet<>();
      for (Pack pack : store.packs()) {
        for (int i = 0; i < pack.count(); i++) {
          ids.add(pack.idAt(i));
        }
      }
      return ids;
    }
  }

  private static GarbageCollection.Plan now(boolean dryRun) {
    return new GarbageCollection.Plan(NO_GRACE, true, dryRun);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void interleavedWithEverything(long seed) throws Exception {
    Random random = new Random(seed);
    try (ObjectStore store = ObjectStore.open(directory, new StoreOptions(1, 0, 0, 50))) {
      Model model = new Model(store, random);
      for (int round = 0; round < 6; round++) {
        for (int i = 0; i < 60; i++) {
          model.step();
        }
        store.repack(() -> false);
        new GarbageCollection(
                store,
                model,
                () -> {
                  if (random.nextInt(3) == 0) {
                    try {
                      model.step();
                    } catch (StoreException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                  return false;
                })
            .run(now(false), (done, of) -> {});
        model.check();
      }
      model.finishAll();
      model.check();
      assertThat(model.differences()).isPositive();
      assertThat(model.steps).isGreaterThan(6 * 60);
      // The second one removes what only differences leaned on that the first one has removed.
      new GarbageCollection(store, model, () -> false).run(now(false), (done, of) -> {});
      new GarbageCollection(store, model, () -> false).run(now(false), (done, of) -> {});
      model.check();
      assertThat(model.stored()).isEqualTo(model.reachable());
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).damage()).isEmpty();
    }
    try (ObjectStore again = ObjectStore.open(directory)) {
      assertThat(again.unusablePacks()).isEmpty();
    }
  }

  @Test
  void dryRunFindsWhatARunFrees() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      Model model = new Model(store, new Random(1));
      for (int i = 0; i < 300; i++) {
        model.step();
      }
      model.finishAll();
      model.refs.keySet().removeIf(name -> !name.equals("branch-1"));
      long before = store.sizeBytes();
      Set<ObjectId> stored = model.stored();
      GarbageCollection collection = new GarbageCollection(store, model, () -> false);
      GarbageCollection.Report told = collection.run(now(true), (done, of) -> {});
      assertThat(store.sizeBytes()).isEqualTo(before);
      assertThat(model.stored()).isEqualTo(stored);
      assertThat(told.unneededBytes()).isPositive();
      GarbageCollection.Report done = collection.run(now(false), (d, of) -> {});
      assertThat(done.unneededBytes()).isEqualTo(told.unneededBytes());
      assertThat(done.freedBytes()).isEqualTo(before - store.sizeBytes());
      assertThat(done.freedBytes()).isGreaterThanOrEqualTo(told.freedBytes());
      model.check();
    }
  }

  @Test
  void whatIsYoungStays() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      Model model = new Model(store, new Random(1));
      model.running.add(model.committing());
      model.finishAll();
      model.refs.clear();
      Set<ObjectId> stored = model.stored();
      long written = store.packs().get(0).modifiedMillis();
      GarbageCollection collection = new GarbageCollection(store, model, () -> false);
      GarbageCollection.Report young =
          collection.run(new GarbageCollection.Plan(written, true, false), (done, of) -> {});
      assertThat(model.stored()).isEqualTo(stored);
      assertThat(young.youngBytes()).isPositive();
      collection.run(new GarbageCollection.Plan(written + 1, true, false), (done, of) -> {});
      assertThat(store.packs()).isEmpty();
    }
  }

  @Test
  void aLargePackStaysForTheSakeOfAFewBytes() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      Random random = new Random(1);
      ObjectId garbage;
      List<ObjectId> roots = new ArrayList<>();
      try (PackWriter writer = store.begin()) {
        byte[] bytes = new byte[1 << 16];
        random.nextBytes(bytes);
        garbage = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes));
        for (int i = 0; i < 300; i++) {
          random.nextBytes(bytes);
          roots.add(writer.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes)));
        }
        writer.finish();
      }
      GarbageCollection collection = new GarbageCollection(store, roots(roots), () -> false);
      GarbageCollection.Report report =
          collection.run(new GarbageCollection.Plan(NO_GRACE, false, false), (done, of) -> {});
      assertThat(report.packsRemoved()).isZero();
      assertThat(report.leftBytes()).isEqualTo(report.unneededBytes()).isPositive();
      assertThat(store.contains(garbage)).isTrue();
      collection.run(now(false), (done, of) -> {});
      assertThat(store.contains(garbage)).isFalse();
      for (ObjectId root : roots) {
        assertThat(store.contains(root)).isTrue();
      }
    }
  }

  private static GarbageCollection.Roots roots(Collection<ObjectId> required) {
    return new GarbageCollection.Roots() {
      @Override
      public Collection<ObjectId> required() {
        return required;
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
  }

  private static ObjectId put(ObjectStore store, ByteBuffer bytes, Optional<ObjectId> older)
      throws StoreException {
    try (PackWriter writer = store.begin()) {
      ObjectId id = writer.put(ObjectType.CHUNK, bytes.duplicate(), older);
      writer.finish();
      return id;
    }
  }

  private static ByteBuffer noise(int last) {
    byte[] bytes = new byte[16384];
    new Random(1).nextBytes(bytes);
    bytes[bytes.length - 1] = (byte) last;
    return ByteBuffer.wrap(bytes);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoThatLeanOnEachOtherElsewhereStayWhole(boolean newestWhole) throws Exception {
    Path other = directory.resolve("other");
    ObjectId x;
    ObjectId y;
    try (ObjectStore store = ObjectStore.open(directory.resolve("store"))) {
      try (ObjectStore arriving = ObjectStore.open(other)) {
        x = put(arriving, noise(1), Optional.empty());
        y = put(store, noise(2), Optional.empty());
        put(store, noise(1), Optional.of(y));
        put(arriving, noise(2), Optional.of(x));
      }
      store.link(other);
      assertThat(store.basesOf(x)).containsExactly(y);
      assertThat(store.basesOf(y)).containsExactly(x);
      for (Pack pack : store.packs()) {
        // The differences come first in view.
        boolean whole = pack.hasWhole(pack.idAt(0));
        PackFiles.setModified(
            store.directory().resolve(pack.name()), whole == newestWhole ? 2_000 : 1_000);
      }
      new GarbageCollection(store, roots(List.of(x, y)), () -> false)
          .run(now(false), (done, of) -> {});
      assertThat(store.read(x, ObjectType.CHUNK)).isEqualTo(noise(1));
      assertThat(store.read(y, ObjectType.CHUNK)).isEqualTo(noise(2));
    }
    try (ObjectStore again = ObjectStore.open(directory.resolve("store"))) {
      assertThat(again.read(x, ObjectType.CHUNK)).isEqualTo(noise(1));
      assertThat(again.read(y, ObjectType.CHUNK)).isEqualTo(noise(2));
    }
  }

  @Test
  void whatWasRemovedMeanwhileGetsNoName() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId id = put(store, noise(1), Optional.empty());
      assertThat(store.contains(id)).isTrue();
      new GarbageCollection(store, roots(List.of()), () -> false).run(now(false), (done, of) -> {});
      assertThatThrownBy(() -> store.retention().admit(List.of(id), () -> {}))
          .isInstanceOf(MissingObjectException.class);
      assertThatThrownBy(() -> store.retention().hold(() -> List.of(id)))
          .isInstanceOf(MissingObjectException.class);
    }
  }

  @Test
  void nothingGoesWhenSomethingNeededIsMissing() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      try (PackWriter writer = store.begin()) {
        writer.put(ObjectType.CHUNK, ModelTree.block(1, 100));
        writer.finish();
      }
      ObjectId missing = ObjectId.fromHex("12".repeat(32));
      assertThatThrownBy(
              () ->
                  new GarbageCollection(store, roots(List.of(missing)), () -> false)
                      .run(now(false), (done, of) -> {}))
          .isInstanceOf(MissingObjectException.class);
      assertThat(store.packs()).hasSize(1);
      // The right to collect was given back.
      new GarbageCollection(store, roots(List.of()), () -> false).run(now(false), (done, of) -> {});
      assertThat(store.packs()).isEmpty();
    }
  }
}
