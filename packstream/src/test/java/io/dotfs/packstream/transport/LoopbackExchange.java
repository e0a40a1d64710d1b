package io.dotfs.packstream.transport;

import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.receive.DotHost;
import io.dotfs.packstream.wire.ErrorCodec;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A connection without a network: everything takes its form on the wire, and a fault may get at the
 * bytes on their way.
 */
final class LoopbackExchange implements Exchange {
  private final WireService service;
  private final String user;
  private final Fault fault;

  /** Gets at the bytes of one direction. */
  interface Fault {
    InputStream request(Operation operation, InputStream bytes);

    InputStream answer(Operation operation, InputStream bytes);
  }

  static final Fault NONE =
      new Fault() {
        @Override
        public InputStream request(Operation operation, InputStream bytes) {
          return bytes;
        }

        @Override
        public InputStream answer(Operation operation, InputStream bytes) {
          return bytes;
        }
      };

  LoopbackExchange(DotHost host, String user, Fault fault) {
    this.service = new WireService(host);
    this.user = user;
    this.fault = fault;
  }

  @Override
  public InputStream call(Operation operation, Optional<DotName> dot, InputStream request)
      throws TransferException {
    Optional<Operation.Target> target = Operation.parse(operation.method(), operation.path(dot));
    try (InputStream body = fault.request(operation, request)) {
      return fault.answer(operation, service.answer(user, target.orElseThrow(), body));
    } catch (Unreachable e) {
      throw e;
    } catch (TransferException e) {
      String ref = e instanceof TransferException.RefConflict conflict ? conflict.ref() : "";
      if (e instanceof TransferException.NonFastForward diverged) {
        ref = diverged.ref();
      }
      throw ErrorCodec.decode(ErrorCodec.encode(e, ref), dot.orElse(new DotName("none", "none")));
    } catch (IOException e) {
      CorruptTransfer corrupt = new CorruptTransfer("closing");
      corrupt.initCause(e);
      throw corrupt;
    }
  }

  @Override
  public void close() {}
}
