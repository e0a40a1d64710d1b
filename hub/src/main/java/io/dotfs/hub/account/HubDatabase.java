package io.dotfs.hub.account;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The hub's SQLite database, {@code HOME/hub.db}, brought to this program's schema when it is
 * opened.
 *
 * <p>Write-ahead log, synced at every commit; transactions take the write lock when they begin and
 * wait up to ten seconds for it, so that {@code dm hub user} works beside a running hub. Any number
 * of threads.
 */
public final class HubDatabase implements AutoCloseable {
  private static final int BUSY_MILLIS = 10_000;
  private static final int CONNECTIONS = 8;
  private final HikariDataSource pool;

  private HubDatabase(HikariDataSource pool) {
    this.pool = pool;
  }

  /**
   * Opens, and creates if need be, the database of a hub's home. The home is made with mode 0700.
   *
   * @throws HubException if it cannot be used, or was written by a newer program
   */
  public static HubDatabase open(Path home) throws HubException {
    try {
      if (!Files.isDirectory(home)) {
        Files.createDirectories(
            home,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new HubException("cannot make " + home + ": " + e.getMessage(), e);
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    SQLiteDataSource sqlite = new SQLiteDataSource(config);
    sqlite.setUrl("jdbc:sqlite:" + home.resolve("hub.db"));
    HikariConfig hikari = new HikariConfig();
    hikari.setDataSource(sqlite);
    hikari.setMaximumPoolSize(CONNECTIONS);
    hikari.setMinimumIdle(1);
    hikari.setPoolName("hub");
    HikariDataSource pool;
    try {
      pool = new HikariDataSource(hikari);
    } catch (RuntimeException e) {
      throw new HubException("cannot open the database in " + home + ": " + e.getMessage(), e);
    }
    try {
      migrate(home, pool);
    } catch (FlywayException | IOException e) {
      pool.close();
      throw new HubException("the database in " + home + " is not usable: " + e.getMessage(), e);
    }
    return new HubDatabase(pool);
  }

  /** One process at a time, so that two that start together do not both make the tables. */
  private static synchronized void migrate(Path home, HikariDataSource pool) throws IOException {
    try (FileChannel file =
            FileChannel.open(
                home.resolve("migrate.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      if (!lock.isValid()) {
        throw new IOException("the lock was lost");
      }
      Flyway.configure()
          .dataSource(pool)
          .locations("classpath:io/dotfs/hub/migrations")
          .load()
          .migrate();
    }
  }

  /** Work within one transaction. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * Runs {@code work} in a transaction that begins with the write lock; durable on return.
   *
   * @throws SQLException what {@code work} threw, after everything was rolled back
   */
  public <T> T write(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T value = work.run(connection);
        connection.commit();
        return value;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /** Runs {@code work} on one connection; each statement sees a state of its own. */
  public <T> T read(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(true);
      return work.run(connection);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
