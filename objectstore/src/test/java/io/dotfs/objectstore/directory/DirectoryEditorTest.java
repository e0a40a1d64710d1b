package io.dotfs.objectstore.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryCounts;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.Totals;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.object.Xattrs;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DirectoryEditorTest {
  private final MemoryObjectStore store = new MemoryObjectStore();

  private static TreeEntry file(String name, long size, int xattrBytes) {
    Attributes attributes =
        Attributes.of(FileType.REGULAR, 0644, new Owner(1000, 1000), new Mtime(size, 5));
    if (xattrBytes > 0) {
      attributes =
          attributes.withXattrs(
              Xattrs.of(Map.of(ByteName.of("user.x"), ByteName.of(new byte[xattrBytes]))));
    }
    return new TreeEntry(ByteName.of(name), attributes, FileContent.hole(size));
  }

  private DirectoryRef apply(DirectoryRef base, SortedMap<ByteName, Optional<TreeEntry>> edits)
      throws StoreException {
    DirectoryEditor editor = DirectoryEditor.edit(store, store, base);
    for (Map.Entry<ByteName, Optional<TreeEntry>> edit : edits.entrySet()) {
      if (edit.getValue().isPresent()) {
        editor.put(edit.getValue().get());
      } else {
        editor.remove(edit.getKey());
      }
    }
    return editor.finish();
  }

  private DirectoryRef build(SortedMap<ByteName, TreeEntry> entries) throws StoreException {
    DirectoryEditor editor = DirectoryEditor.edit(store, store, DirectoryRef.EMPTY);
    for (TreeEntry entry : entries.values()) {
      editor.put(entry);
    }
    return editor.finish();
  }

  private List<TreeEntry> list(DirectoryRef directory) throws StoreException {
    List<TreeEntry> entries = new ArrayList<>();
    DirectoryCursor cursor = new DirectoryReader(store).entries(directory);
    for (Optional<TreeEntry> e = cursor.next(); e.isPresent(); e = cursor.next()) {
      entries.add(e.get());
    }
    return entries;
  }

  /**
   * Random histories over a shared set of names: after every step the directory is the one that a
   * build from nothing gives. Large attributes force cuts by size; few distinct name lengths force
   * long runs.
   */
  @Property(tries = 25)
  void oneSetOfEntriesHasOneId(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int names, @ForAll boolean large)
      throws StoreException {
    Random random = new Random(seed);
    SortedMap<ByteName, TreeEntry> model = new TreeMap<>();
    DirectoryRef directory = DirectoryRef.EMPTY;
    for (int step = 0; step < 12; step++) {
      int changes = step == 0 ? names : 1 + random.nextInt(Math.max(1, names / (1 + step * step)));
      SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
      for (int i = 0; i < changes; i++) {
        String name = "n" + random.nextInt(names * 2);
        boolean remove = random.nextInt(step == 9 ? 1 : 3) == 0 && step > 0;
        int xattrBytes = large && random.nextInt(30) == 0 ? random.nextInt(60_000) : 0;
        edits.put(
            ByteName.of(name),
            remove ? Optional.empty() : Optional.of(file(name, random.nextInt(1000), xattrBytes)));
      }
      directory = apply(directory, edits);
      edits.forEach(
          (name, entry) -> {
            if (entry.isPresent()) {
              model.put(name, entry.get());
            } else {
              model.remove(name);
            }
          });
      assertThat(directory).as("step %d", step).isEqualTo(build(model));
    }
    assertThat(list(directory)).containsExactlyElementsOf(model.values());
    for (ByteName name : model.keySet()) {
      assertThat(new DirectoryReader(store).find(directory, name)).contains(model.get(name));
    }
  }

  @Test
  void aRunOfNamesThatNeverEndsANodeIsCutBySizeAndCountAndStaysCanonical() throws Exception {
    List<String> plain = new ArrayList<>();
    for (int i = 0; plain.size() < 3000; i++) {
      String name = String.format("%07d", i);
      if (!io.dotfs.objectstore.codec.DirectoryBoundary.endsNode(ByteName.of(name), 0)) {
        plain.add(name);
      }
    }
    SortedMap<ByteName, TreeEntry> model = new TreeMap<>();
    for (int i = 0; i < plain.size(); i += 2) {
      model.put(ByteName.of(plain.get(i)), file(plain.get(i), 1, i % 50 == 0 ? 50_000 : 0));
    }
    DirectoryRef directory = build(model);
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      String name = plain.get(random.nextInt(plain.size()));
      SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
      ByteName key = ByteName.of(name);
      Optional<TreeEntry> entry =
          random.nextInt(3) == 0
              ? Optional.empty()
              : Optional.of(file(name, 2, random.nextInt(3) == 0 ? 60_000 : 0));
      edits.put(key, entry);
      directory = apply(directory, edits);
      entry.ifPresentOrElse(e -> model.put(key, e), () -> model.remove(key));
      assertThat(directory).as("round %d", round).isEqualTo(build(model));
    }
  }

  @Test
  void oneNewNameAmongAHundredThousandCostsAFewNodes() throws Exception {
    SortedMap<ByteName, TreeEntry> model = new TreeMap<>();
    for (int i = 0; i < 100_000; i++) {
      String name = "file-" + i;
      model.put(ByteName.of(name), file(name, i, 0));
    }
    DirectoryRef directory = build(model);
    assertThat(directory.counts()).isEqualTo(new EntryCounts(100_000, 0));
    assertThat(directory.totals()).isEqualTo(new Totals(4_999_950_000L, 100_000, 0, 0));
    int before = store.ids().size();
    SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
    edits.put(ByteName.of("file-5x"), Optional.of(file("file-5x", 1, 0)));
    DirectoryRef edited = apply(directory, edits);
    assertThat(edited.counts().entries()).isEqualTo(100_001);
    assertThat(store.ids().size() - before).isLessThanOrEqualTo(6);
  }

  @Test
  void removingEverythingLeavesTheEmptyDirectory() throws Exception {
    SortedMap<ByteName, TreeEntry> model = new TreeMap<>();
    for (int i = 0; i < 5000; i++) {
      model.put(ByteName.of("f" + i), file("f" + i, 1, 0));
    }
    DirectoryRef directory = build(model);
    SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
    model.keySet().forEach(name -> edits.put(name, Optional.empty()));
    assertThat(apply(directory, edits)).isEqualTo(DirectoryRef.EMPTY);
    edits.remove(ByteName.of("f77"));
    SortedMap<ByteName, TreeEntry> one = new TreeMap<>();
    one.put(ByteName.of("f77"), model.get(ByteName.of("f77")));
    assertThat(apply(directory, edits)).isEqualTo(build(one));
  }

  @Test
  void listingGoesOnAfterAnyName() throws Exception {
    SortedMap<ByteName, TreeEntry> model = new TreeMap<>();
    for (int i = 0; i < 1000; i += 2) {
      String name = String.format("%04d", i);
      model.put(ByteName.of(name), file(name, 1, 0));
    }
    DirectoryRef directory = build(model);
    DirectoryReader reader = new DirectoryReader(store);
    for (int i = 0; i < 1001; i++) {
      ByteName after = ByteName.of(String.format("%04d", i));
      SortedMap<ByteName, TreeEntry> rest = model.tailMap(after);
      Optional<TreeEntry> expected =
          rest.values().stream().filter(e -> !e.name().equals(after)).findFirst();
      assertThat(reader.entriesAfter(directory, after).next()).isEqualTo(expected);
    }
    assertThat(reader.entriesAfter(directory, ByteName.of("z")).next()).isEmpty();
    assertThat(reader.find(directory, ByteName.of("0001"))).isEmpty();
  }

  @Test
  void namesMustAscend() throws Exception {
    DirectoryEditor editor = DirectoryEditor.edit(store, store, DirectoryRef.EMPTY);
    editor.put(file("b", 1, 0));
    assertThatThrownBy(() -> editor.put(file("a", 1, 0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> editor.remove(ByteName.of("b")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
