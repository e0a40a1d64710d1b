package io.dotfs.hub.account;

import io.dotfs.packstream.DotName;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Users, their keys, and grants. Any number of threads; what returned is durable. Every method
 * throws {@link HubException} with a line for the terminal when the thing named is not there, is
 * there already, or the database fails.
 */
public final class Accounts {
  private final HubDatabase database;
  private final Clock clock;
  private final SecureRandom random;

  public Accounts(HubDatabase database, Clock clock, SecureRandom random) {
    this.database = database;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A user.
   *
   * @param keys how many keys are valid
   */
  public record User(String name, Instant created, int keys) {}

  /**
   * A key, without its secret.
   *
   * @param id for {@link #removeKey}
   */
  public record Key(long id, Instant created) {}

  /** A grant. */
  public record Grant(String user, Access access) {}

  public void addUser(String name) throws HubException {
    requireName(name);
    int rows =
        change(
            "INSERT INTO users (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            name,
            clock.instant().getEpochSecond());
    if (rows == 0) {
      throw new HubException("user " + name + " exists already");
    }
  }

  public List<User> users() throws HubException {
    return query(
        "SELECT name, created_at, (SELECT count(*) FROM api_keys WHERE user_id = users.id)"
            + " FROM users ORDER BY name",
        row -> new User(row.getString(1), Instant.ofEpochSecond(row.getLong(2)), row.getInt(3)));
  }

  /** Removes a user with keys and grants; dots stay, for whom they are granted to. */
  public void removeUser(String name) throws HubException {
    if (change("DELETE FROM users WHERE name = ?", name) == 0) {
      throw noUser(name);
    }
  }

  /** Makes a key; this is the only time that anybody sees it. */
  public ApiKey addKey(String user) throws HubException {
    ApiKey key = ApiKey.random(random);
    int rows =
        change(
            "INSERT INTO api_keys (user_id, sha256, created_at)"
                + " SELECT id, ?, ? FROM users WHERE name = ?",
            key.digest(),
            clock.instant().getEpochSecond(),
            user);
    if (rows == 0) {
      throw noUser(user);
    }
    return key;
  }

  public List<Key> keys(String user) throws HubException {
    requireUser(user);
    return query(
        "SELECT api_keys.id, api_keys.created_at FROM api_keys"
            + " JOIN users ON users.id = user_id WHERE users.name = ? ORDER BY api_keys.id",
        row -> new Key(row.getLong(1), Instant.ofEpochSecond(row.getLong(2))),
        user);
  }

  /** Removes a key; requests with it are refused from now on. */
  public void removeKey(String user, long id) throws HubException {
    int rows =
        change(
            "DELETE FROM api_keys WHERE id = ?"
                + " AND user_id = (SELECT id FROM users WHERE name = ?)",
            id,
            user);
    if (rows == 0) {
      throw new HubException("user " + user + " has no key " + id);
    }
  }

  /**
   * Whether {@code key} is one of {@code user}'s. Takes as long for a user who is not there, and
   * compares in constant time.
   */
  public boolean authenticates(String user, ApiKey key) throws HubException {
    byte[] presented = key.digest();
    List<byte[]> valid =
        query(
            "SELECT sha256 FROM api_keys JOIN users ON users.id = user_id WHERE users.name = ?",
            row -> row.getBytes(1),
            user);
    boolean matches = MessageDigest.isEqual(presented, new byte[presented.length]);
    for (byte[] digest : valid) {
      matches |= MessageDigest.isEqual(presented, digest);
    }
    return matches;
  }

  public void grant(DotName dot, String user, Access access) throws HubException {
    requireUser(user);
    int rows =
        change(
            "INSERT INTO grants (dot_id, user_id, access)"
                + " SELECT dots.id, users.id, ? FROM dots, users"
                + " WHERE namespace = ? AND dots.name = ? AND users.name = ?"
                + " ON CONFLICT (dot_id, user_id) DO UPDATE SET access = excluded.access",
            access.word(),
            dot.namespace(),
            dot.dot(),
            user);
    if (rows == 0) {
      throw new HubException("no such dot: " + dot);
    }
  }

  public void revoke(DotName dot, String user) throws HubException {
    int rows =
        change(
            "DELETE FROM grants WHERE user_id = (SELECT id FROM users WHERE name = ?)"
                + " AND dot_id = (SELECT id FROM dots WHERE namespace = ? AND name = ?)",
            user,
            dot.namespace(),
            dot.dot());
    if (rows == 0) {
      throw new HubException("user " + user + " has no grant for " + dot);
    }
  }

  public List<Grant> grants(DotName dot) throws HubException {
    return query(
        "SELECT users.name, access FROM grants JOIN users ON users.id = user_id"
            + " JOIN dots ON dots.id = dot_id WHERE namespace = ? AND dots.name = ?"
            + " ORDER BY users.name",
        row -> new Grant(row.getString(1), Access.of(row.getString(2))),
        dot.namespace(),
        dot.dot());
  }

  private void requireUser(String name) throws HubException {
    if (query("SELECT 1 FROM users WHERE name = ?", row -> true, name).isEmpty()) {
      throw noUser(name);
    }
  }

  private static void requireName(String name) throws HubException {
    if (!DotName.isPart(name)) {
      throw new HubException("invalid user name: 1 to 64 of A-Z a-z 0-9 _ -");
    }
  }

  private static HubException noUser(String name) {
    return new HubException(DotName.isPart(name) ? "no such user: " + name : "no such user");
  }

  @FunctionalInterface
  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> List<T> query(String sql, Row<T> reader, Object... parameters) throws HubException {
    try {
      return database.read(
          connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
              bind(statement, parameters);
              List<T> rows = new ArrayList<>();
              try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                  rows.add(reader.read(result));
                }
              }
              return rows;
            }
          });
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private int change(String sql, Object... parameters) throws HubException {
    try {
      return database.write(
          connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
              bind(statement, parameters);
              return statement.executeUpdate();
            }
          });
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }

  private static HubException failed(SQLException e) {
    return new HubException("the hub's database failed: " + e.getMessage(), e);
  }
}
