package io.dotfs.fusefs.tree;

import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.EntryCounts;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Totals;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What an inode's unmodified blocks or names come from. A commit writes {@code next} beforehand; it
 * holds from the moment on at which the tree's committed generation reaches {@code generation}, so
 * that a single small row switches all inodes of a commit.
 *
 * <p>Row: generation (8), then {@code now} and {@code next}, each: 0 for none; 1, size (8), root;
 * 2, root, entries, subdirectories, bytes, files, directories, linked names (8 each). Root: 0, or 1
 * and the id (32).
 */
record ContentRow(Optional<EntryContent> now, long generation, Optional<EntryContent> next) {
  static ContentRow of(EntryContent content) {
    return new ContentRow(Optional.of(content), 0, Optional.empty());
  }

  Optional<EntryContent> at(long committedGeneration) {
    return next.isPresent() && generation <= committedGeneration ? next : now;
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(8 + 2 * (1 + 33 + 48));
    out.putLong(generation);
    encode(now, out);
    encode(next, out);
    byte[] row = new byte[out.position()];
    out.flip();
    out.get(row);
    return row;
  }

  static ContentRow decode(byte[] row) {
    ByteBuffer in = ByteBuffer.wrap(row);
    long generation = in.getLong();
    Optional<EntryContent> now = decode(in);
    return new ContentRow(now, generation, decode(in));
  }

  private static void encode(Optional<EntryContent> content, ByteBuffer out) {
    if (content.isEmpty()) {
      out.put((byte) 0);
    } else if (content.get() instanceof FileContent file) {
      out.put((byte) 1).putLong(file.sizeBytes());
      encodeRoot(file.root(), out);
    } else if (content.get() instanceof DirectoryRef directory) {
      out.put((byte) 2);
      encodeRoot(directory.root(), out);
      EntryCounts counts = directory.counts();
      out.putLong(counts.entries()).putLong(counts.subdirectories());
      Totals totals = directory.totals();
      out.putLong(totals.bytes()).putLong(totals.files()).putLong(totals.directories());
      out.putLong(totals.linkedNames());
    } else {
      throw new IllegalStateException("content without a base: " + content.get());
    }
  }

  private static void encodeRoot(Optional<ObjectId> root, ByteBuffer out) {
    out.put((byte) (root.isPresent() ? 1 : 0));
    root.ifPresent(id -> id.writeTo(out));
  }

  private static Optional<EntryContent> decode(ByteBuffer in) {
    byte kind = in.get();
    return switch (kind) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(new FileContent(in.getLong(), decodeRoot(in)));
      case 2 ->
          Optional.of(
              new DirectoryRef(
                  decodeRoot(in),
                  new EntryCounts(in.getLong(), in.getLong()),
                  new Totals(in.getLong(), in.getLong(), in.getLong(), in.getLong())));
      default -> throw new IllegalStateException("content row of kind " + kind);
    };
  }

  private static Optional<ObjectId> decodeRoot(ByteBuffer in) {
    return in.get() == 0 ? Optional.empty() : Optional.of(ObjectId.readFrom(in));
  }
}
