package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.Home;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;

/**
 * What the working trees of a home need of its objects, beside what refs reach: the commits that
 * trees are based on, temporary ones included, and what single files and directories come from. As
 * it was when this was opened. One thread; the caller closes it.
 */
public final class TreeContents implements AutoCloseable {
  private final MetaCursor trees;
  private final MetaCursor contents;
  private final Deque<ObjectId> found = new ArrayDeque<>();
  private boolean moreTrees = true;
  private boolean moreContents = true;

  private final Set<Long> idle;

  private TreeContents(MetaCursor trees, MetaCursor contents, Set<Long> idle) {
    this.trees = trees;
    this.contents = contents;
    this.idle = idle;
  }

  /** Opens the contents as they are now, but for those of {@code idle} trees. */
  static TreeContents open(Home home, Set<Long> idle) {
    return new TreeContents(
        home.metadata().cursor(Table.TREES, Keys.number(0), Keys.number(-1)),
        home.metadata().cursor(Table.CONTENT, Keys.number(0), Keys.number(-1)),
        idle);
  }

  /** The next id: of a commit, a directory node, a file node or a chunk; nothing at the end. */
  public Optional<ObjectId> next() throws IOException {
    // A cursor is not asked again after its end.
    while (found.isEmpty() && moreTrees) {
      moreTrees = trees.next();
      if (moreTrees && !idle.contains(Keys.get(trees.key(), 0))) {
        TreeRow.decode(trees.value()).base().ifPresent(found::add);
      }
    }
    while (found.isEmpty() && moreContents) {
      moreContents = contents.next();
      if (moreContents && !idle.contains(Keys.treeOf(Keys.get(contents.key(), 0)))) {
        ContentRow row = ContentRow.decode(contents.value());
        row.now().ifPresent(this::add);
        row.next().ifPresent(this::add);
      }
    }
    return Optional.ofNullable(found.poll());
  }

  private void add(EntryContent content) {
    if (content instanceof FileContent file) {
      file.root().ifPresent(found::add);
    } else if (content instanceof DirectoryRef directory) {
      directory.root().ifPresent(found::add);
    }
  }

  @Override
  public void close() {
    try (trees) {
      contents.close();
    }
  }
}
