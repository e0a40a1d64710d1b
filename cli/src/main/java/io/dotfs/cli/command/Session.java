package io.dotfs.cli.command;

import io.dotfs.cli.render.Style;
import io.dotfs.cli.render.Terminal;
import io.dotfs.cli.render.TransferProgress;
import io.dotfs.cli.render.WorkProgress;
import io.dotfs.cli.settings.Settings;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.cli.settings.SettingsFile;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.RecordJson;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What one run of {@code dm} works with: its streams, its environment, the settings, the daemon.
 * For one thread.
 */
public final class Session {
  private final Map<String, String> environment;
  private final Path directory;
  private final Terminal terminal;
  private final Surroundings surroundings;
  private final PrintStream out;
  private final PrintStream err;
  private Optional<String> config = Optional.empty();
  private Optional<String> assumedDot = Optional.empty();
  private boolean verbose;

  /**
   * Begins a run.
   *
   * @param directory the absolute directory that relative names mean
   * @param out buffered by the caller, who flushes it at the end
   */
  public Session(
      Map<String, String> environment,
      Path directory,
      Terminal terminal,
      Surroundings surroundings,
      PrintStream out,
      PrintStream err) {
    this.environment = environment;
    this.directory = directory;
    this.terminal = terminal;
    this.surroundings = surroundings;
    this.out = out;
    this.err = err;
  }

  /**
   * Takes over the options that every command has; those that were given win over those before
   * them.
   */
  void configure(Optional<String> configOption, boolean verboseOption) {
    if (configOption.isPresent()) {
      config = configOption;
    }
    verbose |= verboseOption;
  }

  /** Notes that the settings' current dot stands for one that was not named. */
  void assume(Optional<String> dot) {
    assumedDot = dot;
  }

  /** Returns the dot that the settings stood in with. */
  Optional<String> assumedDot() {
    return assumedDot;
  }

  boolean verbose() {
    return verbose;
  }

  String environment(String name) {
    return environment.getOrDefault(name, "");
  }

  Terminal terminal() {
    return terminal;
  }

  Style style() {
    return terminal.style();
  }

  Surroundings surroundings() {
    return surroundings;
  }

  InputStream in() {
    return surroundings.in();
  }

  /** Returns the absolute path of a file that the user named. */
  Path file(String name) {
    return directory.resolve(name);
  }

  /** As {@link #file}, with {@code ~/} for the user's home, which settings may say too. */
  Path userFile(String name) {
    return name.startsWith("~/") ? userHome().resolve(name.substring(2)) : file(name);
  }

  /** The user's home directory. */
  Path userHome() {
    String home = environment("HOME");
    return directory.resolve(home.isEmpty() ? System.getProperty("user.home", "/") : home);
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  /** Prints a record as {@code --json} does. */
  void json(Record answer) {
    out.print(RecordJson.pretty(answer));
  }

  SettingsFile settingsFile() {
    return new SettingsFile(
        directory.resolve(
            SettingsFile.locate(config, environment, System.getProperty("user.home", "/"))));
  }

  Settings settings() throws SettingsException {
    return settingsFile().load();
  }

  /**
   * Makes a new dot the current one; where that cannot be noted down, says so and goes on, for the
   * dot is made.
   */
  void makeCurrent(String dot) {
    try {
      settingsFile().update(settings -> settings.withCurrentDot(dot));
    } catch (SettingsException e) {
      err.println("dm: note: " + dot + " is not the current dot: " + e.getMessage());
    }
  }

  DaemonEndpoint endpoint() {
    return DaemonEndpoint.fromEnvironment(environment);
  }

  /** Returns a client of the daemon, which is started unless it runs. */
  DaemonClient daemon() throws DaemonException {
    return surroundings.daemon(endpoint());
  }

  TransferProgress transferProgress(String verb) {
    return new TransferProgress(verb, out, terminal.output(), System::nanoTime);
  }

  WorkProgress workProgress() {
    return new WorkProgress(err, terminal.error(), System::nanoTime);
  }
}
