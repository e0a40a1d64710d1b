package io.dotfs.packstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.Encoding;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.LostCommit;
import io.dotfs.packstream.TransferException.NonFastForward;
import io.dotfs.packstream.TransferException.ProtocolMismatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The wire form, byte for byte. What is under {@code golden/} is never edited. */
final class GoldenTest {
  private static final DotName DOT = new DotName("ann", "shop");

  private static ObjectId id(int fill) {
    byte[] bytes = new byte[32];
    java.util.Arrays.fill(bytes, (byte) fill);
    return ObjectId.of(bytes);
  }

  private static BitSet bits(int... set) {
    BitSet bits = new BitSet();
    for (int bit : set) {
      bits.set(bit);
    }
    return bits;
  }

  private interface Decoder {
    byte[] again(byte[] message) throws TransferException;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Vector(String name, byte[] bytes, Decoder decoder) {}

  private static List<Vector> vectors() throws IOException {
    PushHeader push =
        new PushHeader(
            new SessionId(1, -2),
            List.of(
                new RefUpdate("heads/master", Optional.of(id(1)), id(2), false),
                new RefUpdate("tags/v1", Optional.empty(), id(3), true)),
            5,
            6);
    FetchQuery query = new FetchQuery(List.of(id(1)), List.of(id(2), id(3)));
    return List.of(
        new Vector(
            "dots",
            MessageCodec.encodeDots(List.of(new RemoteDot(DOT, true))),
            m -> MessageCodec.encodeDots(MessageCodec.decodeDots(m))),
        new Vector(
            "refs",
            MessageCodec.encodeRefs(
                new RemoteRefs(new TreeMap<>(Map.of("heads/master", id(1))), true, 7)),
            m -> MessageCodec.encodeRefs(MessageCodec.decodeRefs(m))),
        new Vector(
            "commits-query",
            MessageCodec.encodeCommitsQuery(
                new MessageCodec.CommitsQuery(List.of(id(1)), List.of(id(2)), 9)),
            m -> MessageCodec.encodeCommitsQuery(MessageCodec.decodeCommitsQuery(m))),
        new Vector(
            "commits",
            MessageCodec.encodeCommits(List.of(new byte[] {1, 2, 3})),
            m -> MessageCodec.encodeCommits(MessageCodec.decodeCommits(m))),
        new Vector(
            "have-query",
            MessageCodec.encodeHaveQuery(
                new MessageCodec.HaveQuery(new SessionId(3, 4), List.of(id(1), id(2)))),
            m -> MessageCodec.encodeHaveQuery(MessageCodec.decodeHaveQuery(m))),
        new Vector(
            "have",
            MessageCodec.encodeHave(bits(0, 9)),
            m -> MessageCodec.encodeHave(MessageCodec.decodeHave(m))),
        new Vector(
            "push-header",
            MessageCodec.encodePushHeader(push),
            m -> MessageCodec.encodePushHeader(MessageCodec.decodePushHeader(m))),
        new Vector(
            "push-receipt",
            MessageCodec.encodePushReceipt(new PushReceipt(8, 9)),
            m -> MessageCodec.encodePushReceipt(MessageCodec.decodePushReceipt(m))),
        new Vector(
            "fetch-query",
            MessageCodec.encodeFetchQuery(query),
            m -> MessageCodec.encodeFetchQuery(MessageCodec.decodeFetchQuery(m))),
        new Vector(
            "fetch-choice",
            MessageCodec.encodeFetchChoice(
                new MessageCodec.FetchChoice(query, new FetchSelection(bits(1, 4), 5, 0xcafe))),
            m -> MessageCodec.encodeFetchChoice(MessageCodec.decodeFetchChoice(m))),
        new Vector(
            "error",
            ErrorCodec.encode(
                new NonFastForward(
                    "heads/master", List.of(new LostCommit(id(5), "Ann", "a\tsubject")), true),
                "heads/master"),
            m -> ErrorCodec.encode(ErrorCodec.decode(m, DOT), "heads/master")),
        new Vector("pack", FrameEncoder.pack(objects()).readAllBytes(), GoldenTest::repack),
        new Vector("listing", FrameEncoder.listing(listing()).readAllBytes(), GoldenTest::relist));
  }

