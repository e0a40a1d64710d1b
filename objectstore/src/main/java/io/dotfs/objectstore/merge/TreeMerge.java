package io.dotfs.objectstore.merge;

import io.dotfs.objectstore.diff.Change;
import io.dotfs.objectstore.diff.TreeDiff;
import io.dotfs.objectstore.diff.TreePath;
import io.dotfs.objectstore.directory.DirectoryComparison;
import io.dotfs.objectstore.directory.DirectoryComparison.Difference;
import io.dotfs.objectstore.directory.DirectoryEditor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Merges two trees with the one that both grew from, name by name: what one side changed is taken
 * from there; what both changed in the same way stands; what both changed in different ways is a
 * conflict. A file is one thing: its content is never mixed. Content and attributes of a file are
 * looked at apart, modification times are no difference (the later one stands), and directories are
 * merged by what is in them.
 *
 * <p>The names of a hard-linked file belong together: where the sides leave it with different
 * contents, all the names of it that either changed are conflicts.
 *
 * <p>Reads what differs and nothing else; holds the changed entries of hard-linked files and the
 * conflicts in memory. For one thread.
 */
public final class TreeMerge {
  private final ObjectReader objects;
  private final ObjectSink sink;
  private final List<Conflict> conflicts = new ArrayList<>();

  /**
   * A merge.
   *
   * @param objects holds the three trees and what {@code sink} takes
   * @param sink takes new directory nodes
   */
  public TreeMerge(ObjectReader objects, ObjectSink sink) {
    this.objects = objects;
    this.sink = sink;
  }

  /** One path that each side made something else of; absent: it is not there. */
  public record Conflict(
      TreePath path,
      Optional<TreeEntry> base,
      Optional<TreeEntry> ours,
      Optional<TreeEntry> theirs) {}

  /**
   * What came of it.
   *
   * @param tree the merged tree; with conflicts it means nothing
   * @param conflicts in path order
   */
  public record Outcome(DirectoryRef tree, List<Conflict> conflicts) {
    public Outcome {
      conflicts = List.copyOf(conflicts);
    }
  }

  /** Merges {@code theirs} into {@code ours}; may be called once. */
  public Outcome merge(DirectoryRef base, DirectoryRef ours, DirectoryRef theirs)
      throws StoreException {
    DirectoryRef tree = directories(TreePath.ROOT, base, ours, theirs);
    if (conflicts.isEmpty()) {
      checkLinks(base, ours, theirs, tree);
    }
    return new Outcome(tree, conflicts);
  }

  private DirectoryRef directories(
      TreePath at, DirectoryRef base, DirectoryRef ours, DirectoryRef theirs)
      throws StoreException {
    if (ours.equals(theirs) || base.equals(theirs)) {
      return ours;
    }
    if (base.equals(ours)) {
      return theirs;
    }
    DirectoryEditor merged = DirectoryEditor.edit(objects, sink, ours);
    DirectoryComparison mine = DirectoryComparison.of(objects, base, ours);
    DirectoryComparison other = DirectoryComparison.of(objects, base, theirs);
    Optional<Difference> my = mine.next();
    for (Optional<Difference> its = other.next(); its.isPresent(); its = other.next()) {
      ByteName name = name(its.get());
      while (my.isPresent() && name(my.get()).compareTo(name) < 0) {
        my = mine.next();
      }
      Optional<TreeEntry> before = its.get().before();
      Optional<TreeEntry> now = its.get().after();
      if (my.isPresent() && name(my.get()).equals(name)) {
        now = entry(at.child(name), before, my.get().after(), its.get().after());
      }
      if (now.isPresent()) {
        merged.put(now.get());
      } else {
        merged.remove(name);
      }
    }
    return merged.finish();
  }

  private static ByteName name(Difference difference) {
    return difference.after().or(difference::before).orElseThrow().name();
  }

  /** One name that both sides changed; ours, where that is a conflict. */
  private Optional<TreeEntry> entry(
      TreePath path, Optional<TreeEntry> base, Optional<TreeEntry> ours, Optional<TreeEntry> theirs)
      throws StoreException {
    if (ours.equals(theirs)) {
      return ours;
    }
    if (isDirectoryOrAbsent(ours)
        && isDirectoryOrAbsent(theirs)
        && (base.isPresent() || (ours.isPresent() && theirs.isPresent()))
        && isDirectoryOrAbsent(base)) {
      return directory(path, base, ours, theirs);
    }
    if (ours.isPresent() && theirs.isPresent()) {
      Optional<TreeEntry> merged = file(base, ours.get(), theirs.get());
      if (merged.isPresent()) {
        return merged;
      }
    }
    conflicts.add(new Conflict(path, base, ours, theirs));
    return ours;
  }

