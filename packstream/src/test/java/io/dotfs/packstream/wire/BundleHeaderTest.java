package io.dotfs.packstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BundleHeaderTest {
  private static final ObjectId ONE = ObjectId.fromHex("01".repeat(32));
  private static final ObjectId TWO = ObjectId.fromHex("02".repeat(32));
  private static final BundleHeader HEADER =
      new BundleHeader(
          new DotName("admin", "shop"),
          new TreeMap<>(Map.of("heads/master", ONE, "tags/v1", TWO)),
          List.of(TWO, ONE),
          7,
          1L << 40);

  @Test
  void isReadAsItWasWritten() throws Exception {
    assertThat(MessageCodec.decodeBundleHeader(MessageCodec.encodeBundleHeader(HEADER)))
        .isEqualTo(HEADER);
  }

  /** No cut and no flipped bit gives another header, or another failure. */
  @Test
  void damageIsSeen() {
    byte[] good = MessageCodec.encodeBundleHeader(HEADER);
    for (int i = 0; i < good.length; i++) {
      byte[] cut = Arrays.copyOf(good, i);
      assertThatThrownBy(() -> MessageCodec.decodeBundleHeader(cut))
          .isInstanceOf(TransferException.class);
      byte[] flipped = good.clone();
      flipped[i] ^= 4;
      assertThatThrownBy(() -> MessageCodec.decodeBundleHeader(flipped))
          .isInstanceOf(TransferException.class);
    }
  }

  @Test
  void refsAreBranchesAndTags() {
    BundleHeader other =
        new BundleHeader(HEADER.dot(), new TreeMap<>(Map.of("heads/../x", ONE)), List.of(), 0, 0);
    byte[] message = MessageCodec.encodeBundleHeader(other);
    assertThatThrownBy(() -> MessageCodec.decodeBundleHeader(message))
        .isInstanceOf(TransferException.CorruptTransfer.class);
  }
}
