package io.dotfs.objectstore.diff;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.chunk.FileEditor;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.BigTree;
import io.dotfs.objectstore.fixture.CountingReader;
import io.dotfs.objectstore.fixture.ModelTree;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileDiffTest {
  private static final int BLOCK = ModelTree.BLOCK;

  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final CountingReader counting = new CountingReader(objects);
  private final TreeDiff diff = new TreeDiff(counting);

  /** A file of blocks made from numbers, 0 for a hole. */
  private FileContent file(int[] blocks, int lastBytes) throws StoreException {
    long size = blocks.length == 0 ? 0 : (blocks.length - 1L) * BLOCK + lastBytes;
    FileEditor editor = FileEditor.edit(objects, objects, FileContent.EMPTY, size);
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i] != 0) {
        int length = i + 1 == blocks.length ? lastBytes : BLOCK;
        editor.data(i, ModelTree.block(blocks[i], length));
      }
    }
    return editor.finish();
  }

  /** Block by block: what differs counts as far as both files reach, the rest in whole. */
  private long naive(FileContent before, FileContent after) throws StoreException {
    long common = Math.min(before.sizeBytes(), after.sizeBytes());
    long sum = Math.max(before.sizeBytes(), after.sizeBytes()) - common;
    FileReader reader = new FileReader(objects);
    for (long at = 0; at < common; at += BLOCK) {
      Optional<ObjectId> old = reader.extentAt(before, at).chunk();
      Optional<ObjectId> now = reader.extentAt(after, at).chunk();
      sum += old.equals(now) ? 0 : Math.min(BLOCK, common - at);
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void countsWhatAComparisonBlockByBlockCounts(long seed) throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      int[] blocks = random.ints(random.nextInt(seed % 2 == 0 ? 6 : 300), 0, 5).toArray();
      int[] others = Arrays.copyOf(blocks, random.nextInt(blocks.length + 70));
      for (int i = random.nextInt(6); i > 0 && others.length > 0; i--) {
        others[random.nextInt(others.length)] = random.nextInt(50);
      }
      FileContent before = file(blocks, 1 + random.nextInt(BLOCK));
      FileContent after = file(others, random.nextBoolean() ? BLOCK : 1 + random.nextInt(BLOCK));
      assertThat(diff.changedBytes(before, after))
          .as("seed %s round %s", seed, round)
          .isEqualTo(naive(before, after));
      assertThat(diff.changedBytes(after, before)).isEqualTo(naive(after, before));
      assertThat(diff.changedBytes(before, before)).isZero();
    }
  }

  @Test
  void onePageOfAGibibyteIsFoundByOnePath() throws Exception {
    FileContent before = BigTree.file(objects, 1L << 30);
    FileContent after = BigTree.rewrite(objects, before, (1L << 30) + 5, 777);
    counting.reset();
    // The block that was changed, and the five bytes behind the end.
    assertThat(diff.changedBytes(before, after)).isEqualTo(BLOCK + 5);
    assertThat(counting.reads()).isLessThan(20);
  }

  @Test
  void wholeHolesCostNothing() throws Exception {
    FileContent hole = FileContent.hole(1L << 40);
    assertThat(diff.changedBytes(hole, FileContent.hole(1L << 41))).isEqualTo(1L << 40);
    FileContent page = BigTree.rewrite(objects, hole, 1L << 40, 1L << 20);
    assertThat(diff.changedBytes(hole, page)).isEqualTo(BLOCK);
    assertThat(diff.changedBytes(FileContent.EMPTY, page)).isEqualTo(1L << 40);
  }

  /** The same bytes in blocks of twice the size, with a few that differ. */
  @Test
  void differentChunkingsAreComparedByTheirBytes() throws Exception {
    FileContent before = BigTree.file(objects, 40L * BLOCK + 100);
    byte[] bytes = new byte[(int) before.sizeBytes()];
    new FileReader(objects).read(before, 0, ByteBuffer.wrap(bytes));
    assertThat(diff.changedBytes(before, inBlocksOf(15, bytes))).isZero();
    bytes[17] ^= 1;
    bytes[20 * BLOCK] ^= 1;
    bytes[bytes.length - 1] ^= 1;
    assertThat(diff.changedBytes(before, inBlocksOf(15, bytes))).isEqualTo(3);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1000);
    assertThat(diff.changedBytes(before, inBlocksOf(15, longer))).isEqualTo(1003);
    // One chunk that is longer than the other's blocks.
    byte[] two = Arrays.copyOf(bytes, 2 * BLOCK);
    ObjectId chunk = objects.put(ObjectType.CHUNK, ByteBuffer.wrap(two));
    FileContent single = new FileContent(two.length, Optional.of(chunk));
    assertThat(diff.changedBytes(before, single)).isEqualTo(before.sizeBytes() - two.length + 1);
  }

  private FileContent inBlocksOf(int blockLog2, byte[] bytes) {
    FileNode.Builder node = new FileNode.Builder(0, blockLog2, bytes.length);
    for (int slot = 0; slot < node.slots(); slot++) {
      int from = slot << blockLog2;
      int length = Math.min(1 << blockLog2, bytes.length - from);
      node.set(
          slot, Optional.of(objects.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes, from, length))));
    }
    return new FileContent(
        bytes.length, node.encode().map(payload -> objects.put(ObjectType.FILE_NODE, payload)));
  }
}
