package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryCounts;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.NoContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.Tag;
import io.dotfs.objectstore.object.Totals;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.object.Xattrs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** The values of the golden vectors, one of each kind, with every field in use. */
final class Samples {
  private Samples() {}

  /** A payload and its type. */
  record Sample(ObjectType type, ByteBuffer payload) {}

  static ObjectId id(int n) {
    byte[] bytes = new byte[ObjectId.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (n * 16 + i);
    }
    return ObjectId.of(bytes);
  }

  static DirectoryRef directory(int n) {
    return new DirectoryRef(
        Optional.of(id(n)), new EntryCounts(300, 2), new Totals(1L << 40, 7000, 12, 3));
  }

  static DirectoryNode.Leaf leaf() {
    Attributes plain =
        Attributes.of(FileType.REGULAR, 0644, new Owner(1000, 100), new Mtime(1_700_000_000, 7));
    Attributes rich =
        new Attributes(
            FileType.REGULAR,
            07755,
            new Owner(-1, -2),
            new Mtime(-5, 999_999_999),
            0,
            Xattrs.of(
                Map.of(
                    ByteName.of("user.b"),
                    ByteName.of("value"),
                    ByteName.of("user.a"),
                    ByteName.EMPTY)),
            Optional.of(new LinkGroup(new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L))));
    return new DirectoryNode.Leaf(
        List.of(
            new TreeEntry(ByteName.of("block"), of(FileType.BLOCK_DEVICE, 0x10300), NoContent.NONE),
            new TreeEntry(ByteName.of("char"), of(FileType.CHARACTER_DEVICE, 0), NoContent.NONE),
            new TreeEntry(ByteName.of("dir"), of(FileType.DIRECTORY, 0), directory(4)),
            new TreeEntry(ByteName.of("dir.empty"), of(FileType.DIRECTORY, 0), DirectoryRef.EMPTY),
            new TreeEntry(ByteName.of("empty"), plain, FileContent.EMPTY),
            new TreeEntry(ByteName.of("fifo"), of(FileType.FIFO, 0), NoContent.NONE),
            new TreeEntry(ByteName.of("file"), rich, new FileContent(70_000, Optional.of(id(5)))),
            new TreeEntry(ByteName.of("hole"), plain, FileContent.hole(Long.MAX_VALUE)),
            new TreeEntry(
                ByteName.of("link"),
                of(FileType.SYMLINK, 0),
                new SymlinkTarget(ByteName.of("../x"))),
            new TreeEntry(ByteName.of("sock"), of(FileType.SOCKET, 0), NoContent.NONE),
            new TreeEntry(
                ByteName.of(new byte[] {(byte) 0xff, (byte) 0xfe, '\n', 1}),
                plain,
                FileContent.EMPTY)));
  }

  private static Attributes of(FileType type, int device) {
    return Attributes.of(type, 0700, Owner.ROOT, Mtime.EPOCH).withDevice(device);
  }

  static DirectoryNode.Inner inner() {
    return new DirectoryNode.Inner(
        2,
        List.of(
            new DirectoryNode.Child(ByteName.of("k"), directory(6)),
            new DirectoryNode.Child(ByteName.of("k1"), directory(7))));
  }

  static ByteBuffer fileNode() {
    FileNode.Builder builder = new FileNode.Builder(1, 14, (3L << 20) + 5);
    builder.set(1, Optional.of(id(8)));
    return builder.encode().orElseThrow();
  }

  static Commit commit() {
    return new Commit(
        directory(1),
        List.of(id(2), id(3)),
        42,
        new Stamp(
            "Ann Ö <ann@example.org>",
            Instant.ofEpochSecond(1_700_000_000, 123_456_789),
            ZoneOffset.ofHoursMinutes(-3, -30)),
        "Subject\n\nBody of two lines\nand ✓\n",
        new TreeMap<>(Map.of("build", "17", "ärger", "no", "zone", "")),
        Optional.of(ByteName.of("signature")));
  }

  static Commit firstCommit() {
    return new Commit(
        DirectoryRef.EMPTY,
        List.of(),
        1,
        Stamp.utc("", Instant.EPOCH),
        "",
        new TreeMap<>(),
        Optional.empty());
  }

  static Tag tag() {
    return new Tag(
        id(9),
        ObjectType.COMMIT,
        "v1.0",
        Stamp.utc("Bob", Instant.ofEpochSecond(-1, 5)),
        "Release",
        Optional.of(ByteName.of("sig")));
  }

  /** All samples by name. */
  static Map<String, Sample> all() {
    Map<String, Sample> samples = new LinkedHashMap<>();
    samples.put(
        "chunk",
        new Sample(ObjectType.CHUNK, ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII))));
    samples.put("chunk-empty", new Sample(ObjectType.CHUNK, ByteBuffer.allocate(0)));
    samples.put("file-node", new Sample(ObjectType.FILE_NODE, fileNode()));
    samples.put(
        "directory-leaf", new Sample(ObjectType.DIRECTORY_NODE, DirectoryCodec.encode(leaf())));
    samples.put(
        "directory-inner", new Sample(ObjectType.DIRECTORY_NODE, DirectoryCodec.encode(inner())));
    samples.put("commit", new Sample(ObjectType.COMMIT, CommitCodec.encode(commit())));
    samples.put("commit-first", new Sample(ObjectType.COMMIT, CommitCodec.encode(firstCommit())));
    samples.put("tag", new Sample(ObjectType.TAG, TagCodec.encode(tag())));
    return samples;
  }
}