  private static StoredObject chunk() {
    ByteBuffer payload = ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII));
    ObjectId id = ObjectHasher.hash(ObjectType.CHUNK, payload);
    return new StoredObject(id, ObjectType.CHUNK, 5, Encoding.RAW, payload);
  }

  private static ObjectSource objects() {
    Iterator<StoredObject> left = List.of(chunk()).iterator();
    return new ObjectSource() {
      @Override
      public Optional<StoredObject> next() {
        return left.hasNext() ? Optional.of(left.next()) : Optional.empty();
      }

      @Override
      public void close() {}
    };
  }

  private static ObjectListing listing() {
    Iterator<ListedObject> left =
        List.of(new ListedObject(id(1), ObjectType.COMMIT, 77)).iterator();
    ListingChecksum checksum = new ListingChecksum();
    return new ObjectListing() {
      @Override
      public Optional<ListedObject> next() {
        Optional<ListedObject> next = left.hasNext() ? Optional.of(left.next()) : Optional.empty();
        next.ifPresent(checksum::add);
        return next;
      }

      @Override
      public int checksum() {
        return checksum.value();
      }

      @Override
      public void close() {}
    };
  }

  private static byte[] repack(byte[] stream) throws TransferException {
    return reencoded(FrameEncoder.pack(new PackReader(new ByteArrayInputStream(stream), DOT)));
  }

  private static byte[] relist(byte[] stream) throws TransferException {
    return reencoded(
        FrameEncoder.listing(new ListingReader(new ByteArrayInputStream(stream), DOT)));
  }

  private static byte[] reencoded(FrameEncoder encoder) throws TransferException {
    byte[] bytes;
    try {
      bytes = encoder.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    if (encoder.failure().isPresent()) {
      throw encoder.failure().get();
    }
    return bytes;
  }

  @TestFactory
  List<DynamicTest> eachVectorIsWrittenAndReadAsEver() throws IOException {
    return vectors().stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.name(),
                    () -> {
                      byte[] golden = golden(vector.name());
                      assertThat(vector.bytes()).isEqualTo(golden);
                      assertThat(vector.decoder().again(golden)).isEqualTo(golden);
                    }))
        .toList();
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/" + name + ".hex")) {
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
  }

  /** Every bit of every message flipped in turn is noticed, and every shorter message. */
  @TestFactory
  List<DynamicTest> noDamagedMessageIsTaken() throws IOException {
    return vectors().stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.name(),
                    () -> {
                      // A pack's stored bytes are held by their object's id, not by its frame.
                      byte[] message = vector.bytes();
                      int stored = vector.name().equals("pack") ? 6 + Frames.OBJECT_BYTES : -1;
                      for (int i = 0; i < message.length * 8; i++) {
                        if (stored >= 0 && i / 8 >= stored && i / 8 < stored + 5) {
                          continue;
                        }
                        byte[] damaged = message.clone();
                        damaged[i / 8] ^= (byte) (1 << i % 8);
                        assertRefused(vector, damaged, "bit " + i);
                      }
                      for (int length = 0; length < message.length; length++) {
                        byte[] cut = java.util.Arrays.copyOf(message, length);
                        assertRefused(vector, cut, "cut to " + length);
                      }
                    }))
        .toList();
  }

  private static void assertRefused(Vector vector, byte[] bytes, String how) {
    assertThatThrownBy(() -> vector.decoder().again(bytes))
        .as(how)
        .isInstanceOf(TransferException.class);
  }

  @Test
  void anotherVersionIsSaidSo() throws IOException {
    byte[] message = golden("refs");
    message[4] = 9;
    assertThatThrownBy(() -> MessageCodec.decodeRefs(message))
        .isInstanceOf(ProtocolMismatch.class)
        .hasMessageContaining("version 9");
    assertThatThrownBy(
            () ->
                MessageCodec.decodeRefs("<html>not found</html>".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ProtocolMismatch.class)
        .hasMessageContaining("no dotfs remote");
  }

  @Test
  void countsBeyondTheLimitAreRefusedBeforeAnythingIsAllocated() {
    byte[] huge =
        new MessageWriter(MessageKind.HAVE_QUERY).u64(0).u64(0).u32(Integer.MAX_VALUE).finish();
    assertThatThrownBy(() -> MessageCodec.decodeHaveQuery(huge))
        .isInstanceOf(TransferException.CorruptTransfer.class);
    byte[] negative = new MessageWriter(MessageKind.FETCH_QUERY).u32(-1).u32(0).finish();
    assertThatThrownBy(() -> MessageCodec.decodeFetchQuery(negative))
        .isInstanceOf(TransferException.CorruptTransfer.class);
    byte[] absent = new MessageWriter(MessageKind.FETCH_QUERY).u32(4096).u32(0).finish();
    assertThatThrownBy(() -> MessageCodec.decodeFetchQuery(absent))
        .isInstanceOf(TransferException.CorruptTransfer.class);
  }

  @Test
  void anObjectLongerThanItsTypeIsRefusedBeforeItIsRead() {
    ByteBuffer header = ByteBuffer.allocate(Frames.OBJECT_BYTES);
    header.put((byte) 1).put((byte) 3).put((byte) 1).put(new byte[32]);
    header.putInt(ObjectType.DIRECTORY_NODE.maxLengthBytes() + 1).putInt(100);
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(header.duplicate().flip());
    header.putInt((int) crc.getValue());
    ByteBuffer stream = ByteBuffer.allocate(6 + header.capacity());
    stream.put(Frames.prelude(MessageKind.PACK_STREAM)).put(header.flip());
    PackReader reader = new PackReader(new ByteArrayInputStream(stream.array()), DOT);
    assertThatThrownBy(reader::next)
        .isInstanceOf(TransferException.CorruptTransfer.class)
        .hasMessageContaining("impossible");
  }
}
