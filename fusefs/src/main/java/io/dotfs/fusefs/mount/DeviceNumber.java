package io.dotfs.fusefs.mount;

/**
 * The device number of a mounted file system, its {@code st_dev}. That of a FUSE mount is
 * anonymous: major 0, and the minor is also the name of its directory below {@code
 * /sys/fs/fuse/connections}.
 */
public record DeviceNumber(int major, int minor) {
  public DeviceNumber {
    if (major < 0 || minor < 0) {
      throw new IllegalArgumentException("device number " + major + ":" + minor);
    }
  }

  @Override
  public String toString() {
    return major + ":" + minor;
  }
}
