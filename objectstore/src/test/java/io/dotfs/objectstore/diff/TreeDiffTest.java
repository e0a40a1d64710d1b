package io.dotfs.objectstore.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.BigTree;
import io.dotfs.objectstore.fixture.CountingReader;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.Totals;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.object.Xattrs;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TreeDiffTest {
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final CountingReader counting = new CountingReader(objects);
  private final TreeDiff diff = new TreeDiff(counting);

  private static ByteName name(String text) {
    return ByteName.of(text);
  }

  private static TreePath path(String text) {
    return TreePath.parse(ByteName.of(text));
  }

  private TreeEntry small(String name, int number) {
    return BigTree.small(objects, name(name), number);
  }

  private TreeEntry dir(String name, TreeEntry... entries) throws StoreException {
    return BigTree.entry(name(name), BigTree.around(objects, entries));
  }

  private DirectoryRef tree(TreeEntry... entries) throws StoreException {
    return BigTree.around(objects, entries);
  }

  /** Letters and paths, as {@code git diff --name-status} shows them. */
  private List<String> status(DirectoryRef before, DirectoryRef after, String... limits)
      throws StoreException {
    return diff
        .changes(before, after, List.of(limits).stream().map(TreeDiffTest::path).toList())
        .stream()
        .map(
            change ->
                change.letter()
                    + (change instanceof Change.Renamed r ? " " + r.oldPath() + " >" : "")
                    + " "
                    + change.path())
        .toList();
  }

  @Test
  void aHundredThousandNamesWithTenChangesCostAFewNodes() throws Exception {
    DirectoryRef before = BigTree.directory(objects, 100_000, 2);
    SortedMap<ByteName, Optional<TreeEntry>> edits = new TreeMap<>();
    for (int i = 0; i < 10; i++) {
      ByteName name = BigTree.name(19_998 * i + i % 2);
      edits.put(name, Optional.of(BigTree.small(objects, name, 1_000_000 + i)));
    }
    DirectoryRef after = BigTree.edit(objects, before, edits);
    DirectoryRef old = tree(BigTree.entry(name("d"), before), dir("e", small("x", 1)));
    DirectoryRef now = tree(BigTree.entry(name("d"), after), dir("e", small("x", 1)));
    counting.reset();
    List<Change> changes = diff.changes(old, now, List.of());
    assertThat(changes).hasSize(10);
    assertThat(changes.stream().filter(change -> change.letter() == 'A')).hasSize(5);
    assertThat(counting.reads(ObjectType.DIRECTORY_NODE)).isLessThan(10 * 12);
    assertThat(counting.reads()).isEqualTo(counting.reads(ObjectType.DIRECTORY_NODE));
    counting.reset();
    ByteName changed = BigTree.name(0);
    assertThat(status(old, now, "d/" + changed)).containsExactly("M d/" + changed);
    assertThat(counting.reads()).isLessThan(14);
    counting.reset();
    assertThat(diff.changes(old, old, List.of())).isEmpty();
    assertThat(status(old, now, "e")).isEmpty();
    assertThat(counting.reads()).isLessThan(4);
  }

  @Test
  void directoriesThatComeAndGoAreTheirEntries() throws Exception {
    DirectoryRef before = tree(dir("a", small("x", 1), dir("empty")), small("z", 9));
    DirectoryRef after = tree(dir("b", dir("c", small("y", 2))), dir("void"), small("z", 9));
    assertThat(status(before, after)).containsExactly("D a/empty", "D a/x", "A b/c/y", "A void");
    assertThat(status(DirectoryRef.EMPTY, after)).containsExactly("A b/c/y", "A void", "A z");
    assertThat(status(after, DirectoryRef.EMPTY)).containsExactly("D b/c/y", "D void", "D z");
    assertThat(status(tree(dir("d")), tree(dir("d", small("x", 1))))).containsExactly("A d/x");
  }

  @Test
  void aFileInPlaceOfADirectoryIsAdded() throws Exception {
    DirectoryRef directory = tree(dir("p", small("x", 1)));
    DirectoryRef file = tree(small("p", 2));
    assertThat(status(directory, file)).containsExactly("A p", "D p/x");
    assertThat(status(file, directory)).containsExactly("D p", "A p/x");
    assertThat(status(tree(dir("p")), file)).containsExactly("T p");
  }

  @Test
  void anotherFileTypeIsATypeChange() throws Exception {
    TreeEntry file = small("p", 2);
    TreeEntry link =
        new TreeEntry(
            name("p"),
            new Attributes(
                FileType.SYMLINK, 0777, Owner.ROOT, Mtime.EPOCH, 0, Xattrs.NONE, Optional.empty()),
            new SymlinkTarget(name("q")));
    assertThat(status(tree(file), tree(link))).containsExactly("T p");
    TreeEntry elsewhere = link.withContent(new SymlinkTarget(name("r")));
    assertThat(status(tree(link), tree(elsewhere))).containsExactly("M p");
    assertThat(status(tree(link), tree(elsewhere.withName(name("o")))))
        .containsExactly("A o", "D p");
    assertThat(status(tree(link), tree(link.withName(name("o"))))).containsExactly("R p > o");
  }

  @Test
  void timesAndLinkGroupsAloneAreNoChangeUnlessAskedFor() throws Exception {
    TreeEntry plain = small("p", 2);
    LinkGroup group = new LinkGroup(new UUID(1, 2));
    for (TreeEntry other :
        List.of(
            plain.withAttributes(plain.attributes().withMtime(new Mtime(8, 1))),
            plain.withAttributes(plain.attributes().withLinkGroup(Optional.of(group))))) {
      assertThat(status(tree(plain), tree(other))).isEmpty();
      List<Change> asked =
          diff.changes(tree(plain), tree(other), List.of(), TreeDiff.Times.COMPARED);
      assertThat(asked).containsExactly(new Change.Modified(path("p"), plain, other));
      assertThat(((Change.Modified) asked.get(0)).contentChanged()).isFalse();
    }
    TreeEntry directory = dir("d", plain);
    TreeEntry later = directory.withAttributes(directory.attributes().withMtime(new Mtime(8, 1)));
    assertThat(status(tree(directory), tree(later))).isEmpty();
    assertThat(diff.changes(tree(directory), tree(later), List.of(), TreeDiff.Times.COMPARED))
        .hasSize(1);
  }

  @Test
  void attributesAreChangesAlsoOfDirectories() throws Exception {
    TreeEntry file = small("p", 2);
    for (TreeEntry other :
        List.of(
            file.withAttributes(file.attributes().withPermissions(0600)),
            file.withAttributes(file.attributes().withOwner(new Owner(1, 0))),
            file.withAttributes(
                file.attributes().withXattrs(Xattrs.of(Map.of(name("user.a"), name("b"))))))) {
      List<Change> changes = diff.changes(tree(file), tree(other), List.of());
      assertThat(changes).containsExactly(new Change.Modified(path("p"), file, other));
      assertThat(((Change.Modified) changes.get(0)).contentChanged()).isFalse();
    }
    TreeEntry before = dir("d", file);
    TreeEntry after =
        dir("d", file, small("q", 3)).withAttributes(before.attributes().withPermissions(0700));
    assertThat(status(tree(before), tree(after))).containsExactly("M d", "A d/q");
    Change own = diff.changes(tree(before), tree(after), List.of()).get(0);
    assertThat(((Change.Modified) own).contentChanged()).isFalse();
  }

  @Test
  void renamesPreferTheLinkGroupThenTheNameThenTheOrder() throws Exception {
    LinkGroup group = new LinkGroup(new UUID(3, 4));
    TreeEntry x = small("x", 5);
    TreeEntry linked = x.withAttributes(x.attributes().withLinkGroup(Optional.of(group)));
    DirectoryRef before =
        tree(dir("old", x.withName(name("a")), x.withName(name("b")), linked.withName(name("c"))));
    DirectoryRef after =
        tree(dir("new", linked.withName(name("a2")), x.withName(name("b")), x.withName(name("z"))));
    assertThat(status(before, after))
        .containsExactly("R old/c > new/a2", "R old/b > new/b", "R old/a > new/z");
    // A copy is an addition; so is what merely has no bytes in common with anything.
    assertThat(status(tree(x), tree(x, x.withName(name("copy"))))).containsExactly("A copy");
    TreeEntry empty = BigTree.entry(name("e"), FileContent.EMPTY);
    assertThat(status(tree(empty), tree(empty.withName(name("f"))))).containsExactly("D e", "A f");
  }

  @Test
  void aRenamedDirectoryIsARenameOfEachFile() throws Exception {
    DirectoryRef before = tree(dir("a", small("x", 1), dir("s", small("y", 2))));
    DirectoryRef after = tree(dir("b", small("x", 1), dir("s", small("y", 2), small("z", 3))));
    assertThat(status(before, after)).containsExactly("R a/s/y > b/s/y", "A b/s/z", "R a/x > b/x");
  }

  @Test
  void limitsMayBeFilesDirectoriesNestedOrAbsent() throws Exception {
    DirectoryRef before = tree(dir("a", small("x", 1), small("y", 2)), small("b", 3));
    DirectoryRef after = tree(dir("a", small("x", 4), small("y", 5)), small("b", 6));
    assertThat(status(before, after, "a/y", "b")).containsExactly("M a/y", "M b");
    assertThat(status(before, after, "b", "a", "a/x")).containsExactly("M a/x", "M a/y", "M b");
    assertThat(status(before, after, "a/x/deeper", "none", "b/c")).isEmpty();
    assertThat(status(before, after, "", "a")).hasSize(3);
    // Not a prefix of names: "a" is no limit for "ab".
    assertThat(status(tree(small("ab", 1)), tree(small("ab", 2)), "a")).isEmpty();
    assertThat(status(tree(dir("p", small("x", 1))), tree(small("p", 2)), "p/x"))
        .containsExactly("D p/x");
  }

  @Test
  void depthIsNoThreat() throws Exception {
    DirectoryRef before = tree(small("x", 1));
    DirectoryRef after = tree(small("x", 2));
    for (int depth = 0; depth < 5_000; depth++) {
      before = tree(BigTree.entry(name("d"), before));
      after = tree(BigTree.entry(name("d"), after));
    }
    assertThat(diff.changes(before, after, List.of())).hasSize(1);
  }

  @Test
  void missingAndMalformedNodesAreNamed() throws Exception {
    DirectoryRef before = tree(dir("a", small("x", 1)));
    DirectoryRef after = tree(dir("a", small("x", 2)));
    ObjectId inner =
        ((DirectoryRef) new DirectoryReader(objects).find(after, name("a")).orElseThrow().content())
            .root()
            .orElseThrow();
    counting.hide(inner);
    assertThatThrownBy(() -> diff.changes(before, after, List.of()))
        .isInstanceOfSatisfying(
            MissingObjectException.class, e -> assertThat(e.id()).isEqualTo(inner));
    ObjectId garbage = objects.put(ObjectType.DIRECTORY_NODE, ByteBuffer.wrap(new byte[] {1, 0}));
    DirectoryRef bad = new DirectoryRef(Optional.of(garbage), after.counts(), after.totals());
    assertThatThrownBy(() -> diff.changes(before, bad, List.of()))
        .isInstanceOfSatisfying(
            CorruptObjectException.class, e -> assertThat(e.id()).contains(garbage));
    Totals more = after.totals().plus(new Totals(1, 0, 0, 0));
    DirectoryRef lie = new DirectoryRef(after.root(), after.counts(), more);
    assertThatThrownBy(() -> diff.changes(before, lie, List.of()))
        .isInstanceOf(CorruptObjectException.class);
  }
}
