package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BlockBitsTest {
  private static final long BLOCKS = 3L << 20;

  /** Small numbers, numbers beside the ends of pages and groups, and any. */
  private static long block(Random random) {
    long edge = (long) random.nextInt(6) << (random.nextBoolean() ? 9 : 19);
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(40);
      case 1 -> Math.max(0, Math.min(BLOCKS - 1, edge + random.nextInt(5) - 2));
      default -> random.nextLong(BLOCKS);
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreesWithASet(long seed) {
    Random random = new Random(seed);
    BlockBits bits = new BlockBits();
    TreeSet<Long> model = new TreeSet<>();
    for (int step = 0; step < 5000; step++) {
      long block = block(random);
      if (random.nextInt(3) > 0) {
        assertThat(bits.set(block)).isEqualTo(model.add(block));
      } else {
        bits.clear(block);
        model.remove(block);
      }
      long at = block(random);
      assertThat(bits.get(at)).isEqualTo(model.contains(at));
      Long next = model.ceiling(at);
      assertThat(bits.next(at)).isEqualTo(next == null ? -1 : next);
      long last = Math.min(BLOCKS - 1, at + random.nextInt(2000));
      assertThat(bits.any(at, last)).isEqualTo(!model.subSet(at, true, last, true).isEmpty());
      assertThat(bits.count()).isEqualTo(model.size());
    }
    List<Integer> pages = new ArrayList<>();
    bits.copy().forEachPage(pages::add);
    assertThat(pages)
        .isEqualTo(model.stream().map(block -> (int) (block >>> 9)).distinct().toList());
  }
}
