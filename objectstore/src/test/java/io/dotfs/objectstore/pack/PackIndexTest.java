package io.dotfs.objectstore.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.Encoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackIndexTest {
  private static final ObjectId HASH = ObjectId.of(new byte[ObjectId.BYTES]);

  @TempDir private Path directory;

  private static List<PackRecord> records(int count) {
    Random random = new Random(count);
    List<PackRecord> records = new ArrayList<>();
    long offset = PackFormat.PACK_HEADER_BYTES;
    for (int i = 0; i < count; i++) {
      byte[] id = new byte[ObjectId.BYTES];
      random.nextBytes(id);
      if (i % 3 == 0) {
        // Many ids that differ only behind the first eight bytes.
        Arrays.fill(id, 0, 9, (byte) 0x77);
      }
      PackRecord record =
          new PackRecord(
              ObjectId.of(id),
              offset,
              random.nextInt(),
              ObjectType.CHUNK,
              Encoding.ZSTD,
              100 + i,
              50);
      records.add(record);
      offset = record.endOffset();
    }
    records.sort(Comparator.comparing(PackRecord::id));
    return records;
  }

  private static long packBytes(List<PackRecord> records) {
    return PackFormat.PACK_HEADER_BYTES + 98L * records.size() + PackFormat.PACK_TRAILER_BYTES;
  }

  private Path write(byte[] bytes) throws Exception {
    return Files.write(directory.resolve("pack-x.idx"), bytes);
  }

  private static byte[] encode(List<PackRecord> records) {
    ByteBuffer encoded = PackIndex.encode(records, packBytes(records), HASH);
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  @Test
  void whatIsInIsFoundAndWhatIsNotIsNot() throws Exception {
    for (int count : new int[] {0, 1, 2, 1000}) {
      List<PackRecord> records = records(count);
      PackIndex index = PackIndex.open(write(encode(records)));
      assertThat(index.count()).isEqualTo(count);
      for (int i = 0; i < count; i++) {
        ObjectId id = records.get(i).id();
        assertThat(index.indexOf(id)).isEqualTo(i);
        assertThat(index.recordAt(i)).isEqualTo(records.get(i));
        byte[] other = id.toBytes();
        other[ObjectId.BYTES - 1] ^= 1;
        assertThat(index.indexOf(ObjectId.of(other))).isEqualTo(-1);
      }
      assertThat(index.indexOf(HASH)).isEqualTo(-1);
      assertThat(index.lowerBound(HASH)).isZero();
    }
  }

  @Test
  void everyFlippedByteAndEveryTruncationIsNoticedWhenItIsOpened() throws Exception {
    byte[] good = encode(records(5));
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << (i % 8));
      Path flipped = write(bad);
      assertThatThrownBy(() -> PackIndex.open(flipped)).isInstanceOf(CorruptObjectException.class);
      Path cut = write(Arrays.copyOf(good, i));
      assertThatThrownBy(() -> PackIndex.open(cut)).isInstanceOf(CorruptObjectException.class);
    }
  }

  @Test
  void aNewerVersionIsNamedAsSuch() throws Exception {
    ByteBuffer newer = ByteBuffer.wrap(encode(records(5))).order(ByteOrder.LITTLE_ENDIAN);
    newer.putInt(8, PackFormat.VERSION + 1);
    CRC32C crc = new CRC32C();
    crc.update(newer.array(), 0, newer.limit() - PackFormat.INDEX_TRAILER_BYTES);
    newer.putInt(newer.limit() - PackFormat.INDEX_TRAILER_BYTES, (int) crc.getValue());
    Path file = write(newer.array());
    assertThatThrownBy(() -> PackIndex.open(file))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("newer dm");
  }
}
