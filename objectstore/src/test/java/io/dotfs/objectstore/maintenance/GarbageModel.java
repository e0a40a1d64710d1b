package io.dotfs.objectstore.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.chunk.FileEditor;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.directory.DirectoryEditor;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.BigTree;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.objectstore.store.ObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Refs over a store, and operations on both that may be interleaved. One thread. */
final class GarbageModel implements GarbageCollection.Roots {
  private static final int CONTENTS = 40;
  private static final int MOST_RUNNING = 3;

  private final ObjectStore store;
  private final Random random;
  private final Map<String, ObjectId> refs = new HashMap<>();
  private final List<ObjectId> commits = new ArrayList<>();
  private final List<ObjectId> chunks = new ArrayList<>();

  /** Operations under way, each in several steps. */
  private final List<Operation> running = new ArrayList<>();

  private int commitNumber;
  private int steps;

  GarbageModel(ObjectStore store, Random random) {
    this.store = store;
    this.random = random;
  }

  /** An operation in steps; false after the last one. */
  interface Operation {
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

  /** A file out of few possible ones, so that what was garbage is often needed again. */
  private FileContent file(PackWriter writer) throws StoreException {
    int content = random.nextInt(CONTENTS);
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
    return editor.finish();
  }

  private static DirectoryRef directory(PackWriter writer, SortedMap<Integer, FileContent> files)
      throws StoreException {
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

  /**
   * As a commit: files, which are mostly found as present and not stored; the tree; the commit; all
   * of it published; the ref; the end of the writer.
   */
  Operation committing() {
    return new Operation() {
      private final SortedMap<Integer, FileContent> files = new TreeMap<>();
      private final int count = 1 + random.nextInt(5);
      private int at;
      private PackWriter writer;
      private ObjectId id;

      @Override
      public boolean step() throws StoreException {
        switch (at) {
          case 0 -> writer = store.begin();
          case 1 -> {
            files.put(random.nextInt(10), file(writer));
            if (files.size() < count) {
              return true;
            }
          }
          case 2 -> id = commit(writer, directory(writer, files), Optional.empty());
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
        at++;
        return true;
      }
    };
  }

  /** As a fetch: relies on what a ref reaches, which may go away meanwhile. */
  Operation fetching() {
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
    int choice = random.nextInt(16);
    if (choice < 10 && !running.isEmpty()) {
      Operation next = running.get(random.nextInt(running.size()));
      if (!next.step()) {
        running.remove(next);
      }
    } else if (choice < 13) {
      // Few at a time: each holds what any of the others has stored since it began.
      if (running.size() < MOST_RUNNING) {
        running.add(choice < 12 ? committing() : fetching());
      }
    } else if (choice == 13) {
      refs.remove(someName());
    } else if (choice == 14) {
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
      while (running.get(0).step()) {
        steps++;
      }
      running.remove(0);
    }
  }

  /** Begins an operation; it goes on with {@link #step}. */
  void begin(Operation operation) {
    running.add(operation);
  }

  void removeRefs(Predicate<String> names) {
    refs.keySet().removeIf(names);
  }

  int steps() {
    return steps;
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

  /** The commits that a store has. */
  static Set<ObjectId> commits(ObjectStore store) throws StoreException {
    Set<ObjectId> ids = new HashSet<>();
    for (Pack pack : store.packs()) {
      for (int i = 0; i < pack.count(); i++) {
        if (pack.infoAt(i).type() == ObjectType.COMMIT) {
          ids.add(pack.idAt(i));
        }
      }
    }
    return ids;
  }

  /** Roots that do not change. */
  static GarbageCollection.Roots roots(Collection<ObjectId> required) {
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
}
