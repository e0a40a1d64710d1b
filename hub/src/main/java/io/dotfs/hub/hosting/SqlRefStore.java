package io.dotfs.hub.hosting;

import io.dotfs.hub.account.HubDatabase;
import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.ref.RefUpdate;
import io.dotfs.objectstore.ref.ReflogEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The refs of one dot in the hub's database. A batch is one transaction under the write lock. */
public final class SqlRefStore implements RefStore {
  private final HubDatabase database;
  private final long dotId;
  private final Clock clock;

  /** The refs of the dot with this row id, which exists. */
  public SqlRefStore(HubDatabase database, long dotId, Clock clock) {
    this.database = database;
    this.dotId = dotId;
    this.clock = clock;
  }

  @Override
  public Optional<ObjectId> get(RefName name) throws StoreException {
    try {
      return database.read(connection -> value(connection, name));
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public SortedMap<RefName, ObjectId> list(String prefix) throws StoreException {
    try {
      return database.read(
          connection -> {
            try (PreparedStatement select =
                connection.prepareStatement(
                    "SELECT name, value FROM refs WHERE dot_id = ?1"
                        + " AND substr(name, 1, length(?2)) = ?2")) {
              select.setLong(1, dotId);
              select.setString(2, prefix);
              SortedMap<RefName, ObjectId> refs = new TreeMap<>();
              try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                  refs.put(new RefName(rows.getString(1)), ObjectId.of(rows.getBytes(2)));
                }
              }
              return refs;
            }
          });
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** Carries a conflict out of a transaction, so that it is rolled back. */
  private static final class Conflict extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient RefConflictException conflict;

    Conflict(RefConflictException conflict) {
      super(conflict);
      this.conflict = conflict;
    }
  }

  @Override
  public void update(List<RefUpdate> batch) throws StoreException {
    Set<RefName> names = new HashSet<>();
    for (RefUpdate update : batch) {
      if (!names.add(update.name())) {
        throw new IllegalArgumentException("ref " + update.name() + " twice in a batch");
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    try {
      database.write(
          connection -> {
            for (RefUpdate update : batch) {
              Optional<ObjectId> now = value(connection, update.name());
              if (!now.equals(update.expected())) {
                throw new Conflict(
                    new RefConflictException(update.name().value(), update.expected(), now));
              }
            }
            Instant time = clock.instant();
            for (RefUpdate update : batch) {
              if (!update.expected().equals(update.next())) {
                apply(connection, update);
                log(connection, update, time);
              }
            }
            return batch.size();
          });
    } catch (Conflict e) {
      throw e.conflict;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public List<ReflogEntry> reflog(RefName name, int limit) throws StoreException {
    try {
      return database.read(
          connection -> {
            try (PreparedStatement select =
                connection.prepareStatement(
                    "SELECT seconds, nanos, before, after, reason FROM reflog"
                        + " WHERE dot_id = ? AND name = ? ORDER BY id DESC LIMIT ?")) {
              select.setLong(1, dotId);
              select.setString(2, name.value());
              select.setInt(3, limit);
              List<ReflogEntry> entries = new ArrayList<>();
              try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                  entries.add(
                      new ReflogEntry(
                          Instant.ofEpochSecond(rows.getLong(1), rows.getLong(2)),
                          Optional.ofNullable(rows.getBytes(3)).map(ObjectId::of),
                          Optional.ofNullable(rows.getBytes(4)).map(ObjectId::of),
                          rows.getString(5)));
                }
              }
              return entries;
            }
          });
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public SortedSet<RefName> logged() throws StoreException {
    try {
      return database.read(
          connection -> {
            try (PreparedStatement select =
                connection.prepareStatement("SELECT DISTINCT name FROM reflog WHERE dot_id = ?")) {
              select.setLong(1, dotId);
              SortedSet<RefName> names = new TreeSet<>();
              try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                  names.add(new RefName(rows.getString(1)));
                }
              }
              return names;
            }
          });
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public void expire(RefName name, Instant before) throws StoreException {
    try {
      database.write(
          connection -> {
            try (PreparedStatement delete =
                connection.prepareStatement(
                    "DELETE FROM reflog WHERE dot_id = ?1 AND name = ?2 AND id <"
                        + " coalesce((SELECT min(id) FROM reflog"
                        + "   WHERE dot_id = ?1 AND name = ?2 AND"
                        + "   (seconds > ?3 OR seconds = ?3 AND nanos >= ?4)),"
                        + "  (SELECT max(id) + (NOT EXISTS (SELECT 1 FROM refs"
                        + "    WHERE dot_id = ?1 AND name = ?2))"
                        + "   FROM reflog WHERE dot_id = ?1 AND name = ?2))")) {
              delete.setLong(1, dotId);
              delete.setString(2, name.value());
              delete.setLong(3, before.getEpochSecond());
              delete.setInt(4, before.getNano());
              return delete.executeUpdate();
            }
          });
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private Optional<ObjectId> value(Connection connection, RefName name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT value FROM refs WHERE dot_id = ? AND name = ?")) {
      select.setLong(1, dotId);
      select.setString(2, name.value());
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(ObjectId.of(rows.getBytes(1))) : Optional.empty();
      }
    }
  }

  private void apply(Connection connection, RefUpdate update) throws SQLException {
    if (update.next().isEmpty()) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM refs WHERE dot_id = ? AND name = ?")) {
        delete.setLong(1, dotId);
        delete.setString(2, update.name().value());
        delete.executeUpdate();
      }
      return;
    }
    try (PreparedStatement put =
        connection.prepareStatement(
            "INSERT INTO refs (dot_id, name, value) VALUES (?, ?, ?)"
                + " ON CONFLICT (dot_id, name) DO UPDATE SET value = excluded.value")) {
      put.setLong(1, dotId);
      put.setString(2, update.name().value());
      put.setBytes(3, update.next().get().toBytes());
      put.executeUpdate();
    }
  }

  private void log(Connection connection, RefUpdate update, Instant time) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO reflog (dot_id, name, seconds, nanos, before, after, reason)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, dotId);
      insert.setString(2, update.name().value());
      insert.setLong(3, time.getEpochSecond());
      insert.setInt(4, time.getNano());
      insert.setObject(5, update.expected().map(ObjectId::toBytes).orElse(null));
      insert.setObject(6, update.next().map(ObjectId::toBytes).orElse(null));
      insert.setString(7, update.reason());
      insert.executeUpdate();
    }
  }

  private static StorageException failed(SQLException e) {
    return new StorageException("the hub's database failed: " + e.getMessage(), true, e);
  }
}
