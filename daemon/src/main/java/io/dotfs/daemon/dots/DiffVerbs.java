package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.HistoryMessages.DiffEntry;
import io.dotfs.daemon.api.HistoryMessages.DiffReply;
import io.dotfs.daemon.api.HistoryMessages.DiffRequest;
import io.dotfs.daemon.api.PathText;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.fusefs.commit.Committer;
import io.dotfs.fusefs.commit.LiveSnapshot;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.diff.Change;
import io.dotfs.objectstore.diff.TreeDiff;
import io.dotfs.objectstore.diff.TreePath;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What differs: two commits, or a commit and the working data as it stands, which goes on
 * meanwhile. Takes no lock. Thread safe.
 */
public final class DiffVerbs {
  private static final int MAX_ENTRIES = 500_000;

  /** Text of all patches of one answer; what exceeds it is shown as binary. */
  private static final long MAX_PATCH_CHARS = 32L << 20;

  private final DotHome home;
  private final Committer committer;
  private final Revisions revisions;

  public DiffVerbs(DotHome home, Committer committer) {
    this.home = home;
    this.committer = committer;
    this.revisions = new Revisions(home);
  }

  /** One side: its commit if it is one, its tree, and where the tree's objects are. */
  record Side(Optional<ObjectId> id, DirectoryRef root, ObjectReader objects) {}

  /** How much to tell, and of which paths (none: all). */
  record Detail(boolean patch, boolean stat, Set<TreePath> limits) {}

  public DiffReply diff(DiffRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    Selected selected = home.select(request.selector());
    Detail detail = new Detail(request.patch(), request.stat(), paths(request.paths()));
    Optional<ObjectId> from = revisions.resolveOrHead(selected, request.from());
    Side before = side(from);
    if (request.to().isPresent()) {
      Side after = side(Optional.of(revisions.resolve(selected, request.to().get())));
      return between(selected.id(), before, after, detail);
    }
    Optional<WorkingTree> tree =
        home.trees().find(DotHome.treeKey(selected.id(), selected.branch()));
    if (tree.isEmpty()) {
      // A branch that was never looked into is as its commit.
      Side head = side(home.head(selected.id(), selected.branch()));
      Side after = new Side(Optional.empty(), head.root(), head.objects());
      return between(selected.id(), before, after, detail);
    }
    try (LiveSnapshot live = committer.capture(tree.get())) {
      Side after = new Side(Optional.empty(), live.root(), live.reader());
      return between(selected.id(), before, after, detail);
    }
  }

  private Side side(Optional<ObjectId> commit) throws StoreException {
    DirectoryRef tree =
        commit.isPresent() ? home.history().commit(commit.get()).tree() : DirectoryRef.EMPTY;
    return new Side(commit, tree, home.objects());
  }

  /** The paths of a request, {@code subdot/path}. */
  static Set<TreePath> paths(List<String> texts) throws DaemonException {
    Set<TreePath> paths = new LinkedHashSet<>();
    for (String text : texts) {
      try {
        TreePath path = TreePath.parse(ByteName.of(PathText.encode(text)));
        if (path.names().isEmpty()) {
          throw new IllegalArgumentException("no names");
        }
        paths.add(path);
      } catch (IllegalArgumentException e) {
        throw new DaemonException(
            ErrorKind.UNKNOWN_PATH,
            "not a path in a dot: " + DotHome.oneLine(text),
            "paths are written subdot/path/in/it");
      }
    }
    return paths;
  }

  DiffReply between(DotId dot, Side before, Side after, Detail detail) throws StoreException {
    TreeDiff diff = new TreeDiff(after.objects());
    Patches patches = new Patches(before, after);
    List<DiffEntry> entries = new ArrayList<>();
    boolean truncated = false;
    for (Change change : diff.changes(before.root(), after.root(), detail.limits())) {
      if (entries.size() == MAX_ENTRIES) {
        truncated = true;
        break;
      }
      entries.add(entry(change, diff, patches, detail));
    }
    return new DiffReply(
        dot.toString(),
        before.id().map(ObjectId::toHex),
        after.id().map(ObjectId::toHex),
        entries,
        truncated);
  }

