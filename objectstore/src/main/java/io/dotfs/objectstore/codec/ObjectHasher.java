package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Computes ids: SHA-256 over the type's code (one byte), the payload's length (eight bytes,
 * big-endian) and the payload. Uses the JDK's digest, which uses the processor's instructions; one
 * per thread.
 */
public final class ObjectHasher {
  private static final int HEADER_BYTES = 1 + Long.BYTES;
  private static final ThreadLocal<ObjectHasher> PER_THREAD =
      ThreadLocal.withInitial(ObjectHasher::new);

  private final MessageDigest digest = sha256();
  private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
  private final byte[] result = new byte[ObjectId.BYTES];

  private ObjectHasher() {}

  /** A new SHA-256 digest. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The id of {@code payload}, read from position to limit; its position stays. */
  public static ObjectId hash(ObjectType type, ByteBuffer payload) {
    return PER_THREAD.get().compute(type, payload);
  }

  private ObjectId compute(ObjectType type, ByteBuffer payload) {
    header.clear().put((byte) type.code()).putLong(payload.remaining());
    digest.update(header.array());
    if (payload.hasArray()) {
      digest.update(
          payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
    } else {
      digest.update(payload.duplicate());
    }
    try {
      digest.digest(result, 0, result.length);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", e);
    }
    return ObjectId.of(result);
  }
}
