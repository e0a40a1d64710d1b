package io.dotfs.objectstore.diff;

import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Joins removals and additions of equal content to renames, in linear time. */
final class RenameDetection {
  private RenameDetection() {}

  /**
   * What has to be equal for two entries to be one file in two places.
   *
   * @param content of both
   * @param group link group, if that is asked for
   * @param name last part of the path, if that is asked for
   */
  private record Key(EntryContent content, Optional<LinkGroup> group, Optional<ByteName> name) {}

  /** The same changes, in the same order, with renames in place of the additions. */
  static List<Change> join(List<Change> changes) {
    Map<TreePath, Change.Removed> sources = new HashMap<>();
    pair(
        changes,
        sources,
        entry ->
            entry
                .attributes()
                .linkGroup()
                .map(group -> new Key(entry.content(), Optional.of(group), Optional.empty())));
    pair(
        changes,
        sources,
        entry ->
            Optional.of(new Key(entry.content(), Optional.empty(), Optional.of(entry.name()))));
    pair(
        changes,
        sources,
        entry -> Optional.of(new Key(entry.content(), Optional.empty(), Optional.empty())));
    Set<TreePath> gone = new HashSet<>();
    sources.values().forEach(removed -> gone.add(removed.path()));
    List<Change> joined = new ArrayList<>(changes.size() - sources.size());
    for (Change change : changes) {
      if (change instanceof Change.Added added) {
        Optional<Change.Removed> source = Optional.ofNullable(sources.get(added.path()));
        joined.add(
            source.isPresent()
                ? new Change.Renamed(
                    source.get().path(), added.path(), source.get().entry(), added.entry())
                : added);
      } else if (!(change instanceof Change.Removed && gone.contains(change.path()))) {
        joined.add(change);
      }
    }
    return joined;
  }

  /** Finds sources for those additions that have none yet, among removals that are not used. */
  private static void pair(
      List<Change> changes,
      Map<TreePath, Change.Removed> sources,
      Function<TreeEntry, Optional<Key>> keyOf) {
    Set<Change.Removed> used = new HashSet<>(sources.values());
    Map<Key, Deque<Change.Removed>> candidates = new HashMap<>();
    for (Change change : changes) {
      if (change instanceof Change.Removed removed
          && isFile(removed.entry())
          && !used.contains(removed)) {
        keyOf
            .apply(removed.entry())
            .ifPresent(
                key -> candidates.computeIfAbsent(key, k -> new ArrayDeque<>()).add(removed));
      }
    }
    for (Change change : changes) {
      if (change instanceof Change.Added added
          && isFile(added.entry())
          && !sources.containsKey(added.path())) {
        keyOf
            .apply(added.entry())
            .map(candidates::get)
            .map(Deque::poll)
            .ifPresent(removed -> sources.put(added.path(), removed));
      }
    }
  }

  private static boolean isFile(TreeEntry entry) {
    return entry.content() instanceof FileContent file
        ? file.root().isPresent()
        : entry.content() instanceof SymlinkTarget;
  }
}
