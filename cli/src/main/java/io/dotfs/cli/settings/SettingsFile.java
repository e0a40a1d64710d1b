package io.dotfs.cli.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings file. Read whole, replaced whole: a reader sees the old content or the new, and of
 * two writers at once neither loses the other's change (they take turns through a lock file beside
 * it).
 */
public final class SettingsFile {
  /** More than this is not ours; keeps a wrong path from filling the memory. */
  private static final long MAX_BYTES = 1 << 20;

  /** File locks are held for the whole process: its threads take turns on this. */
  private static final Object IN_THIS_PROCESS = new Object();

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(
          EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path path;

  /** Names the file; nothing is read yet. */
  public SettingsFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  /**
   * Returns where the settings are: {@code --config} before {@code $DM_HOME/config} before {@code
   * ~/.dotmesh/config}.
   *
   * @param option what {@code --config} said
   * @param environment the process's environment
   * @param passwdHome the home directory in the user database, for an environment without {@code
   *     HOME}
   */
  public static Path locate(
      Optional<String> option, Map<String, String> environment, String passwdHome) {
    if (option.isPresent()) {
      return Path.of(option.get());
    }
    String home = environment.getOrDefault("DM_HOME", "");
    if (!home.isEmpty()) {
      return Path.of(home, "config");
    }
    String user = environment.getOrDefault("HOME", "");
    return Path.of(user.isEmpty() ? passwdHome : user, ".dotmesh", "config");
  }

  /** Returns the file's absolute path. */
  public Path path() {
    return path;
  }

  /**
   * Reads the settings; {@link Settings#empty} if the file is not there.
   *
   * @throws SettingsException if it cannot be read or is not what it should be
   */
  public Settings load() throws SettingsException {
    byte[] content;
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw damaged("it is longer than 1 MiB");
      }
      content = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Settings.empty();
    } catch (IOException e) {
      throw failed("read", e);
    }
    if (new String(content, StandardCharsets.UTF_8).isBlank()) {
      return Settings.empty();
    }
    try {
      return new Settings(JsonDocument.read(content));
    } catch (JsonProcessingException e) {
      throw damaged("line " + e.getLocation().getLineNr() + " is not the JSON that belongs there");
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  /**
   * Reads the settings, changes them and writes them back; on disk when this returns. Waits for
   * another process that is doing the same.
   *
   * @throws SettingsException if the file cannot be read or written, or {@code change} throws it;
   *     the file is as before then
   */
  public Settings update(Change change) throws SettingsException {
    try {
      return inTurn(change);
    } catch (IOException e) {
      throw failed("write", e);
    }
  }

  private Settings inTurn(Change change) throws IOException, SettingsException {
    synchronized (IN_THIS_PROCESS) {
      Path target = Files.exists(path) ? path.toRealPath() : path;
      Path directory = parentOf(target);
      Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
      Path lock = directory.resolve(target.getFileName() + ".lock");
      try (FileChannel channel =
          FileChannel.open(
              lock, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY)) {
        keepOwner(lock, directory);
        channel.lock(); // released with the channel
        Settings old = load();
        Settings changed = change.apply(old);
        if (!changed.document().equals(old.document())) {
          replace(target, directory, changed);
        }
        return changed;
      }
    }
  }

  /** What {@link #update} does to the settings. */
  @FunctionalInterface
  public interface Change {
    /** Returns the changed settings. */
    Settings apply(Settings settings) throws SettingsException;
  }

  private static void replace(Path target, Path directory, Settings settings) throws IOException {
    byte[] content = JsonDocument.write(settings.document());
    Path fresh = Files.createTempFile(directory, target.getFileName() + ".", ".new", OWNER_ONLY);
    try {
      try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      keepOwner(fresh, Files.exists(target) ? target : directory);
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /** Under sudo the settings stay the user's, who could not read them otherwise. */
  private static void keepOwner(Path file, Path model) throws IOException {
    UserPrincipal owner = Files.getOwner(model);
    if (!Files.getOwner(file).equals(owner)) {
      try {
        Files.setOwner(file, owner);
      } catch (FileSystemException e) {
        return; // only root can (EPERM); for others the file is then rightly their own
      }
    }
  }

  private static Path parentOf(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalStateException("an absolute path of a file has a parent: " + file);
    }
    return parent;
  }

  private SettingsException damaged(String what) {
    return new SettingsException(
        "the settings in " + path + " are damaged: " + what, "correct the file, or move it away");
  }

  private SettingsException failed(String verb, IOException e) {
    String reason =
        e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    return new SettingsException("cannot " + verb + " the settings in " + path + ": " + reason);
  }
}
