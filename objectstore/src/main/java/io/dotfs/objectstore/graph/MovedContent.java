package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.directory.DirectoryClaim;
import io.dotfs.objectstore.directory.DirectoryComparison;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what a tree no longer has where an older tree has it: files and directories that may have
 * been renamed. Where directories came and others went, those that went are looked into as well: a
 * directory may have been renamed and edited.
 *
 * <p>Costs what the difference costs, and less than it where a limit is reached: then some of what
 * was renamed is not found. About 100 bytes for each entry that went. One thread at a time.
 */
final class MovedContent {
  /** How many entries one comparison notes at most. */
  private static final int MAX_FOUND = 1 << 20;

  private final ObjectReader baseObjects;
  private final ObjectReader objects;
  private int budgetEntries;

  /**
   * Makes a finder.
   *
   * @param baseObjects holds the older trees
   * @param objects holds the newer ones, or as much of them as there is
   * @param budgetEntries how many entries all comparisons together look at
   */
  MovedContent(ObjectReader baseObjects, ObjectReader objects, int budgetEntries) {
    this.baseObjects = baseObjects;
    this.objects = objects;
    this.budgetEntries = budgetEntries;
  }

  /** What one comparison found. */
  private static final class Found {
    private final Set<ObjectId> ids = new HashSet<>();
    private final Deque<DirectoryRef> removedDirectories = new ArrayDeque<>();
    private boolean directoriesCame;
  }

  /**
   * Ids that {@code base} names somewhere where {@code tree} does not: roots of files, and nodes of
   * directories.
   */
  Set<ObjectId> find(DirectoryRef base, DirectoryRef tree) throws StoreException {
    Found found = new Found();
    if (!base.isEmpty() && !tree.isEmpty() && budgetEntries > 0) {
      compare(base, tree, found);
      if (found.directoriesCame) {
        expand(found);
      }
    }
    return found.ids;
  }

  private void compare(DirectoryRef base, DirectoryRef tree, Found found) throws StoreException {
    Deque<DirectoryComparison> open = new ArrayDeque<>();
    open.push(comparison(base, tree));
    while (!open.isEmpty() && mayGoOn(found)) {
      budgetEntries--;
      Optional<DirectoryComparison.Difference> difference = open.getFirst().next();
      if (difference.isEmpty()) {
        open.pop();
        continue;
      }
      Optional<EntryContent> before = difference.get().before().map(TreeEntry::content);
      Optional<EntryContent> now = difference.get().after().map(TreeEntry::content);
      if (before.equals(now)) {
        continue;
      }
      if (before.isPresent()
          && now.isPresent()
          && before.get() instanceof DirectoryRef old
          && now.get() instanceof DirectoryRef directory) {
        open.push(comparison(old, directory));
        continue;
      }
      found.directoriesCame |= now.isPresent() && now.get() instanceof DirectoryRef;
      before.ifPresent(content -> note(content, found));
    }
  }

  private boolean mayGoOn(Found found) {
    return budgetEntries > 0 && found.ids.size() < MAX_FOUND;
  }

  private static void note(EntryContent content, Found found) {
    if (content instanceof FileContent file) {
      file.root().ifPresent(found.ids::add);
    } else if (content instanceof DirectoryRef directory && !directory.isEmpty()) {
      found.ids.add(directory.root().orElseThrow());
      found.removedDirectories.add(directory);
    }
  }

  /** Adds what lies beneath the directories that went. */
  private void expand(Found found) throws StoreException {
    while (!found.removedDirectories.isEmpty() && mayGoOn(found)) {
      DirectoryComparison all =
          DirectoryComparison.of(
              baseObjects,
              DirectoryRef.EMPTY,
              baseObjects,
              found.removedDirectories.removeFirst(),
              new DirectoryComparison.Nodes() {
                @Override
                public boolean enter(DirectoryClaim claim) {
                  found.ids.add(claim.id());
                  return true;
                }

                @Override
                public void left(ObjectId id) {
                  // Noted when it was entered.
                }
              });
      for (Optional<DirectoryComparison.Difference> entry = all.next();
          entry.isPresent() && mayGoOn(found);
          entry = all.next()) {
        budgetEntries--;
        note(entry.get().after().orElseThrow().content(), found);
      }
    }
  }

  private DirectoryComparison comparison(DirectoryRef base, DirectoryRef tree) {
    return DirectoryComparison.of(
        baseObjects,
        base,
        objects,
        tree,
        new DirectoryComparison.Nodes() {
          @Override
          public boolean enter(DirectoryClaim claim) throws StoreException {
            return objects.contains(claim.id());
          }

          @Override
          public void left(ObjectId id) {
            // Only entries count here.
          }
        });
  }
}
