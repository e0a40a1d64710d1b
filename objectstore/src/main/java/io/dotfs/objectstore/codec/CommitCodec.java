package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Stamp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The canonical form of commits ({@code FORMAT.md}, "Commit"). */
public final class CommitCodec {
  private static final int VERSION = 1;

  private CommitCodec() {}

  /** Encodes {@code commit}: the payload to put, from position 0 to limit. */
  public static ByteBuffer encode(Commit commit) {
    CanonicalWriter out = new CanonicalWriter(256 + commit.message().length());
    out.octet(VERSION).directory(commit.tree()).number(commit.generation());
    out.number(commit.parents().size());
    commit.parents().forEach(out::id);
    out.stamp(commit.author()).text(commit.message());
    SortedMap<ByteName, String> metadata = new TreeMap<>();
    commit.metadata().forEach((key, value) -> metadata.put(ByteName.of(key), value));
    out.number(metadata.size());
    for (Map.Entry<ByteName, String> entry : metadata.entrySet()) {
      out.bytes(entry.getKey()).text(entry.getValue());
    }
    return out.signature(commit.signature()).toBuffer();
  }

  /**
   * Decodes a payload.
   *
   * @param payload read from position to limit; its position stays
   * @throws CorruptObjectException if it is not the canonical form of any commit
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  public static Commit decode(ByteBuffer payload) throws StoreException {
    CanonicalReader in = new CanonicalReader("commit", payload);
    try {
      in.version();
      DirectoryRef tree = in.directory();
      long generation = in.number();
      List<ObjectId> parents = new ArrayList<>();
      for (int left = in.number(0, Commit.MAX_PARENTS); left > 0; left--) {
        parents.add(in.id());
      }
      Stamp author = in.stamp();
      String message = in.text(Commit.MAX_MESSAGE_BYTES);
      SortedMap<String, String> metadata = metadata(in);
      Optional<ByteName> signature = in.signature(Commit.MAX_SIGNATURE_BYTES);
      in.end();
      return new Commit(tree, parents, generation, author, message, metadata, signature);
    } catch (IllegalArgumentException e) {
      throw in.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static SortedMap<String, String> metadata(CanonicalReader in)
      throws CorruptObjectException {
    SortedMap<String, String> metadata = new TreeMap<>();
    ByteName last = ByteName.EMPTY;
    for (int left = in.number(0, Commit.MAX_METADATA); left > 0; left--) {
      String key = in.text(Commit.MAX_METADATA_KEY_BYTES);
      ByteName keyBytes = ByteName.of(key);
      if (keyBytes.compareTo(last) <= 0) {
        throw in.malformed("metadata out of order");
      }
      last = keyBytes;
      metadata.put(key, in.text(Commit.MAX_METADATA_VALUE_BYTES));
    }
    return metadata;
  }
}
