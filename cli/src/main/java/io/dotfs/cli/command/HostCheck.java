package io.dotfs.cli.command;

import io.dotfs.cli.render.Documents.Finding;
import io.dotfs.cli.render.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the product needs of its host. Looks only; changes nothing. */
final class HostCheck {
  private static final int NEEDED_JAVA = 17;
  private static final long LITTLE_SPACE = 1L << 30;

  /** Bit of {@code CAP_SYS_ADMIN}, which mounting takes (man 7 capabilities). */
  private static final int CAP_SYS_ADMIN = 21;

  private final Path root;
  private final boolean isRoot;
  private final String searchPath;

  /**
   * A check.
   *
   * @param root the host's root directory; another one in tests
   * @param isRoot whether root asks: then the daemon mounts by itself, without libfuse and its
   *     helper
   * @param searchPath as in {@code PATH}
   */
  HostCheck(Path root, boolean isRoot, String searchPath) {
    this.root = root;
    this.isRoot = isRoot;
    this.searchPath = searchPath;
  }

  /** Looks at everything; {@code home} is the daemon's data, which need not be there yet. */
  List<Finding> all(Path home, boolean daemonRuns) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java(Runtime.version().feature(), System.getProperty("java.home", "")));
    findings.add(device());
    if (isRoot) {
      findings.add(capability());
      volumeDriver().ifPresent(findings::add);
    } else {
      findings.add(library());
      findings.add(helper());
      findings.add(allowOther());
    }
    findings.add(program("setsid", "apt-get install util-linux"));
    findings.add(space(home));
    findings.add(
        Finding.fine(
            daemonRuns
                ? "the daemon runs"
                : "the daemon does not run; the first command that needs it starts it"));
    return findings;
  }

  static Finding java(int version, String home) {
    String what = "Java " + version + " in " + home;
    return version >= NEEDED_JAVA
        ? Finding.fine(what)
        : Finding.missing(what + " is too old", "apt-get install openjdk-17-jre-headless");
  }

  Finding device() {
    Path device = root.resolve("dev/fuse");
    if (!Files.exists(device)) {
      return Finding.missing(
          "/dev/fuse is not there",
          "modprobe fuse; in a container: docker run --device /dev/fuse --cap-add SYS_ADMIN");
    }
    if (!Files.isReadable(device) || !Files.isWritable(device)) {
      return Finding.missing("/dev/fuse is not open to you", "as root: chmod 666 /dev/fuse");
    }
    return Finding.fine("/dev/fuse can be opened");
  }

  Finding capability() {
    try (Stream<String> lines = Files.lines(root.resolve("proc/self/status"))) {
      boolean may =
          lines
              .filter(line -> line.startsWith("CapEff:"))
              .map(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
              .anyMatch(bits -> (bits >>> CAP_SYS_ADMIN & 1) == 1);
      return may
          ? Finding.fine("root may mount here")
          : Finding.missing(
              "root may not mount here (no CAP_SYS_ADMIN)",
              "docker run --cap-add SYS_ADMIN --device /dev/fuse");
    } catch (IOException | NumberFormatException e) {
      return Finding.advice("whether root may mount here is not known", "mount /proc");
    }
  }

  /** Nothing to say where there is no Docker. */
  Optional<Finding> volumeDriver() {
    if (find("dockerd").isEmpty()) {
      return Optional.empty();
    }
    boolean served = Files.exists(root.resolve("run/docker/plugins/dm.sock"));
    return Optional.of(
        served
            ? Finding.fine("Docker has the volume driver dm")
            : Finding.advice(
                "Docker lacks the volume driver dm: it would make a local volume where the driver is not named",
                "systemctl enable --now dotfs.service, or dm daemon start (docs/docker.md)"));
  }

  Finding library() {
    List<String> directories =
        List.of(
            "lib/x86_64-linux-gnu",
            "usr/lib/x86_64-linux-gnu",
            "lib/aarch64-linux-gnu",
            "usr/lib/aarch64-linux-gnu",
            "lib64",
            "usr/lib64",
            "lib",
            "usr/lib",
            "usr/local/lib");
    for (String directory : directories) {
      if (Files.exists(root.resolve(directory).resolve("libfuse.so.2"))) {
        return Finding.fine("libfuse2 is there: /" + directory + "/libfuse.so.2");
      }
    }
    return Finding.missing(
        "libfuse2 is not there: without it only root can mount", "apt-get install libfuse2");
  }

  Finding helper() {
    Optional<Path> helper = find("fusermount").or(() -> find("fusermount3"));
    if (helper.isEmpty()) {
      return Finding.missing(
          "fusermount3 is not there: without it only root can mount", "apt-get install fuse3");
    }
    try {
      Path real = helper.get().toRealPath();
      int mode = (Integer) Files.getAttribute(real, "unix:mode");
      if ((mode & 04000) == 0) {
        return Finding.missing(real + " is not set-user-id root", "as root: chmod u+s " + real);
      }
    } catch (IOException | UnsupportedOperationException e) {
      return Finding.missing(
          helper.get() + " cannot be looked at", "apt-get install --reinstall fuse3");
    }
    return Finding.fine("the mount helper is there: " + helper.get());
  }

  Finding allowOther() {
    try (Stream<String> lines = Files.lines(root.resolve("etc/fuse.conf"))) {
      if (lines.anyMatch(line -> line.strip().equals("user_allow_other"))) {
        return Finding.fine("user_allow_other is set in /etc/fuse.conf");
      }
    } catch (IOException e) {
      return allowOtherMissing();
    }
    return allowOtherMissing();
  }

  private static Finding allowOtherMissing() {
    return Finding.advice(
        "user_allow_other is not set in /etc/fuse.conf: only you see your mounts, not containers and other users",
        "as root: echo user_allow_other >> /etc/fuse.conf");
  }

  Finding program(String name, String mend) {
    return find(name).isPresent()
        ? Finding.fine(name + " is there")
        : Finding.missing(name + " is not there", mend);
  }

  Finding space(Path home) {
    Path existing = home.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    long free = existing.toFile().getUsableSpace(); // a FileStore fails in a chroot
    String what = Figures.size(free) + " free for " + home;
    return free >= LITTLE_SPACE
        ? Finding.fine(what)
        : Finding.advice("only " + what, "make room, or set DM_HOME to a larger file system");
  }

  private Optional<Path> find(String program) {
    for (String directory : searchPath.split(":", -1)) {
      if (directory.startsWith("/")) {
        Path file = root.resolve(directory.substring(1)).resolve(program);
        if (Files.isExecutable(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }
}