  /** A directory that both have, or that one has removed. */
  private Optional<TreeEntry> directory(
      TreePath path, Optional<TreeEntry> base, Optional<TreeEntry> ours, Optional<TreeEntry> theirs)
      throws StoreException {
    TreeEntry model = ours.or(() -> theirs).orElseThrow();
    DirectoryRef content = directories(path, below(base), below(ours), below(theirs));
    if (ours.isEmpty() || theirs.isEmpty()) {
      return content.equals(DirectoryRef.EMPTY)
          ? Optional.empty()
          : Optional.of(model.withContent(content));
    }
    Optional<Attributes> attributes =
        attributes(
            base.map(TreeEntry::attributes), ours.get().attributes(), theirs.get().attributes());
    if (attributes.isEmpty()) {
      conflicts.add(new Conflict(path, base, ours, theirs));
      return ours;
    }
    return Optional.of(model.withContent(content).withAttributes(attributes.get()));
  }

  private static boolean isDirectoryOrAbsent(Optional<TreeEntry> entry) {
    return entry.isEmpty() || entry.get().content() instanceof DirectoryRef;
  }

  private static DirectoryRef below(Optional<TreeEntry> entry) {
    return entry.isPresent() && entry.get().content() instanceof DirectoryRef directory
        ? directory
        : DirectoryRef.EMPTY;
  }

  /** What is no directory: content and attributes from whoever changed them. */
  private static Optional<TreeEntry> file(
      Optional<TreeEntry> base, TreeEntry ours, TreeEntry theirs) {
    Optional<TreeEntry> content = Optional.empty();
    if (ours.content().equals(theirs.content())
        || base.map(TreeEntry::content).equals(Optional.of(theirs.content()))) {
      content = Optional.of(ours);
    } else if (base.map(TreeEntry::content).equals(Optional.of(ours.content()))) {
      content = Optional.of(theirs);
    }
    if (content.isEmpty() || ours.attributes().type() != theirs.attributes().type()) {
      return Optional.empty();
    }
    TreeEntry chosen = content.get();
    return attributes(base.map(TreeEntry::attributes), ours.attributes(), theirs.attributes())
        .map(chosen::withAttributes);
  }

  private static Optional<Attributes> attributes(
      Optional<Attributes> base, Attributes ours, Attributes theirs) {
    Attributes mine = ours.withMtime(Mtime.EPOCH);
    Attributes other = theirs.withMtime(Mtime.EPOCH);
    Optional<Attributes> before = base.map(known -> known.withMtime(Mtime.EPOCH));
    Mtime later = ours.mtime().compareTo(theirs.mtime()) >= 0 ? ours.mtime() : theirs.mtime();
    if (mine.equals(other) || before.equals(Optional.of(other))) {
      return Optional.of(ours.withMtime(later));
    }
    return before.equals(Optional.of(mine))
        ? Optional.of(theirs.withMtime(later))
        : Optional.empty();
  }

  /** Names of one file that come from different sides must still be names of one file. */
  private void checkLinks(
      DirectoryRef base, DirectoryRef ours, DirectoryRef theirs, DirectoryRef merged)
      throws StoreException {
    Set<TreePath> changed = new TreeSet<>();
    linked(base, ours, changed);
    linked(base, theirs, changed);
    Map<LinkGroup, SortedMap<TreePath, TreeEntry>> groups = new HashMap<>();
    for (TreePath path : changed) {
      find(merged, path)
          .ifPresent(
              entry ->
                  entry
                      .attributes()
                      .linkGroup()
                      .ifPresent(
                          group ->
                              groups
                                  .computeIfAbsent(group, id -> new TreeMap<>())
                                  .put(path, entry)));
    }
    for (SortedMap<TreePath, TreeEntry> names : groups.values()) {
      TreeEntry first = names.values().iterator().next();
      if (!names.values().stream().allMatch(name -> isSameFile(first, name))) {
        for (TreePath path : names.keySet()) {
          conflicts.add(new Conflict(path, find(base, path), find(ours, path), find(theirs, path)));
        }
      }
    }
    conflicts.sort((one, other) -> one.path().compareTo(other.path()));
  }

  private static boolean isSameFile(TreeEntry one, TreeEntry other) {
    return one.content().equals(other.content())
        && one.attributes()
            .withMtime(Mtime.EPOCH)
            .equals(other.attributes().withMtime(Mtime.EPOCH));
  }

  /** Adds the paths at which a side changed a name of a hard-linked file. */
  private void linked(DirectoryRef base, DirectoryRef side, Set<TreePath> paths)
      throws StoreException {
    new TreeDiff(objects)
        .compare(
            base,
            side,
            List.of(),
            TreeDiff.Times.COMPARED,
            change -> {
              if (Change.after(change)
                  .flatMap(entry -> entry.attributes().linkGroup())
                  .isPresent()) {
                paths.add(change.path());
              }
            });
  }

  private Optional<TreeEntry> find(DirectoryRef root, TreePath path) throws StoreException {
    DirectoryReader reader = new DirectoryReader(objects);
    DirectoryRef directory = root;
    Optional<TreeEntry> entry = Optional.empty();
    for (ByteName name : path.names()) {
      entry = reader.find(directory, name);
      directory = below(entry);
    }
    return entry;
  }
}
