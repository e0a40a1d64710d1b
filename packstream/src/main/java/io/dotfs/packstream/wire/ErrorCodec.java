package io.dotfs.packstream.wire;

import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.Incomplete;
import io.dotfs.packstream.TransferException.LimitExceeded;
import io.dotfs.packstream.TransferException.LostCommit;
import io.dotfs.packstream.TransferException.NonFastForward;
import io.dotfs.packstream.TransferException.PermissionDenied;
import io.dotfs.packstream.TransferException.ProtocolMismatch;
import io.dotfs.packstream.TransferException.RefConflict;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.TransferException.UnknownDot;
import io.dotfs.packstream.TransferException.UnknownRef;
import java.util.ArrayList;
import java.util.List;

/**
 * A refusal to bytes and back. Codes are part of the format. What a remote wrote is shown only with
 * its control characters replaced and cut to a line.
 */
public final class ErrorCodec {
  private static final int MAX_LOST = 256;
  private static final int MAX_LINE_CHARS = 500;

  private ErrorCodec() {}

  /**
   * The message for a refusal.
   *
   * @param error what the other side shall throw
   * @param ref the ref that it is about, or an empty text
   */
  public static byte[] encode(TransferException error, String ref) {
    MessageWriter out = new MessageWriter(MessageKind.ERROR).u8(code(error)).text(ref);
    out.text(cut(String.valueOf(error.getMessage())));
    if (error instanceof NonFastForward diverged) {
      List<LostCommit> lost =
          diverged.lost().subList(0, Math.min(diverged.lost().size(), MAX_LOST));
      out.u32(lost.size());
      for (LostCommit commit : lost) {
        out.id(commit.id()).text(cut(commit.author())).text(cut(commit.subject()));
      }
      out.flag(diverged.more() || lost.size() < diverged.lost().size());
    }
    return out.finish();
  }

  /** The code in the message. */
  private static int code(TransferException error) {
    if (error instanceof PermissionDenied) {
      return 1;
    } else if (error instanceof UnknownDot) {
      return 2;
    } else if (error instanceof UnknownRef) {
      return 3;
    } else if (error instanceof NonFastForward) {
      return 4;
    } else if (error instanceof RefConflict) {
      return 5;
    } else if (error instanceof CorruptTransfer) {
      return 6;
    } else if (error instanceof Incomplete) {
      return 7;
    } else if (error instanceof ProtocolMismatch) {
      return 8;
    } else if (error instanceof LimitExceeded) {
      return 9;
    }
    return 10;
  }

  /**
   * Rebuilds a refusal.
   *
   * @param message its bytes
   * @param dot the dot that was asked about
   * @return what to throw
   * @throws TransferException if {@code message} is no refusal
   */
  public static TransferException decode(byte[] message, DotName dot) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.ERROR,
        in -> {
          int code = in.u8();
          String ref = cut(in.text());
          String text = cut(in.text());
          return switch (code) {
            case 1 -> new PermissionDenied(text);
            case 2 -> new UnknownDot(dot);
            case 3 -> new UnknownRef(dot, ref);
            case 4 -> diverged(in, ref);
            case 5 -> new RefConflict(ref);
            case 6 -> new CorruptTransfer(text);
            case 7 -> new Incomplete(text);
            case 8 -> new ProtocolMismatch(text);
            case 9 -> new LimitExceeded(text);
            default -> new RemoteFailure(text);
          };
        });
  }

  private static NonFastForward diverged(MessageReader in, String ref) {
    int count = in.count(MAX_LOST);
    List<LostCommit> lost = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lost.add(new LostCommit(in.id(), cut(in.text()), cut(in.text())));
    }
    return new NonFastForward(ref, lost, in.flag());
  }

  /** One printable line of bounded length. */
  private static String cut(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MAX_LINE_CHARS)
        .map(
            point ->
                Character.isISOControl(point) || point == 0x2028 || point == 0x2029 ? '?' : point)
        .forEach(line::appendCodePoint);
    return line.toString();
  }
}
