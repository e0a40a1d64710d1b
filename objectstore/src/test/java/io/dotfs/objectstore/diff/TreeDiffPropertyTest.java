package io.dotfs.objectstore.diff;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.fixture.ModelTree;
import io.dotfs.objectstore.fixture.NaiveTree;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random trees and edits; the walk must say what a comparison of two full listings says. */
class TreeDiffPropertyTest {
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final TreeDiff diff = new TreeDiff(objects);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void changesAreThoseOfTwoFullListings(int seed) throws Exception {
    Random random = new Random(seed);
    ModelTree tree = ModelTree.random(seed, 20 + 40 * seed);
    for (int round = 0; round < 15; round++) {
      DirectoryRef before = tree.store(objects);
      tree.change(1 + random.nextInt(12));
      DirectoryRef after = tree.store(objects);
      for (TreeDiff.Times times : TreeDiff.Times.values()) {
        assertThat(streamed(before, after, List.of(), times))
            .as("seed %s round %s", seed, round)
            .isEqualTo(naive(before, after, List.of(), times));
        assertThat(streamed(after, before, List.of(), times))
            .isEqualTo(naive(after, before, List.of(), times));
      }
      List<TreePath> paths = new ArrayList<>(NaiveTree.entries(objects, before).keySet());
      List<TreePath> limits = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0 && !paths.isEmpty(); i--) {
        limits.add(paths.get(random.nextInt(paths.size())));
      }
      assertThat(streamed(before, after, limits, TreeDiff.Times.IGNORED))
          .as("seed %s round %s limits %s", seed, round, limits)
          .isEqualTo(naive(before, after, limits, TreeDiff.Times.IGNORED));
      assertRenamesAreSound(before, after);
    }
  }

  private List<Change> streamed(
      DirectoryRef before, DirectoryRef after, Collection<TreePath> limits, TreeDiff.Times times)
      throws Exception {
    List<Change> changes = new ArrayList<>();
    diff.compare(before, after, limits, times, changes::add);
    return changes;
  }

  private List<Change> naive(
      DirectoryRef before, DirectoryRef after, Collection<TreePath> limits, TreeDiff.Times times)
      throws Exception {
    SortedMap<TreePath, TreeEntry> old = NaiveTree.entries(objects, before);
    SortedMap<TreePath, TreeEntry> now = NaiveTree.entries(objects, after);
    TreeSet<TreePath> paths = new TreeSet<>(old.keySet());
    paths.addAll(now.keySet());
    List<Change> changes = new ArrayList<>();
    for (TreePath path : paths) {
      if (limits.isEmpty() || limits.stream().anyMatch(limit -> limit.isPrefixOf(path))) {
        naive(path, old, now, times).ifPresent(changes::add);
      }
    }
    return changes;
  }

  private static Optional<Change> naive(
      TreePath path,
      SortedMap<TreePath, TreeEntry> before,
      SortedMap<TreePath, TreeEntry> after,
      TreeDiff.Times times) {
    Optional<TreeEntry> old = Optional.ofNullable(before.get(path));
    Optional<TreeEntry> now = Optional.ofNullable(after.get(path));
    boolean sameType =
        old.isPresent()
            && now.isPresent()
            && old.get().attributes().type() == now.get().attributes().type();
    if (sameType) {
      boolean content =
          old.get().attributes().type() != FileType.DIRECTORY
              && !old.get().content().equals(now.get().content());
      return content || attributesDiffer(old.get(), now.get(), times)
          ? Optional.of(new Change.Modified(path, old.get(), now.get()))
          : Optional.empty();
    }
    // A directory with entries does not stand for itself.
    Optional<TreeEntry> removed = old.filter(entry -> !hasEntries(entry));
    Optional<TreeEntry> added = now.filter(entry -> !hasEntries(entry));
    if (removed.isPresent() && added.isPresent()) {
      return Optional.of(new Change.TypeChanged(path, removed.get(), added.get()));
    }
    return added.isPresent()
        ? added.map(entry -> new Change.Added(path, entry))
        : removed.map(entry -> new Change.Removed(path, entry));
  }

  private static boolean hasEntries(TreeEntry entry) {
    return entry.content() instanceof DirectoryRef directory && directory.root().isPresent();
  }

  private static boolean attributesDiffer(TreeEntry old, TreeEntry now, TreeDiff.Times times) {
    Attributes timeless =
        old.attributes()
            .withMtime(now.attributes().mtime())
            .withLinkGroup(now.attributes().linkGroup());
    return !now.attributes().equals(times == TreeDiff.Times.COMPARED ? old.attributes() : timeless);
  }

  /** Splitting each rename again gives the plain changes; no pair is left that could be joined. */
  private void assertRenamesAreSound(DirectoryRef before, DirectoryRef after) throws Exception {
    List<Change> joined = diff.changes(before, after, List.of());
    TreeSet<String> split = new TreeSet<>();
    List<Change.Removed> removed = new ArrayList<>();
    List<Change.Added> added = new ArrayList<>();
    for (int i = 0; i < joined.size(); i++) {
      Change change = joined.get(i);
      if (i > 0) {
        assertThat(joined.get(i - 1).path().compareTo(change.path())).isNegative();
      }
      if (change instanceof Change.Renamed renamed) {
        assertThat(renamed.before().content()).isEqualTo(renamed.after().content());
        split.add(new Change.Removed(renamed.oldPath(), renamed.before()).toString());
        split.add(new Change.Added(renamed.path(), renamed.after()).toString());
      } else {
        split.add(change.toString());
      }
      if (change instanceof Change.Removed r) {
        removed.add(r);
      } else if (change instanceof Change.Added a) {
        added.add(a);
      }
    }
    TreeSet<String> plain = new TreeSet<>();
    streamed(before, after, List.of(), TreeDiff.Times.IGNORED)
        .forEach(c -> plain.add(c.toString()));
    assertThat(split).isEqualTo(plain);
    for (Change.Added a : added) {
      if (a.entry().content() instanceof FileContent file && file.root().isPresent()) {
        assertThat(removed).noneMatch(r -> r.entry().content().equals(file));
      }
    }
  }
}
