package io.dotfs.objectstore.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.chunk.BlockSize;
import io.dotfs.objectstore.chunk.FileEditor;
import io.dotfs.objectstore.directory.DirectoryEditor;
import io.dotfs.objectstore.fixture.ModelTree;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.NoContent;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.object.Xattrs;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree, as a tar, as a tree again: the same id; and twice the same bytes. */
class TarRoundTripTest {
  private static final Attributes TOP =
      Attributes.of(FileType.DIRECTORY, 0700, new Owner(70, 71), new Mtime(12, 345));

  @TempDir private Path directory;

  @Test
  void randomTreesComeBack() throws Exception {
    try (TarFixture fixture = new TarFixture(directory)) {
      for (long seed = 1; seed <= 20; seed++) {
        MemoryObjectStore source = new MemoryObjectStore();
        DirectoryRef tree = ModelTree.random(seed, 300).store(source);
        byte[] tar = TarFixture.export(source, tree, Optional.of(TOP));
        assertThat(TarFixture.export(source, tree, Optional.of(TOP))).isEqualTo(tar);
        TarImport.Imported imported = fixture.load(tar);
        assertThat(imported.root()).as("seed %d", seed).isEqualTo(tree);
        assertThat(imported.top()).contains(TOP);
        assertThat(TarFixture.export(fixture.store(), imported.root(), Optional.of(TOP)))
            .isEqualTo(tar);
      }
    }
  }

  @Test
  void whatIsRareComesBack() throws Exception {
    try (TarFixture fixture = new TarFixture(directory)) {
      DirectoryRef tree;
      try (PackWriter pack = fixture.store().begin()) {
        tree = rareThings(pack);
        pack.finish();
      }
      byte[] tar = TarFixture.export(fixture.store(), tree, Optional.empty());
      TarImport.Imported imported = fixture.load(tar);
      assertThat(imported.root()).isEqualTo(tree);
      assertThat(imported.top()).isEmpty();
    }
  }

  private static Attributes attributes(FileType type) {
    return Attributes.of(type, 04751, new Owner(-1, -2), new Mtime(-2, 500_000_001));
  }

  private static DirectoryRef rareThings(PackWriter pack) throws Exception {
    LinkGroup group = new LinkGroup(new UUID(1, 2));
    LinkGroup alone = new LinkGroup(new UUID(-1, 7));
    byte[] acl = {2, 0, 0, 0, 1, 0, 7, 0, -1, -1, -1, -1, 2, 0, 5, 0, -24, 3, 0, 0};
    byte[] full = Arrays.copyOf(acl, acl.length + 24);
    System.arraycopy(
        new byte[] {
          4, 0, 5, 0, -1, -1, -1, -1, 16, 0, 7, 0, -1, -1, -1, -1, 32, 0, 0, 0, -1, -1, -1, -1
        },
        0,
        full,
        acl.length,
        24);
    Xattrs xattrs =
        Xattrs.of(
            Map.of(
                ByteName.of("user.a=b%3D"),
                ByteName.of(new byte[] {0, '\n', -1}),
                ByteName.of("user.none"),
                ByteName.EMPTY,
                ByteName.of(new byte[] {'u', 's', 'e', 'r', '.', -3}),
                ByteName.of("x"),
                AclText.ACCESS,
                ByteName.of(full)));
    Attributes file = attributes(FileType.REGULAR);
    FileContent zeros = file(pack, 40_000, 0, new byte[16384], 2, new byte[7232]);
    FileContent holes = file(pack, 9L << 30, 3, new byte[16384], 500_000, block(5));
    List<TreeEntry> entries =
        List.of(
            entry("acl", file.withXattrs(xattrs), FileContent.EMPTY),
            entry(
                "badacl",
                file.withXattrs(Xattrs.of(Map.of(AclText.ACCESS, ByteName.of(acl)))),
                zeros),
            entry(
                "block", attributes(FileType.BLOCK_DEVICE).withDevice(0xfffabcde), NoContent.NONE),
            entry("char", attributes(FileType.CHARACTER_DEVICE).withDevice(0x0103), NoContent.NONE),
            entry(
                "fifo",
                attributes(FileType.FIFO).withLinkGroup(Optional.of(alone)),
                NoContent.NONE),
            entry("first", file.withLinkGroup(Optional.of(group)), holes),
            entry("hole", file, FileContent.hole(1L << 61)),
            entry(
                "n".repeat(255),
                attributes(FileType.SYMLINK),
                new SymlinkTarget(ByteName.of("/" + "t".repeat(4000)))),
            entry("second", file.withLinkGroup(Optional.of(group)), holes),
            entry("socket", attributes(FileType.SOCKET), NoContent.NONE),
            entry("third: other bytes", file.withLinkGroup(Optional.of(group)), zeros),
            entry("zeros", file, zeros),
            new TreeEntry(
                ByteName.of(new byte[] {-1, '\n', 3}),
                file,
                file(pack, 5, 0, new byte[] {1, 2, 3, 4, 5})));
    DirectoryRef deep = editor(pack, entries);
    for (int i = 0; i < 40; i++) {
      byte[] name = new byte[60];
      Arrays.fill(name, (byte) (0x80 + i));
      deep =
          editor(
              pack,
              List.of(
                  new TreeEntry(ByteName.of(name), attributes(FileType.DIRECTORY), deep),
                  entry("\u00ff\u00e9".repeat(20), file, FileContent.EMPTY)));
    }
    return deep;
  }

  private static DirectoryRef editor(PackWriter pack, List<TreeEntry> entries) throws Exception {
    DirectoryEditor editor = DirectoryEditor.edit(pack.reader(), pack, DirectoryRef.EMPTY);
    for (TreeEntry entry :
        entries.stream().sorted(Comparator.comparing(TreeEntry::name)).toList()) {
      editor.put(entry);
    }
    return editor.finish();
  }

  private static TreeEntry entry(String name, Attributes attributes, EntryContent content) {
    return new TreeEntry(ByteName.of(name), attributes, content);
  }

  private static byte[] block(int fill) {
    byte[] bytes = new byte[BlockSize.DEFAULT.bytes()];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  /** A file with some blocks: index and bytes in turn. */
  private static FileContent file(PackWriter pack, long size, Object... blocks) throws Exception {
    FileEditor editor = FileEditor.edit(pack.reader(), pack, FileContent.EMPTY, size);
    for (int i = 0; i < blocks.length; i += 2) {
      editor.data((Integer) blocks[i], ByteBuffer.wrap((byte[]) blocks[i + 1]));
    }
    return editor.finish();
  }
}
