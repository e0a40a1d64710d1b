package io.dotfs.packstream.transport;

import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import java.io.InputStream;
import java.util.Optional;

/** Carries one request to a {@link WireService} and its answer back. One thread at a time. */
interface Exchange extends AutoCloseable {
  /**
   * Sends a request.
   *
   * @param request its body, read to its end unless the other side answers earlier; closed before
   *     this returns
   * @return the answer's body, to be closed by the caller
   * @throws TransferException what the other side refused with, or why it could not be asked
   */
  InputStream call(Operation operation, Optional<DotName> dot, InputStream request)
      throws TransferException;

  @Override
  void close();
}
