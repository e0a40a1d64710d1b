package io.dotfs.objectstore.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.diff.TreePath;
import io.dotfs.objectstore.directory.DirectoryCursor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.BigTree;
import io.dotfs.objectstore.fixture.CountingReader;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TreeMergeTest {
  private final MemoryObjectStore objects = new MemoryObjectStore();

  private TreeEntry file(String name, int content) {
    return BigTree.small(objects, ByteName.of(name), content);
  }

  private TreeEntry dir(String name, TreeEntry... entries) throws StoreException {
    return BigTree.entry(ByteName.of(name), BigTree.around(objects, entries));
  }

  private DirectoryRef tree(TreeEntry... entries) throws StoreException {
    return BigTree.around(objects, entries);
  }

  private TreeMerge.Outcome merge(DirectoryRef base, DirectoryRef ours, DirectoryRef theirs)
      throws StoreException {
    return new TreeMerge(objects, objects).merge(base, ours, theirs);
  }

  private static TreeEntry with(TreeEntry entry, Attributes attributes) {
    return entry.withAttributes(attributes);
  }

  private static List<String> paths(TreeMerge.Outcome outcome) {
    return outcome.conflicts().stream()
        .map(conflict -> new String(conflict.path().toBytes().toBytes(), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void changesOfDifferentNamesMeet() throws StoreException {
    DirectoryRef base = tree(dir("db", file("a", 1), file("b", 1), file("c", 1)));
    DirectoryRef ours = tree(dir("db", file("a", 2), file("b", 1), file("new", 3)));
    DirectoryRef theirs =
        tree(dir("db", file("a", 1), file("b", 2), file("c", 1)), dir("files", file("x", 1)));
    TreeMerge.Outcome outcome = merge(base, ours, theirs);
    assertThat(outcome.conflicts()).isEmpty();
    assertThat(outcome.tree())
        .isEqualTo(
            tree(
                dir("db", file("a", 2), file("b", 2), file("new", 3)), dir("files", file("x", 1))));
  }

  @Test
  void aSideThatChangedNothingYields() throws StoreException {
    DirectoryRef base = tree(dir("db", file("a", 1)));
    DirectoryRef other = tree(dir("db", file("a", 2)));
    assertThat(merge(base, base, other).tree()).isEqualTo(other);
    assertThat(merge(base, other, base).tree()).isEqualTo(other);
    assertThat(merge(base, other, other).tree()).isEqualTo(other);
  }

  @Test
  void whatBothChangedIsAConflictWithAllThree() throws StoreException {
    DirectoryRef base = tree(dir("db", file("a", 1), file("gone", 1)));
    DirectoryRef ours = tree(dir("db", file("a", 2), file("gone", 2), file("made", 1)));
    DirectoryRef theirs = tree(dir("db", file("a", 3), file("made", 2)));
    TreeMerge.Outcome outcome = merge(base, ours, theirs);
    assertThat(paths(outcome)).containsExactly("db/a", "db/gone", "db/made");
    TreeMerge.Conflict first = outcome.conflicts().get(0);
    assertThat(first.base()).contains(file("a", 1));
    assertThat(first.ours()).contains(file("a", 2));
    assertThat(first.theirs()).contains(file("a", 3));
    assertThat(outcome.conflicts().get(1).theirs()).isEmpty();
    assertThat(outcome.conflicts().get(2).base()).isEmpty();
  }

  @Test
  void contentAndAttributesAreTakenFromWhoeverChangedThem() throws StoreException {
    TreeEntry before = file("a", 1);
    TreeEntry shut = with(before, before.attributes().withPermissions(0600));
    DirectoryRef base = tree(dir("db", before));
    TreeMerge.Outcome outcome = merge(base, tree(dir("db", shut)), tree(dir("db", file("a", 2))));
    assertThat(outcome.conflicts()).isEmpty();
    assertThat(outcome.tree())
        .isEqualTo(
            tree(dir("db", with(file("a", 2), file("a", 2).attributes().withPermissions(0600)))));
    TreeEntry open = with(before, before.attributes().withPermissions(0666));
    assertThat(paths(merge(base, tree(dir("db", shut)), tree(dir("db", open)))))
        .containsExactly("db/a");
  }

  @Test
  void timesAreNoConflictAndTheLaterStands() throws StoreException {
    TreeEntry before = file("a", 1);
    TreeEntry early = with(before, before.attributes().withMtime(new Mtime(10_000_000_000L, 1)));
    TreeEntry late = with(before, before.attributes().withMtime(new Mtime(10_000_000_000L, 2)));
    DirectoryRef base = tree(dir("db", before));
    for (boolean turned : new boolean[] {false, true}) {
      TreeMerge.Outcome outcome =
          merge(
              base, tree(dir("db", turned ? late : early)), tree(dir("db", turned ? early : late)));
      assertThat(outcome.conflicts()).isEmpty();
      assertThat(outcome.tree()).isEqualTo(tree(dir("db", late)));
    }
  }

  @Test
  void aRemovedDirectoryGoesUnlessTheOtherSideUsedIt() throws StoreException {
    DirectoryRef base = tree(dir("db", dir("d", file("a", 1), file("b", 1)), file("k", 1)));
    DirectoryRef without = tree(dir("db", file("k", 1)));
    DirectoryRef other = tree(dir("db", dir("d", file("a", 1), file("b", 1)), file("k", 2)));
    assertThat(merge(base, without, other).tree()).isEqualTo(tree(dir("db", file("k", 2))));
    DirectoryRef more =
        tree(dir("db", dir("d", file("a", 1), file("b", 1), file("n", 1)), file("k", 1)));
    for (boolean turned : new boolean[] {false, true}) {
      TreeMerge.Outcome kept = turned ? merge(base, more, without) : merge(base, without, more);
      assertThat(kept.conflicts()).isEmpty();
      assertThat(kept.tree()).isEqualTo(tree(dir("db", dir("d", file("n", 1)), file("k", 1))));
    }
    DirectoryRef changed = tree(dir("db", dir("d", file("a", 2), file("b", 1)), file("k", 1)));
    assertThat(paths(merge(base, without, changed))).containsExactly("db/d/a");
  }

  @Test
  void aFileAndADirectoryOfOneNameAreAConflict() throws StoreException {
    DirectoryRef base = tree(dir("db", file("k", 1)));
    DirectoryRef ours = tree(dir("db", file("k", 1), file("x", 1)));
    DirectoryRef theirs = tree(dir("db", file("k", 1), dir("x", file("a", 1))));
    assertThat(paths(merge(base, ours, theirs))).containsExactly("db/x");
  }

  @Test
  void hardLinksAreNotTornApart() throws StoreException {
    Optional<LinkGroup> group = Optional.of(new LinkGroup(new UUID(1, 2)));
    TreeEntry a = file("a", 1);
    TreeEntry a2 = file("a", 2);
    TreeEntry c = file("c", 1);
    DirectoryRef base = tree(dir("db", a));
    DirectoryRef linked =
        tree(
            dir(
                "db",
                with(a, a.attributes().withLinkGroup(group)),
                with(c, c.attributes().withLinkGroup(group))));
    assertThat(paths(merge(base, linked, tree(dir("db", a2))))).containsExactly("db/a", "db/c");
    TreeMerge.Outcome fine = merge(base, linked, tree(dir("db", a), dir("files")));
    assertThat(fine.conflicts()).isEmpty();
  }

  /** What flat lists of paths say, for random trees: the oracle of all the shortcuts. */
  @Test
  void agreesWithListsOfPaths() throws StoreException {
    Random random = new Random(20261121);
    for (int round = 0; round < 300; round++) {
      SortedMap<String, Integer> base = randomFiles(random, new TreeMap<>(), 40);
      SortedMap<String, Integer> ours = randomFiles(random, base, 6);
      SortedMap<String, Integer> theirs = randomFiles(random, base, 6);
      SortedMap<String, Integer> expected = new TreeMap<>();
      List<String> conflicts = new ArrayList<>();
      Set<String> all = new HashSet<>(base.keySet());
      all.addAll(ours.keySet());
      all.addAll(theirs.keySet());
      for (String path : new TreeSet<>(all)) {
        int b = base.getOrDefault(path, -1);
        int o = ours.getOrDefault(path, -1);
        int t = theirs.getOrDefault(path, -1);
        if (o != t && o != b && t != b) {
          conflicts.add(path);
        }
        int merged = o == b ? t : o;
        if (merged >= 0) {
          expected.put(path, merged);
        }
      }
      TreeMerge.Outcome outcome = merge(build(base), build(ours), build(theirs));
      assertThat(paths(outcome)).as("round " + round).containsExactlyElementsOf(conflicts);
      if (conflicts.isEmpty()) {
        assertThat(files(outcome.tree())).as("round " + round).isEqualTo(files(build(expected)));
      }
    }
  }

  private static SortedMap<String, Integer> randomFiles(
      Random random, SortedMap<String, Integer> from, int steps) {
    SortedMap<String, Integer> files = new TreeMap<>(from);
    for (int step = 0; step < steps; step++) {
      String path = "s" + random.nextInt(2) + "/d" + random.nextInt(4) + "/f" + random.nextInt(12);
      if (random.nextInt(3) == 0) {
        files.remove(path);
      } else {
        files.put(path, random.nextInt(3));
      }
    }
    return files;
  }

  private DirectoryRef build(SortedMap<String, Integer> files) throws StoreException {
    SortedMap<String, SortedMap<String, Integer>> inner = new TreeMap<>();
    List<TreeEntry> entries = new ArrayList<>();
    for (Map.Entry<String, Integer> file : files.entrySet()) {
      int slash = file.getKey().indexOf('/');
      if (slash < 0) {
        entries.add(file(file.getKey(), file.getValue()));
      } else {
        inner
            .computeIfAbsent(file.getKey().substring(0, slash), name -> new TreeMap<>())
            .put(file.getKey().substring(slash + 1), file.getValue());
      }
    }
    for (Map.Entry<String, SortedMap<String, Integer>> below : inner.entrySet()) {
      entries.add(BigTree.entry(ByteName.of(below.getKey()), build(below.getValue())));
    }
    entries.sort((one, other) -> one.name().compareTo(other.name()));
    return tree(entries.toArray(new TreeEntry[0]));
  }

  /** Contents by path: which directories are empty is not compared. */
  private SortedMap<TreePath, Object> files(DirectoryRef root) throws StoreException {
    SortedMap<TreePath, Object> found = new TreeMap<>();
    list(TreePath.ROOT, root, found);
    return found;
  }

  private void list(TreePath at, DirectoryRef directory, SortedMap<TreePath, Object> found)
      throws StoreException {
    DirectoryCursor cursor = new DirectoryReader(objects).entries(directory);
    for (Optional<TreeEntry> e = cursor.next(); e.isPresent(); e = cursor.next()) {
      TreePath path = at.child(e.get().name());
      if (e.get().content() instanceof DirectoryRef below) {
        list(path, below, found);
      } else {
        found.put(path, e.get().content());
      }
    }
  }

  private DirectoryRef edit(DirectoryRef base, TreeEntry... entries) throws StoreException {
    SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
    for (TreeEntry entry : entries) {
      edits.put(entry.name(), Optional.of(entry));
    }
    return BigTree.edit(objects, base, edits);
  }

  @Test
  void readsWhatDiffersAlone() throws StoreException {
    DirectoryRef base = BigTree.directory(objects, 50_000, 1);
    TreeEntry mine = BigTree.small(objects, BigTree.name(70_001), 1);
    TreeEntry other = BigTree.small(objects, BigTree.name(70_002), 1);
    DirectoryRef ours = edit(base, mine);
    DirectoryRef theirs = edit(base, other);
    CountingReader counting = new CountingReader(objects);
    TreeMerge.Outcome outcome = new TreeMerge(counting, objects).merge(base, ours, theirs);
    assertThat(outcome.tree()).isEqualTo(edit(base, mine, other));
    assertThat(counting.reads()).isLessThan(60);
  }
}
