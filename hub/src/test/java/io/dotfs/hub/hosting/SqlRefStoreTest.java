package io.dotfs.hub.hosting;

import io.dotfs.hub.account.HubDatabase;
import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.ref.RefStoreContract;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The hub's refs keep to the contract of ref stores. */
final class SqlRefStoreTest extends RefStoreContract {
  @TempDir private Path home;
  private final List<HubDatabase> open = new ArrayList<>();

  @Override
  protected RefStore create() throws Exception {
    HubDatabase database = open();
    database.write(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO dots (id, namespace, name, created_at) VALUES (1, 'a', 'b', 0)")) {
            return insert.executeUpdate();
          }
        });
    return new SqlRefStore(database, 1, Clock.systemUTC());
  }

  @Override
  protected RefStore reopen(RefStore store) throws Exception {
    open.get(open.size() - 1).close();
    return new SqlRefStore(open(), 1, Clock.systemUTC());
  }

  private HubDatabase open() throws Exception {
    HubDatabase database = HubDatabase.open(home);
    open.add(database);
    return database;
  }

  @AfterEach
  void closeAll() {
    open.forEach(HubDatabase::close);
  }
}
