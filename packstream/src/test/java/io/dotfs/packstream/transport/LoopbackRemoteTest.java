package io.dotfs.packstream.transport;

import io.dotfs.packstream.receive.DirectoryHost;
import io.dotfs.packstream.testing.RemoteContract;

final class LoopbackRemoteTest extends RemoteContract {
  @Override
  protected Remote connect() {
    return new WireRemote(
        new LoopbackExchange(
            new DirectoryHost(temporary.resolve("remote")), "ann", LoopbackExchange.NONE),
        "ann");
  }
}
