package io.dotfs.hub.http;

import io.dotfs.packstream.testing.RemoteContract;
import io.dotfs.packstream.transport.Remote;
import org.junit.jupiter.api.AfterEach;

/** A hub over HTTP keeps to the contract of remotes. */
final class HubRemoteTest extends RemoteContract {
  private TestHub hub;

  @Override
  protected Remote connect() throws Exception {
    if (hub == null) {
      hub = new TestHub(temporary.resolve("hub"));
    }
    return hub.connect("ann");
  }

  @AfterEach
  void stop() {
    hub.close();
  }
}
