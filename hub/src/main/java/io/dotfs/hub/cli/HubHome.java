package io.dotfs.hub.cli;

import io.dotfs.hub.account.Accounts;
import io.dotfs.hub.account.HubDatabase;
import io.dotfs.hub.account.HubException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that says where a hub keeps everything. */
final class HubHome {
  @Option(
      names = "--home",
      paramLabel = "DIR",
      description =
          "Where the hub keeps everything. Default: $DM_HUB_HOME, else /var/lib/dotfs-hub for root"
              + " and ~/.local/share/dotfs-hub for others.")
  private Optional<Path> home = Optional.empty();

  Path path() {
    if (home.isPresent()) {
      return home.get().toAbsolutePath().normalize();
    }
    return usual(
        System.getenv(), System.getProperty("user.name", ""), System.getProperty("user.home", "/"));
  }

  /**
   * The home where none is named. {@code HOME} says where a user's own data is, as for every other
   * program; the user database only where that is not set.
   */
  static Path usual(Map<String, String> environment, String userName, String databaseHome) {
    String set = environment.getOrDefault("DM_HUB_HOME", "");
    if (!set.isEmpty()) {
      return Path.of(set).toAbsolutePath().normalize();
    }
    if (userName.equals("root")) {
      return Path.of("/var/lib/dotfs-hub");
    }
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.startsWith("/") ? home : databaseHome).resolve(".local/share/dotfs-hub");
  }

  /** What to do with the accounts of the hub there. */
  @FunctionalInterface
  interface Task {
    void run(Accounts accounts) throws HubException;
  }

  /** Opens the accounts for one task. Works while the hub runs. */
  int with(Task task) throws HubException {
    try (HubDatabase database = HubDatabase.open(path())) {
      task.run(accounts(database));
    }
    return 0;
  }

  static Accounts accounts(HubDatabase database) {
    return new Accounts(database, Clock.systemUTC(), new SecureRandom());
  }
}
