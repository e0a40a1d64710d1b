package io.dotfs.hub.http;

import io.dotfs.hub.account.Accounts;
import io.dotfs.hub.account.HubDatabase;
import io.dotfs.hub.hosting.HubHost;
import io.dotfs.packstream.receive.ReceiveLimits;
import io.dotfs.packstream.transport.Credentials;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.transport.RemoteUrl;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A hub on loopback with users {@code ann} and {@code bob}, to begin with. */
final class TestHub implements AutoCloseable {
  final Path home;
  final HubDatabase database;
  final Accounts accounts;
  final HubHost dots;
  final HubServer server;
  private final Map<String, String> keys = new HashMap<>();

  TestHub(Path home) throws Exception {
    this(home, ReceiveLimits.DEFAULT);
  }

  TestHub(Path home, ReceiveLimits limits) throws Exception {
    this(home, limits, Optional.empty());
  }

  TestHub(Path home, ServerTls tls) throws Exception {
    this(home, ReceiveLimits.DEFAULT, Optional.of(tls));
  }

  private TestHub(Path home, ReceiveLimits limits, Optional<ServerTls> tls) throws Exception {
    this.home = home;
    SecureRandom random = new SecureRandom();
    database = HubDatabase.open(home);
    accounts = new Accounts(database, Clock.systemUTC(), random);
    dots = new HubHost(database, home, Clock.systemUTC(), random, limits);
    server = HubServer.start(accounts, dots, "127.0.0.1", 0, tls);
    for (String user : new String[] {"ann", "bob"}) {
      addUser(user);
    }
  }

  void addUser(String user) throws Exception {
    accounts.addUser(user);
    keys.put(user, accounts.addKey(user).text());
  }

  int port() {
    return server.address().getPort();
  }

  Credentials credentials(String user) {
    return Credentials.of(user, keys.get(user));
  }

  Remote connect(String user) throws Exception {
    return connect(user, port());
  }

  Remote connect(String user, int port) throws Exception {
    return Remote.open(RemoteUrl.parse(user + "@127.0.0.1:" + port), credentials(user));
  }

  @Override
  public void close() {
    server.close();
    dots.close();
    database.close();
  }
}