  private static DiffEntry entry(Change change, TreeDiff diff, Patches patches, Detail detail)
      throws StoreException {
    Optional<TreeEntry> old = Change.before(change);
    Optional<TreeEntry> now = Change.after(change);
    TreeEntry shown = now.or(() -> old).orElseThrow();
    Optional<TreePath> oldPath =
        change instanceof Change.Renamed renamed
            ? Optional.of(renamed.oldPath())
            : Optional.empty();
    boolean attributesOnly =
        change instanceof Change.Modified modified && !modified.contentChanged();
    long changed = 0;
    if (detail.stat() && !attributesOnly) {
      changed = diff.changedBytes(content(old), content(now));
    }
    Optional<String> patch = Optional.empty();
    boolean binary = false;
    if (detail.patch()
        && !attributesOnly
        && !(change instanceof Change.Renamed)
        && isComparable(old)
        && isComparable(now)) {
      patch = patches.of(oldPath.orElse(change.path()), old, change.path(), now);
      binary = patch.isEmpty() && !content(old).equals(content(now));
    }
    return new DiffEntry(
        String.valueOf(change.letter()),
        text(change.path()),
        oldPath.map(DiffVerbs::text),
        kind(shown),
        size(old),
        size(now),
        changed,
        attributesOnly,
        binary,
        patch);
  }

  private static FileContent content(Optional<TreeEntry> entry) {
    return entry.isPresent() && entry.get().content() instanceof FileContent file
        ? file
        : FileContent.EMPTY;
  }

  private static long size(Optional<TreeEntry> entry) {
    return content(entry).sizeBytes();
  }

  private static boolean isComparable(Optional<TreeEntry> entry) {
    return entry.isEmpty()
        || entry.get().content() instanceof FileContent
        || entry.get().content() instanceof SymlinkTarget;
  }

  static String kind(TreeEntry entry) {
    return switch (entry.attributes().type()) {
      case REGULAR -> "file";
      case DIRECTORY -> "directory";
      case SYMLINK -> "symlink";
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> "special";
    };
  }

  static String text(TreePath path) {
    return PathText.decode(path.toBytes().toBytes());
  }

  /** Makes unified text until one answer holds enough of it. One thread. */
  private static final class Patches {
    private final Side before;
    private final Side after;
    private long chars;

    Patches(Side before, Side after) {
      this.before = before;
      this.after = after;
    }

    Optional<String> of(
        TreePath oldPath, Optional<TreeEntry> old, TreePath path, Optional<TreeEntry> now)
        throws StoreException {
      if (chars >= MAX_PATCH_CHARS) {
        return Optional.empty();
      }
      Optional<byte[]> oldBytes = bytes(before, old);
      Optional<byte[]> newBytes = bytes(after, now);
      if (oldBytes.isEmpty() || newBytes.isEmpty()) {
        return Optional.empty();
      }
      Optional<String> patch =
          TextDiff.unified(
              old.isPresent() ? "a/" + header(oldPath) : "/dev/null",
              oldBytes.get(),
              now.isPresent() ? "b/" + header(path) : "/dev/null",
              newBytes.get());
      chars += patch.map(String::length).orElse(0);
      return patch;
    }

    /** A path in a line of its own, whatever bytes it has. */
    private static String header(TreePath path) {
      return text(path).replace("\n", "\\n").replace("\t", "\\t");
    }

    /** The whole content, a link's target for a symlink; nothing if it is too long. */
    private static Optional<byte[]> bytes(Side side, Optional<TreeEntry> entry)
        throws StoreException {
      if (entry.isEmpty()) {
        return Optional.of(new byte[0]);
      }
      if (entry.get().content() instanceof SymlinkTarget link) {
        return Optional.of(link.target().toBytes());
      }
      FileContent content = content(entry);
      if (content.sizeBytes() > TextDiff.MAX_BYTES) {
        return Optional.empty();
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) content.sizeBytes());
      new FileReader(side.objects()).read(content, 0, buffer);
      return Optional.of(buffer.array());
    }
  }
}
