package io.dotfs.hub.http;

import io.dotfs.packstream.testing.RemoteContract;
import io.dotfs.packstream.transport.Remote;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A hub over HTTP keeps to the contract of remotes: for each test a user of its own. */
final class HubRemoteTest extends RemoteContract {
  @TempDir private static Path home;
  private static TestHub hub;
  private static int users;
  private String user = "";

  @BeforeAll
  static void start() throws Exception {
    hub = new TestHub(home);
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  @BeforeEach
  @Override
  protected void openHomes() throws Exception {
    user = "user" + ++users;
    hub.addUser(user);
    super.openHomes();
  }

  @Override
  protected Remote connect() throws Exception {
    return hub.connect(user);
  }
}
