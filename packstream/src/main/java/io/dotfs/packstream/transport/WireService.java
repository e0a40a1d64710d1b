package io.dotfs.packstream.transport;

import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.LimitExceeded;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.receive.DotHost;
import io.dotfs.packstream.wire.FrameEncoder;
import io.dotfs.packstream.wire.MessageCodec;
import io.dotfs.packstream.wire.PackReader;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.WireLimits;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The answering end of a connection: a request's bytes to a question, the answer to bytes. Users
 * have been authenticated by whoever calls. Any number of threads.
 */
public final class WireService {
  private final DotHost host;

  public WireService(DotHost host) {
    this.host = host;
  }

  /**
   * Answers one request.
   *
   * @param user who asks
   * @param request its body; stays the caller's to close
   * @return the answer, made while it is read; to be closed by the caller
   * @throws TransferException a refusal, to be sent with {@code ErrorCodec}
   */
  public InputStream answer(String user, Operation.Target target, InputStream request)
      throws TransferException {
    if (target.operation() == Operation.DOTS) {
      return new ByteArrayInputStream(MessageCodec.encodeDots(host.list(user)));
    }
    DotName dot = target.dot().orElseThrow();
    return switch (target.operation()) {
      case PUSH -> push(user, dot, request);
      case LIST -> list(user, dot, request);
      case FETCH -> fetch(user, dot, request);
      default -> new ByteArrayInputStream(message(user, target.operation(), dot, request));
    };
  }

  private byte[] message(String user, Operation operation, DotName dot, InputStream request)
      throws TransferException {
    try (DotHost.Opened opened = host.forReading(user, dot)) {
      return switch (operation) {
        case REFS -> MessageCodec.encodeRefs(opened.dot().refs(user, opened.writable()));
        case COMMITS -> {
          MessageCodec.CommitsQuery query = MessageCodec.decodeCommitsQuery(whole(request));
          yield MessageCodec.encodeCommits(
              opened.dot().commits(query.from(), query.known(), query.limit()));
        }
        case HAVE -> {
          MessageCodec.HaveQuery query = MessageCodec.decodeHaveQuery(whole(request));
          yield MessageCodec.encodeHave(opened.dot().have(user, query.session(), query.ids()));
        }
        default -> throw new IllegalStateException(operation + " is answered by a stream");
      };
    }
  }

  private InputStream push(String user, DotName dot, InputStream request) throws TransferException {
    try (DotHost.Opened opened = host.forWriting(user, dot)) {
      PushHeader header = MessageCodec.decodePushHeader(framed(request));
      try (PackReader objects = new PackReader(request, dot)) {
        return new ByteArrayInputStream(
            MessageCodec.encodePushReceipt(opened.dot().push(user, header, objects)));
      }
    }
  }

  private InputStream list(String user, DotName dot, InputStream request) throws TransferException {
    DotHost.Opened opened = host.forReading(user, dot);
    try {
      return releasing(
          FrameEncoder.listing(opened.dot().list(MessageCodec.decodeFetchQuery(whole(request)))),
          opened);
    } catch (TransferException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private InputStream fetch(String user, DotName dot, InputStream request)
      throws TransferException {
    DotHost.Opened opened = host.forReading(user, dot);
    try {
      MessageCodec.FetchChoice choice = MessageCodec.decodeFetchChoice(whole(request));
      return releasing(
          FrameEncoder.pack(opened.dot().fetch(choice.query(), choice.selection())), opened);
    } catch (TransferException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static InputStream releasing(InputStream answer, DotHost.Opened opened) {
    return new FilterInputStream(answer) {
      private boolean released;

      @Override
      public void close() throws IOException {
        super.close();
        if (!released) {
          released = true;
          opened.close();
        }
      }
    };
  }

  private static byte[] whole(InputStream request) throws TransferException {
    try {
      byte[] message = request.readNBytes(WireLimits.MAX_MESSAGE_BYTES + 1);
      if (message.length > WireLimits.MAX_MESSAGE_BYTES) {
        throw new LimitExceeded(
            "a message of more than " + WireLimits.MAX_MESSAGE_BYTES + " bytes");
      }
      return message;
    } catch (IOException e) {
      throw new Unreachable("the connection broke", e);
    }
  }

  /** A message with its length before it. */
  private static byte[] framed(InputStream request) throws TransferException {
    try {
      byte[] prefix = request.readNBytes(4);
      int length = prefix.length < 4 ? -1 : ByteBuffer.wrap(prefix).getInt();
      if (length < 0 || length > WireLimits.MAX_MESSAGE_BYTES) {
        throw new CorruptTransfer("a push without a header");
      }
      return request.readNBytes(length);
    } catch (IOException e) {
      throw new Unreachable("the connection broke", e);
    }
  }
}
