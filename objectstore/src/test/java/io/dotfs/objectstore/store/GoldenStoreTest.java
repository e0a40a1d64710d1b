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
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store as each version wrote it is opened, checked and extended. Its files are never edited. */
class GoldenStoreTest {
  private static final String PACK =
      "pack-e3d29609f5e3d93f73c156fa24458cfab6ca9364287aec69095833be50078638";

  private static final String BASE_PACK =
      "pack-6ecc5226c4b31a591a17848f49082a48994eeddac5ea072f450129a11afa2970";
  private static final String DELTA_PACK =
      "pack-ea352443e774ccad9407b6df9d504a1df666203b98e7b4f11fc20d9a5f323ec6";

  @TempDir private Path directory;

  private void unpack(String version, String name) throws Exception {
    String file = "/golden/" + version + "/store/" + name + ".hex";
    try (InputStream in = GoldenStoreTest.class.getResourceAsStream(file)) {
      assertThat(in).as(file).isNotNull();
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      Files.write(directory.resolve(name), HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }
  }

  @Test
  void version1IsReadVerifiedAndExtended() throws Exception {
    unpack("v1", PACK + ".pack");
    unpack("v1", PACK + ".idx");
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

  @Test
  void version2WithADeltaIsReadVerifiedAndExtended() throws Exception {
    for (String pack : new String[] {BASE_PACK, DELTA_PACK}) {
      unpack("v2", pack + ".pack");
      unpack("v2", pack + ".idx");
    }
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId base =
          ObjectId.fromHex("d0b3f43abae0169d7468c538b57fb502700e55e318cf6d20fbd20516bbcd56a6");
      ObjectId delta =
          ObjectId.fromHex("c67e14de69c68d9f4dbd0ef7753a030310f3582021a0c1d35eface9e0a92f6ac");
      assertThat(store.basesOf(delta)).containsExactly(base);
      String rows =
          IntStream.range(0, 40)
              .mapToObj(i -> "row " + i * i * 7919 + " of a golden table\n")
              .collect(Collectors.joining());
      assertThat(StandardCharsets.US_ASCII.decode(store.read(base, ObjectType.CHUNK)).toString())
          .isEqualTo(rows);
      assertThat(StandardCharsets.US_ASCII.decode(store.read(delta, ObjectType.CHUNK)).toString())
          .isEqualTo(rows.replace("row 126704 of", "row 126704 of, changed,"));
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).isSound()).isTrue();
      try (PackWriter writer = store.begin()) {
        byte[] more = (rows + "and one more\n").getBytes(StandardCharsets.US_ASCII);
        ObjectId next = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(more), Optional.of(delta));
        writer.finish();
        assertThat(store.basesOf(next)).containsExactly(base);
      }
    }
  }
}
