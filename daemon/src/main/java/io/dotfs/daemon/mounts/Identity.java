package io.dotfs.daemon.mounts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who this process runs as. */
public record Identity(int uid, int gid) {
  /** Of this process. */
  public static Identity current() throws IOException {
    Path self = Path.of("/proc/self");
    return new Identity(
        (Integer) Files.getAttribute(self, "unix:uid"),
        (Integer) Files.getAttribute(self, "unix:gid"));
  }

  public boolean isRoot() {
    return uid == 0;
  }
}
