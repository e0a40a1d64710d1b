package io.dotfs.objectstore.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FileEditorTest {
  private static final int BLOCK = BlockSize.DEFAULT.bytes();
  private final MemoryObjectStore store = new MemoryObjectStore();
  private final FileReader reader = new FileReader(store);

  /** What a file holds: its size, and the bytes of the blocks that are data. */
  private static final class Model {
    private long size;
    private final TreeMap<Long, byte[]> blocks = new TreeMap<>();

    void truncate(long newSize) {
      long oldSize = size;
      size = newSize;
      long count = BlockSize.DEFAULT.count(newSize);
      blocks.tailMap(count, true).clear();
      if (oldSize == newSize || blocks.isEmpty()) {
        return;
      }
      long last = BlockSize.DEFAULT.indexOf(Math.min(oldSize, newSize) - 1);
      byte[] block = blocks.get(last);
      if (block != null) {
        blocks.put(last, Arrays.copyOf(block, BlockSize.DEFAULT.lengthOf(last, newSize)));
      }
    }

    FileContent build(MemoryObjectStore store) throws StoreException {
      FileEditor editor = FileEditor.edit(store, store, FileContent.EMPTY, size);
      for (var block : blocks.entrySet()) {
        editor.data(block.getKey(), ByteBuffer.wrap(block.getValue()));
      }
      return editor.finish();
    }

    byte byteAt(long offset) {
      byte[] block = blocks.get(BlockSize.DEFAULT.indexOf(offset));
      return block == null ? 0 : block[(int) (offset % BLOCK)];
    }
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i += 97) {
      bytes[i] = (byte) random.nextInt();
    }
    return bytes;
  }

  /** Random histories of resizes, writes and holes: the map is the one built from nothing. */
  @Property(tries = 100)
  void oneContentHasOneId(@ForAll long seed) throws StoreException {
    Random random = new Random(seed);
    Model model = new Model();
    FileContent file = FileContent.EMPTY;
    for (int step = 0; step < 8; step++) {
      long kept = Long.MAX_VALUE;
      for (int i = random.nextInt(3); i > 0; i--) {
        long size =
            switch (random.nextInt(5)) {
              case 0 -> random.nextInt(3 * BLOCK);
              case 1 -> random.nextInt(200) * (long) BLOCK;
              case 2 -> random.nextInt(5000) * (long) BLOCK + random.nextInt(BLOCK);
              case 3 -> random.nextLong() >>> (1 + random.nextInt(40));
              default -> model.size;
            };
        kept = Math.min(kept, size);
        model.truncate(size);
      }
      FileEditor editor =
          FileEditor.edit(store, store, file, new Resize(Math.min(kept, model.size), model.size));
      long blocks = BlockSize.DEFAULT.count(model.size);
      long at = 0;
      for (int i = random.nextInt(6); i > 0 && at < blocks; i--) {
        at += random.nextBoolean() ? random.nextInt(4) : (long) (random.nextDouble() * 5000);
        if (at >= blocks) {
          break;
        }
        if (random.nextInt(3) == 0) {
          long count = 1 + (long) (random.nextDouble() * Math.min(10_000, blocks - at));
          count = Math.min(count, blocks - at);
          editor.hole(at, count);
          model.blocks.subMap(at, at + count).clear();
          at += count;
        } else {
          byte[] data = bytes(random, BlockSize.DEFAULT.lengthOf(at, model.size));
          editor.data(at, ByteBuffer.wrap(data));
          model.blocks.put(at, data);
          at++;
        }
      }
      file = editor.finish();
      assertThat(file).as("step %d", step).isEqualTo(model.build(store));
      check(model, file, random);
    }
  }

  private void check(Model model, FileContent file, Random random) throws StoreException {
    for (int i = 0; i < 10 && model.size > 0; i++) {
      long offset = (long) (random.nextDouble() * model.size);
      if (random.nextBoolean() && !model.blocks.isEmpty()) {
        long block = model.blocks.floorKey(model.blocks.lastKey());
        offset = Math.min(model.size - 1, block * BLOCK + random.nextInt(BLOCK));
      }
      ByteBuffer target = ByteBuffer.allocate(random.nextInt(3 * BLOCK));
      Arrays.fill(target.array(), (byte) 99);
      int read = reader.read(file, offset, target);
      assertThat((long) read).isEqualTo(Math.min(target.capacity(), model.size - offset));
      for (int j = 0; j < read; j += 1 + j / 7) {
        assertThat(target.get(j)).isEqualTo(model.byteAt(offset + j));
      }
      checkExtents(model, file, offset);
    }
  }

  private void checkExtents(Model model, FileContent file, long offset) throws StoreException {
    long block = BlockSize.DEFAULT.indexOf(offset);
    Long next = model.blocks.ceilingKey(block);
    long nextData = next == null ? model.size : Math.max(offset, next * BLOCK);
    assertThat(reader.nextData(file, offset)).isEqualTo(nextData);
    long hole = block;
    while (model.blocks.containsKey(hole)) {
      hole++;
    }
    assertThat(reader.nextHole(file, offset))
        .isEqualTo(Math.min(model.size, Math.max(offset, hole * BLOCK)));
    Extent extent = reader.extentAt(file, offset);
    assertThat(extent.isHole()).isEqualTo(!model.blocks.containsKey(block));
    if (extent.isHole()) {
      Long before = model.blocks.floorKey(block);
      assertThat(extent.offsetBytes()).isEqualTo(before == null ? 0 : (before + 1) * BLOCK);
      assertThat(extent.endBytes()).isEqualTo(nextData);
    } else {
      assertThat(extent.offsetBytes()).isEqualTo(block * BLOCK);
    }
  }

  @Test
  void aChangedPageOfAGibibyteCostsOneChunkAndAFewNodes() throws Exception {
    long size = 1L << 30;
    Random random = new Random(7);
    FileEditor first = FileEditor.edit(store, store, FileContent.EMPTY, size);
    for (long block = 0; block < size / BLOCK; block++) {
      byte[] page = new byte[BLOCK];
      page[0] = (byte) block;
      page[1] = (byte) (block >> 8);
      first.data(block, ByteBuffer.wrap(page));
    }
    FileContent file = first.finish();
    var before = store.ids();
    FileEditor second = FileEditor.edit(store, store, file, size);
    second.data(54_321, ByteBuffer.wrap(bytes(random, BLOCK)));
    FileContent changed = second.finish();
    long added = 0;
    for (ObjectId id : store.ids()) {
      if (!before.contains(id)) {
        added += store.info(id).orElseThrow().lengthBytes();
      }
    }
    assertThat(changed).isNotEqualTo(file);
    assertThat(added).isLessThan(40 << 10);
  }

  @Test
  void aFileOfOneBlockIsItsChunkAndAnUntouchedEditIsTheBase() throws Exception {
    byte[] text = "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    FileEditor editor = FileEditor.edit(store, store, FileContent.EMPTY, 5);
    editor.data(0, ByteBuffer.wrap(text));
    FileContent file = editor.finish();
    assertThat(store.info(file.root().orElseThrow()).orElseThrow().type())
        .isEqualTo(ObjectType.CHUNK);
    assertThat(FileEditor.edit(store, store, file, 5).finish()).isEqualTo(file);
    assertThat(FileEditor.edit(store, store, file, 0).finish()).isEqualTo(FileContent.EMPTY);
    assertThat(FileEditor.edit(store, store, file, new Resize(0, 5)).finish())
        .isEqualTo(FileContent.hole(5));
  }

  @Test
  void zerosAreDataAndHolesAreHoles() throws Exception {
    FileEditor editor = FileEditor.edit(store, store, FileContent.EMPTY, 2L * BLOCK);
    editor.data(1, ByteBuffer.allocate(BLOCK));
    FileContent file = editor.finish();
    assertThat(file).isNotEqualTo(FileContent.hole(2L * BLOCK));
    assertThat(reader.nextData(file, 0)).isEqualTo(BLOCK);
  }

  @Test
  void aMissingChunkIsAnErrorNeverZeros() throws Exception {
    FileEditor editor = FileEditor.edit(store, store, FileContent.EMPTY, 3L * BLOCK);
    editor.data(1, ByteBuffer.wrap(bytes(new Random(1), BLOCK)));
    FileContent file = editor.finish();
    Optional<ObjectId> chunk = reader.extentAt(file, BLOCK).chunk();
    store.remove(chunk.orElseThrow());
    assertThatThrownBy(() -> reader.read(file, 0, ByteBuffer.allocate(3 * BLOCK)))
        .isInstanceOf(MissingObjectException.class);
  }

  @Test
  void blocksMustAscendAndFit() throws Exception {
    FileEditor editor = FileEditor.edit(store, store, FileContent.EMPTY, 3L * BLOCK + 1);
    editor.data(1, ByteBuffer.allocate(BLOCK));
    assertThatThrownBy(() -> editor.data(1, ByteBuffer.allocate(BLOCK)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> editor.data(3, ByteBuffer.allocate(BLOCK)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> editor.hole(3, 2)).isInstanceOf(IllegalArgumentException.class);
  }
}
