package io.dotfs.fusefs.mount;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What to mount where.
 *
 * @param directory an existing directory, absolute
 * @param source shown as the device in {@code mount} and in {@code /proc/self/mountinfo}; names the
 *     home, so that its mounts can be found again; no comma, no control character
 * @param readOnly the kernel refuses every change
 * @param allowOther other users may enter, subject to the usual permission checks; an ordinary user
 *     needs {@code user_allow_other} in {@code /etc/fuse.conf}
 * @param setUserIds honour set-user-id and set-group-id programs; needs root
 * @param devices honour device nodes; needs root
 * @param posixAcl the file system stores {@code system.posix_acl_*} attributes, and the kernel
 *     checks access by them
 * @param zeroTimeouts the kernel keeps no names and attributes, and asks for a file's content anew
 *     at each open: for what another mount shows as well, so that its changes are seen at once
 */
public record MountOptions(
    Path directory,
    String source,
    boolean readOnly,
    boolean allowOther,
    boolean setUserIds,
    boolean devices,
    boolean posixAcl,
    boolean zeroTimeouts) {
  /** A source is shown to users and matched by prefix: more than this is a mistake. */
  static final int MAX_SOURCE_CHARS = 512;

  public MountOptions {
    Objects.requireNonNull(directory);
    if (!directory.isAbsolute()) {
      throw new IllegalArgumentException("mount point is not absolute: " + directory);
    }
    if (source.isEmpty() || source.length() > MAX_SOURCE_CHARS) {
      throw new IllegalArgumentException("length of a source name: " + source.length());
    }
    if (source.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == ',' || c == '\\')) {
      throw new IllegalArgumentException("character not allowed in a source name: " + source);
    }
  }

  /** Read-write, for the mounting user alone, without set-id programs, devices and ACLs. */
  public static MountOptions of(Path directory, String source) {
    return new MountOptions(directory, source, false, false, false, false, false, false);
  }

  public MountOptions withReadOnly(boolean value) {
    return new MountOptions(
        directory, source, value, allowOther, setUserIds, devices, posixAcl, zeroTimeouts);
  }

  public MountOptions withAllowOther(boolean value) {
    return new MountOptions(
        directory, source, readOnly, value, setUserIds, devices, posixAcl, zeroTimeouts);
  }

  public MountOptions withSetUserIds(boolean value) {
    return new MountOptions(
        directory, source, readOnly, allowOther, value, devices, posixAcl, zeroTimeouts);
  }

  public MountOptions withDevices(boolean value) {
    return new MountOptions(
        directory, source, readOnly, allowOther, setUserIds, value, posixAcl, zeroTimeouts);
  }

  public MountOptions withPosixAcl(boolean value) {
    return new MountOptions(
        directory, source, readOnly, allowOther, setUserIds, devices, value, zeroTimeouts);
  }

  public MountOptions withZeroTimeouts(boolean value) {
    return new MountOptions(
        directory, source, readOnly, allowOther, setUserIds, devices, posixAcl, value);
  }
}
