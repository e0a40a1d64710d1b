package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.NoContent;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.pack.PackWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;

/**
 * Makes a stored tree from a tar, in one pass over it and memory that follows the depth of the tree
 * alone: entries are sorted on disk. The same tar gives the same tree. Nothing is written but
 * objects, so no name in the tar can lead anywhere.
 *
 * <p>What a tar cannot be taken for: paths that are absolute or go up, a path twice (but a
 * directory may come again), names beneath what is no directory, hard links to what is not a file
 * of the tar. One thread, once.
 */
public final class TarImport {
  /** Longest path, in bytes. */
  static final int MAX_PATH_BYTES = 64 << 10;

  /** Deepest directory. */
  static final int MAX_DEPTH = 4096;

  /** Of directories that a tar only names as part of paths. */
  private static final Attributes IMPLIED =
      Attributes.of(FileType.DIRECTORY, 0755, Owner.ROOT, Mtime.EPOCH);

  private static final ByteName PLACEHOLDER = ByteName.of("-");

  private final PackWriter pack;
  private final Path scratch;
  private final ExecutorService workers;
  private final Watcher watcher;
  private Optional<Attributes> top = Optional.empty();
  private long members;
  private long bytes;

  /** Told how far an import has come, on the importing thread. */
  @FunctionalInterface
  public interface Watcher {
    /**
     * Called after each member.
     *
     * @throws IOException to give up
     */
    void imported(long members, long bytes) throws IOException;
  }

  /**
   * What was made.
   *
   * @param root the directory
   * @param top its own attributes, if the tar has them
   * @param members how many names the tar holds
   * @param bytes of their files, holes not counted
   */
  public record Imported(DirectoryRef root, Optional<Attributes> top, long members, long bytes) {}

  /**
   * Prepares an import.
   *
   * @param pack takes the objects; the caller finishes or aborts it
   * @param scratch a directory for files without names
   * @param workers hash and compress
   */
  public TarImport(PackWriter pack, Path scratch, ExecutorService workers, Watcher watcher) {
    this.pack = pack;
    this.scratch = scratch;
    this.workers = workers;
    this.watcher = watcher;
  }

  static void checkDepth(int depth) throws BadArchiveException {
    if (depth > MAX_DEPTH) {
      throw new BadArchiveException("directories are nested more than " + MAX_DEPTH + " deep");
    }
  }

  /**
   * Reads all of {@code in}, which stays the caller's.
   *
   * @throws BadArchiveException if it is no tar, or none that can be taken
   */
  public Imported run(InputStream in) throws IOException, StoreException, InterruptedException {
    FileIntake files = new FileIntake(pack.reader(), pack, workers);
    try (PathSorter entries = new PathSorter(scratch);
        PathSorter links = new PathSorter(scratch);
        PathSorter resolved = new PathSorter(scratch)) {
      TarReader tar = new TarReader(in);
      boolean done = false;
      try {
        for (Optional<TarMember> m = tar.next(); m.isPresent(); m = tar.next()) {
          read(tar, m.get(), files, entries, links);
          watcher.imported(members, bytes);
        }
        files.finish();
        done = true;
      } finally {
        if (!done) {
          files.abandon();
        }
      }
      resolve(entries, links, resolved);
      return new Imported(build(entries, links, resolved), top, members, bytes);
    }
  }

  private void read(
      TarReader tar, TarMember member, FileIntake files, PathSorter entries, PathSorter links)
      throws IOException, StoreException, InterruptedException {
    byte[] key = PathKey.of(member.path());
    members++;
    if (key.length == 0) {
      if (member.attributes().type() != FileType.DIRECTORY) {
        throw new BadArchiveException("the top of the tar is no directory");
      }
      top = Optional.of(member.attributes());
    } else if (member.hardLinkTo().isPresent()) {
      byte[] target = PathKey.of(member.hardLinkTo().get());
      if (Arrays.equals(target, key)) {
        throw new BadArchiveException(PathKey.shown(key) + " in the tar is a link to itself");
      }
      links.add(target, key);
    } else if (member.attributes().type() == FileType.REGULAR) {
      bytes += member.content().storedBytes();
      files.file(
          tar,
          member.content(),
          tar.isOwn(),
          content -> entries.add(key, value(key, member.attributes(), content)));
    } else {
      entries.add(key, value(key, member.attributes(), content(key, member)));
    }
  }

