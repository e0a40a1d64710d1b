package io.dotfs.objectstore.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.maintenance.StoreVerifier;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.PackWriter;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store as version 1 wrote it is opened, checked and extended. Its files are never edited. */
class GoldenStoreTest {
  private static final String PACK =
      "pack-e3d29609f5e3d93f73c156fa24458cfab6ca9364287aec69095833be50078638";

  @TempDir private Path directory;

  private void unpack(String name) throws Exception {
    String file = "/golden/v1/store/" + name + ".hex";
    try (InputStream in = GoldenStoreTest.class.getResourceAsStream(file)) {
      assertThat(in).as(file).isNotNull();
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      Files.write(directory.resolve(name), HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }
  }

  @Test
  void version1IsReadVerifiedAndExtended() throws Exception {
    unpack(PACK + ".pack");
    unpack(PACK + ".idx");
    try (ObjectStore store = ObjectStore.open(directory)) {
      ByteBuffer chunk =
          store.read(
              ObjectId.fromHex("fdc54b20f1d3a02028207d0439220bea6c7f6807349996ee723d26bd52bbf8b5"),
              ObjectType.CHUNK);
      assertThat(StandardCharsets.US_ASCII.decode(chunk).toString()).isEqualTo("hello");
      ObjectId commit =
          ObjectId.fromHex("1b0e6bfa240165fe5e28b2efe6f21ec3da768a153c4d7e5d35c9c90789ffd550");
      assertThat(CommitCodec.decode(store.read(commit, ObjectType.COMMIT)).generation())
          .isEqualTo(1);
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).isSound()).isTrue();
      try (PackWriter writer = store.begin()) {
        byte[] repeated = "dotfs golden store ".repeat(20).getBytes(StandardCharsets.US_ASCII);
        writer.put(ObjectType.CHUNK, ByteBuffer.wrap(repeated));
        assertThat(writer.statistics().presentObjects()).isEqualTo(1);
        writer.put(ObjectType.CHUNK, ByteBuffer.wrap(new byte[] {7}));
        assertThat(writer.finish().objects()).isEqualTo(1);
      }
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).objects()).isEqualTo(4);
    }
  }
}
