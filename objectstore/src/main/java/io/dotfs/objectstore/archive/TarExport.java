package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.directory.DirectoryCursor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a stored tree as a tar that is a function of the tree alone, and from which {@link
 * TarImport} makes that tree again. Memory follows the depth of the tree and the number of files
 * that have several names. One thread, once.
 */
public final class TarExport {
  /** Files beyond that are written whole under each of their names. */
  private static final int MAX_LINK_GROUPS = 200_000;

  private static final ByteName HERE = ByteName.of("./");
  private static final int BUFFER_BYTES = 1 << 20;

  private final DirectoryReader directories;
  private final FileReader files;
  private final TarWriter tar;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /** Under which path each file with several names was written. */
  private final Map<LinkGroup, Written> written = new HashMap<>();

  private long members;
  private long bytes;

  private record Written(ByteName path, TreeEntry entry) {}

  /** A directory on the way down. */
  private record Level(ByteName path, DirectoryCursor entries) {}

  /** Writes from {@code objects} to {@code out}, which stays the caller's. */
  public TarExport(ObjectReader objects, OutputStream out) {
    this.directories = new DirectoryReader(objects);
    this.files = new FileReader(objects);
    this.tar = new TarWriter(out);
  }

  /** How many names were written. */
  public long members() {
    return members;
  }

  /** How many bytes the files have that were written, holes not counted. */
  public long bytes() {
    return bytes;
  }

  /**
   * Writes a whole archive.
   *
   * @param commit what the archive says it is of
   * @param top attributes of the directory itself; absent: it has none, and only what is in it is
   *     written
   */
  public void write(ObjectId commit, DirectoryRef directory, Optional<Attributes> top)
      throws IOException, StoreException {
    tar.begin(commit);
    if (top.isPresent()) {
      tar.member(HERE, top.get(), '5', ByteName.EMPTY);
      members++;
    }
    Deque<Level> path = new ArrayDeque<>();
    path.push(new Level(HERE, directories.entries(directory)));
    while (!path.isEmpty()) {
      Level level = path.element();
      Optional<TreeEntry> entry = level.entries().next();
      if (entry.isEmpty()) {
        path.pop();
      } else if (entry.get().content() instanceof DirectoryRef below) {
        ByteName name = join(level.path(), entry.get().name(), true);
        TarImport.checkDepth(path.size());
        tar.member(name, entry.get().attributes(), '5', ByteName.EMPTY);
        members++;
        path.push(new Level(name, directories.entries(below)));
      } else {
        write(join(level.path(), entry.get().name(), false), entry.get());
        members++;
      }
    }
    tar.end();
  }

  private static ByteName join(ByteName directory, ByteName name, boolean slash)
      throws BadArchiveException {
    if (directory.length() + name.length() + 1 > TarImport.MAX_PATH_BYTES) {
      throw new BadArchiveException(
          "a path of more than " + TarImport.MAX_PATH_BYTES + " bytes does not fit into a tar");
    }
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    path.writeBytes(directory.toBytes());
    path.writeBytes(name.toBytes());
    if (slash) {
      path.write('/');
    }
    return ByteName.of(path.toByteArray());
  }

  private void write(ByteName path, TreeEntry entry) throws IOException, StoreException {
    Attributes attributes = entry.attributes();
    Optional<LinkGroup> group = attributes.linkGroup();
    if (group.isPresent()) {
      Optional<Written> first = Optional.ofNullable(written.get(group.get()));
      if (first.isPresent() && first.get().entry().withName(entry.name()).equals(entry)) {
        tar.member(path, attributes, '1', first.get().path());
        return;
      }
      if (first.isEmpty() && written.size() < MAX_LINK_GROUPS) {
        written.put(group.get(), new Written(path, entry));
      }
    }
    if (entry.content() instanceof FileContent content) {
      SparseMap map = map(content);
      tar.file(path, attributes, map);
      data(content, map);
    } else if (entry.content() instanceof SymlinkTarget link) {
      tar.member(path, attributes, '2', link.target());
    } else {
      tar.member(path, attributes, type(attributes.type()), ByteName.EMPTY);
    }
  }

  private static char type(FileType type) {
    return switch (type) {
      case CHARACTER_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case FIFO -> '6';
      case SOCKET -> '0'; // as an empty file; the notes say what it is
      case REGULAR, DIRECTORY, SYMLINK ->
          throw new IllegalStateException("a " + type + " has content");
    };
  }

  private SparseMap map(FileContent content) throws BadArchiveException, StoreException {
    SparseMap map = new SparseMap(content.sizeBytes());
    long at = files.nextData(content, 0);
    while (at < content.sizeBytes()) {
      long end = files.nextHole(content, at);
      if (map.count() == SparseMap.MAX_STRETCHES - 1) {
        end = content.sizeBytes(); // the rest with its holes as zeros: readers keep maps in memory
      }
      map.add(at, end - at);
      at = files.nextData(content, end);
    }
    return map;
  }

  private void data(FileContent content, SparseMap map) throws IOException, StoreException {
    for (int i = 0; i < map.count(); i++) {
      long end = map.offset(i) + map.length(i);
      for (long at = map.offset(i); at < end; ) {
        int length = (int) Math.min(buffer.length, end - at);
        int count = files.read(content, at, ByteBuffer.wrap(buffer, 0, length));
        tar.data(buffer, count);
        at += count;
      }
    }
    bytes += map.storedBytes();
    tar.endOfData();
  }
}