  private static EntryContent content(byte[] key, TarMember member) throws BadArchiveException {
    return switch (member.attributes().type()) {
      case DIRECTORY -> DirectoryRef.EMPTY;
      case SYMLINK -> {
        try {
          yield new SymlinkTarget(member.symlinkTarget());
        } catch (IllegalArgumentException e) {
          throw new BadArchiveException(
              PathKey.shown(key) + " in the tar is a symbolic link to what cannot be a path", e);
        }
      }
      case REGULAR, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> NoContent.NONE;
    };
  }

  /** An entry as the sorters keep it: its form in a directory node, under no name. */
  private static byte[] value(byte[] key, Attributes attributes, EntryContent content)
      throws BadArchiveException {
    try {
      return DirectoryCodec.encode(new TreeEntry(PLACEHOLDER, attributes, content));
    } catch (IllegalArgumentException e) {
      throw new BadArchiveException(PathKey.shown(key) + " in the tar: " + e.getMessage(), e);
    }
  }

  private static TreeEntry entry(byte[] value) throws StoreException {
    ByteBuffer node = DirectoryCodec.assemble(0, List.of(value));
    return ((DirectoryNode.Leaf) DirectoryCodec.decode(node)).entries().get(0);
  }

  /** Gives each hard link the entry that it is another name of. */
  private static void resolve(PathSorter entries, PathSorter links, PathSorter resolved)
      throws IOException, StoreException {
    if (links.count() == 0) {
      return;
    }
    PathSorter.Sorted targets = entries.sorted();
    PathSorter.Sorted wanted = links.sorted();
    Optional<PathSorter.Item> target = targets.next();
    for (Optional<PathSorter.Item> l = wanted.next(); l.isPresent(); l = wanted.next()) {
      PathSorter.Item link = l.get();
      while (target.isPresent() && Arrays.compareUnsigned(target.get().key(), link.key()) < 0) {
        target = targets.next();
      }
      TreeEntry file =
          target.isPresent() && Arrays.equals(target.get().key(), link.key())
              ? grouped(target.get())
              : noFile(link);
      if (file.content() instanceof DirectoryRef) {
        noFile(link);
      }
      resolved.add(link.value(), DirectoryCodec.encode(file));
    }
  }

  private static TreeEntry noFile(PathSorter.Item link) throws BadArchiveException {
    throw new BadArchiveException(
        PathKey.shown(link.value())
            + " in the tar is a hard link to "
            + PathKey.shown(link.key())
            + ", which is no file there");
  }

  /** A file of several names. */
  private static TreeEntry grouped(PathSorter.Item file) throws StoreException {
    TreeEntry entry = entry(file.value());
    Attributes attributes = entry.attributes();
    if (entry.content() instanceof DirectoryRef || attributes.linkGroup().isPresent()) {
      return entry;
    }
    return entry.withAttributes(attributes.withLinkGroup(Optional.of(linkGroup(file.key()))));
  }

  /** The group is a function of the path, so that one tar always gives one tree. */
  private static LinkGroup linkGroup(byte[] key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("dotfs imported link\0".getBytes(StandardCharsets.US_ASCII));
      ByteBuffer hash = ByteBuffer.wrap(digest.digest(key));
      return new LinkGroup(new UUID(hash.getLong(), hash.getLong()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private DirectoryRef build(PathSorter entries, PathSorter links, PathSorter resolved)
      throws IOException, StoreException {
    SortedTree tree = new SortedTree(pack.reader(), pack, IMPLIED);
    PathSorter.Sorted files = entries.sorted();
    PathSorter.Sorted names = resolved.sorted();
    PathSorter.Sorted targets = links.sorted();
    while (files.peek().isPresent() || names.peek().isPresent()) {
      boolean isFile =
          names.peek().isEmpty()
              || (files.peek().isPresent()
                  && Arrays.compareUnsigned(files.peek().get().key(), names.peek().get().key())
                      <= 0);
      PathSorter.Item item = (isFile ? files.next() : names.next()).orElseThrow();
      TreeEntry entry =
          isFile && isTarget(targets, item.key()) ? grouped(item) : entry(item.value());
      List<ByteName> path = PathKey.names(item.key());
      tree.add(item.key(), entry.withName(path.get(path.size() - 1)));
    }
    return tree.finish();
  }

  /** Whether a link leads to a path; paths are asked for in order. */
  private static boolean isTarget(PathSorter.Sorted targets, byte[] key) throws StoreException {
    while (targets.peek().isPresent()
        && Arrays.compareUnsigned(targets.peek().get().key(), key) < 0) {
      targets.next();
    }
    return targets.peek().isPresent() && Arrays.equals(targets.peek().get().key(), key);
  }
}
