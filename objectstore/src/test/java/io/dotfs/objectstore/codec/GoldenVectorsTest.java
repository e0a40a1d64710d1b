package io.dotfs.objectstore.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The files under {@code golden/v1} are the format: first line the id, then the payload in hex.
 * They are never edited; a new version of the format adds files.
 */
class GoldenVectorsTest {
  private record Golden(ObjectId id, ByteBuffer bytes) {
    byte[] payload() {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return copy;
    }
  }

  static Stream<String> names() {
    return Samples.all().keySet().stream();
  }

  private static Golden golden(String name) throws IOException {
    String file = "/golden/v1/" + name + ".hex";
    try (InputStream in = GoldenVectorsTest.class.getResourceAsStream(file)) {
      assertThat(in).as(file).isNotNull();
      String[] lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n", 2);
      return new Golden(
          ObjectId.fromHex(lines[0]),
          ByteBuffer.wrap(HexFormat.of().parseHex(lines[1].replaceAll("\\s", ""))));
    }
  }

  /** Encodes what a payload decodes to; the canonical form has exactly one way there and back. */
  private static ByteBuffer again(ObjectType type, ByteBuffer payload) throws StoreException {
    return switch (type) {
      case CHUNK -> payload;
      case FILE_NODE -> again(FileNode.decode(payload));
      case DIRECTORY_NODE -> DirectoryCodec.encode(DirectoryCodec.decode(payload));
      case COMMIT -> CommitCodec.encode(CommitCodec.decode(payload));
      case TAG -> TagCodec.encode(TagCodec.decode(payload));
    };
  }

  private static ByteBuffer again(FileNode node) {
    FileNode.Builder builder =
        new FileNode.Builder(node.level(), node.blockLog2(), node.lengthBytes());
    for (int slot = 0; slot < node.slots(); slot++) {
      builder.set(slot, node.child(slot));
    }
    return builder.encode().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("names")
  void encodesAndDecodesAsEver(String name) throws Exception {
    Golden golden = golden(name);
    Samples.Sample sample = Samples.all().get(name);
    assertThat(sample.payload()).isEqualTo(ByteBuffer.wrap(golden.payload()));
    assertThat(ObjectHasher.hash(sample.type(), sample.payload())).isEqualTo(golden.id());
    StrictDecoding.check(sample.type(), ByteBuffer.wrap(golden.payload()));
    assertThat(again(sample.type(), ByteBuffer.wrap(golden.payload())))
        .isEqualTo(ByteBuffer.wrap(golden.payload()));
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyOtherSequenceOfBytesIsRefusedOrIsAnotherValue(String name) throws Exception {
    byte[] good = golden(name).payload();
    ObjectType type = Samples.all().get(name).type();
    for (int i = 0; i < good.length; i++) {
      for (int flip : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 0x7f, 0x81, 0xff}) {
        byte[] bad = good.clone();
        bad[i] ^= (byte) flip;
        checkCanonical(type, bad);
      }
    }
  }

  private static void checkCanonical(ObjectType type, byte[] payload) {
    try {
      assertThat(again(type, ByteBuffer.wrap(payload))).isEqualTo(ByteBuffer.wrap(payload));
    } catch (CorruptObjectException | UnsupportedFormatException e) {
      assertThat(e.getMessage()).isNotBlank();
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void cutOffAndTrailingBytesAreRefused(String name) throws Exception {
    byte[] good = golden(name).payload();
    ObjectType type = Samples.all().get(name).type();
    if (type == ObjectType.CHUNK) {
      return;
    }
    for (int length = 0; length < good.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(good, length));
      assertThatThrownBy(() -> again(type, cut)).isInstanceOf(CorruptObjectException.class);
    }
    ByteBuffer longer = ByteBuffer.wrap(Arrays.copyOf(good, good.length + 1));
    assertThatThrownBy(() -> again(type, longer)).isInstanceOf(CorruptObjectException.class);
  }

  @ParameterizedTest
  @MethodSource("names")
  void newerVersionsAreNamedAsSuch(String name) throws Exception {
    byte[] newer = golden(name).payload();
    ObjectType type = Samples.all().get(name).type();
    if (type == ObjectType.CHUNK) {
      return;
    }
    newer[0] = 2;
    assertThatThrownBy(() -> again(type, ByteBuffer.wrap(newer)))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("newer dm");
  }

  static Stream<Map.Entry<String, String>> hostile() {
    String head = "010001";
    String tail = "01" + "a403" + "0000" + "0000" + "00";
    return Map.of(
        ".", head + "012e" + tail,
        "..", head + "022e2e" + tail,
        "a/b", head + "03612f62" + tail,
        "NUL", head + "03610062" + tail,
        "empty", head + "00" + tail,
        "long length", head + "ffffffffffffffff7f61" + tail,
        "padded number", "01008100" + "0161" + tail,
        "unsorted", "010002" + "0162" + tail + "0161" + tail,
        "twice", "010002" + "0161" + tail + "0161" + tail,
        "count without entries", "0100ff03")
        .entrySet()
        .stream();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileDirectoriesAreRefused(Map.Entry<String, String> hostile) {
    ByteBuffer payload = ByteBuffer.wrap(HexFormat.of().parseHex(hostile.getValue()));
    assertThatThrownBy(() -> DirectoryCodec.decode(payload))
        .isInstanceOf(CorruptObjectException.class);
  }

  @Test
  void thePlainFormOfTheHostileOnesIsFine() throws Exception {
    String plain = "010001" + "0161" + "01" + "a403" + "0000" + "0000" + "00";
    assertThat(DirectoryCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(plain))).size())
        .isEqualTo(1);
  }
}
