package io.dotfs.packstream.wire;

import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.ProtocolMismatch;

/** The first six bytes of everything on the wire. */
final class Envelope {
  /** {@code dotf}. */
  static final int MAGIC = 0x646f7466;

  /** The version that this program writes and reads. */
  static final int VERSION = 1;

  private Envelope() {}

  /**
   * Checks the first six bytes.
   *
   * @throws ProtocolMismatch if the other side speaks something else or another version
   * @throws CorruptTransfer if it says something else than was expected
   */
  static void check(int magic, int version, int kind, MessageKind expected)
      throws TransferException {
    if (magic != MAGIC) {
      throw new ProtocolMismatch("what answers there is no dotfs remote");
    }
    if (version != VERSION) {
      throw new ProtocolMismatch(
          "the remote speaks version %d of the protocol, this program version %d: update the older one"
              .formatted(version, VERSION));
    }
    if (kind != expected.code()) {
      throw new CorruptTransfer("message " + kind + " where " + expected + " was expected");
    }
  }
}
