package io.dotfs.hub.hosting;

import io.dotfs.hub.account.Access;
import io.dotfs.hub.account.HubDatabase;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.PermissionDenied;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.TransferException.UnknownDot;
import io.dotfs.packstream.receive.DotHost;
import io.dotfs.packstream.receive.HostedDot;
import io.dotfs.packstream.receive.Quarantine;
import io.dotfs.packstream.receive.ReceiveLimits;
import io.dotfs.packstream.wire.RemoteDot;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The dots of a hub and who may do what with them.
 *
 * <pre>
 *   HOME/dots/NUMBER/objects/          packs of one dot, and of no other
 *   HOME/dots/NUMBER/quarantine/USER/  packs of that user's pushes that did not get through
 * </pre>
 *
 * <p>Directories are named by the dot's row id: nothing that a user chose becomes a path, but user
 * names, which have no dots and slashes. A dot that a user may not read is answered in every
 * respect like one that does not exist. Any number of threads.
 */
public final class HubHost implements DotHost, AutoCloseable {
  private static final int IDLE_DOTS = 64;
  private final HubDatabase database;
  private final Path dots;
  private final Clock clock;
  private final SecureRandom random;
  private final ReceiveLimits limits;
  private final OpenDots open = new OpenDots(IDLE_DOTS);

  public HubHost(
      HubDatabase database, Path home, Clock clock, SecureRandom random, ReceiveLimits limits) {
    this.database = database;
    this.dots = home.resolve("dots");
    this.clock = clock;
    this.random = random;
    this.limits = limits;
  }

  private record Granted(long id, Access access) {}

  @Override
  public String defaultNamespace(String user) {
    return user;
  }

  @Override
  public List<RemoteDot> list(String user) throws TransferException {
    try {
      return database.read(
          connection -> {
            try (PreparedStatement select =
                connection.prepareStatement(
                    "SELECT namespace, dots.name, access FROM dots"
                        + " JOIN grants ON dot_id = dots.id JOIN users ON users.id = user_id"
                        + " WHERE users.name = ?"
                        + " AND EXISTS (SELECT 1 FROM refs WHERE refs.dot_id = dots.id)"
                        + " ORDER BY namespace, dots.name")) {
              select.setString(1, user);
              List<RemoteDot> found = new ArrayList<>();
              try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                  DotName name = new DotName(rows.getString(1), rows.getString(2));
                  found.add(new RemoteDot(name, Access.of(rows.getString(3)).mayWrite()));
                }
              }
              return found;
            }
          });
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public Opened forReading(String user, DotName dot) throws TransferException {
    try {
      Granted granted =
          database
              .read(connection -> granted(connection, user, dot))
              .orElseThrow(() -> new UnknownDot(dot));
      return open(dot, granted);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public Opened forWriting(String user, DotName dot) throws TransferException {
    try {
      Optional<Granted> granted = database.read(connection -> granted(connection, user, dot));
      if (granted.isEmpty() && dot.namespace().equals(user)) {
        granted = database.write(connection -> create(connection, user, dot));
      }
      Granted found = granted.orElseThrow(() -> new UnknownDot(dot));
      if (!found.access().mayWrite()) {
        throw new PermissionDenied(
            "Permission denied: you may read " + dot + " but not push to it.");
      }
      return open(dot, found);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Makes the user's own dot, unless one of that name is there which is not the user's (any more).
   */
  private Optional<Granted> create(Connection connection, String user, DotName dot)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO dots (namespace, name, created_at) VALUES (?, ?, ?)"
                + " ON CONFLICT DO NOTHING")) {
      insert.setString(1, dot.namespace());
      insert.setString(2, dot.dot());
      insert.setLong(3, clock.instant().getEpochSecond());
      if (insert.executeUpdate() == 1) {
        own(connection, user, dot);
      }
    }
    return granted(connection, user, dot);
  }

  private static void own(Connection connection, String user, DotName dot) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO grants (dot_id, user_id, access)"
                + " SELECT dots.id, users.id, 'owner' FROM dots, users"
                + " WHERE namespace = ? AND dots.name = ? AND users.name = ?")) {
      insert.setString(1, dot.namespace());
      insert.setString(2, dot.dot());
      insert.setString(3, user);
      insert.executeUpdate();
    }
  }

  private static Optional<Granted> granted(Connection connection, String user, DotName dot)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT dots.id, access FROM dots JOIN grants ON dot_id = dots.id"
                + " JOIN users ON users.id = user_id"
                + " WHERE namespace = ? AND dots.name = ? AND users.name = ?")) {
      select.setString(1, dot.namespace());
      select.setString(2, dot.dot());
      select.setString(3, user);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(new Granted(rows.getLong(1), Access.of(rows.getString(2))))
            : Optional.empty();
      }
    }
  }

  private Opened open(DotName name, Granted granted) throws TransferException {
    Path place = dots.resolve(Long.toString(granted.id()));
    try {
      OpenDots.Entry entry = open.acquire(granted.id(), () -> openStores(name, granted, place));
      AtomicBoolean released = new AtomicBoolean();
      return new Opened(
          entry.dot(),
          granted.access().mayWrite(),
          () -> {
            if (released.compareAndSet(false, true)) {
              open.release(entry);
            }
          });
    } catch (StoreException e) {
      RemoteFailure told = new RemoteFailure("the hub's store failed");
      told.initCause(e);
      throw told;
    }
  }

  private OpenDots.Entry openStores(DotName name, Granted granted, Path place)
      throws StoreException {
    ObjectStore store = ObjectStore.open(place.resolve("objects"));
    HostedDot dot =
        new HostedDot(
            name,
            store,
            new SqlRefStore(database, granted.id(), clock),
            place.resolve("quarantine"),
            limits,
            random.nextLong());
    return new OpenDots.Entry(dot, store);
  }

  /**
   * Removes what broken pushes left and nobody came back for.
   *
   * @param age how long ago the last object arrived
   * @return how many quarantines went
   */
  public int sweep(Duration age) throws IOException, StoreException {
    int removed = 0;
    FileTime limit = FileTime.from(clock.instant().minus(age));
    for (Path dot : entries(dots)) {
      for (Path quarantine : entries(dot.resolve("quarantine"))) {
        if (Files.isDirectory(quarantine)
            && Files.getLastModifiedTime(quarantine).compareTo(limit) < 0) {
          try (Quarantine old = Quarantine.open(quarantine)) {
            old.discard();
            removed++;
          }
        }
      }
    }
    return removed;
  }

  private static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
        stream.forEach(entries::add);
      }
    }
    return entries;
  }

  private static RemoteFailure failed(SQLException e) {
    RemoteFailure told = new RemoteFailure("the hub's database failed");
    told.initCause(e);
    return told;
  }

  @Override
  public void close() {
    open.close();
  }
}
