package io.dotfs.fusefs.mount;

import java.nio.file.Path;

/**
 * One line of {@code /proc/self/mountinfo} (proc(5)).
 *
 * @param id of the mount; reused by the kernel once it is gone
 * @param parentId the mount that it is mounted on
 * @param device {@code st_dev} of its files
 * @param root which directory of the file system is at {@code directory}: {@code /}, or another one
 *     for a bind mount of a part
 * @param directory where it is mounted
 * @param options of this mount, comma separated
 * @param type of the file system, {@code fuse.dotfs} for ours
 * @param source its device or name
 */
public record MountPoint(
    int id,
    int parentId,
    DeviceNumber device,
    String root,
    Path directory,
    String options,
    String type,
    String source) {
  /** The file system type of our mounts. */
  public static final String DOTFS_TYPE = "fuse.dotfs";

  /** True if the mount is one of ours, of whatever process or home. */
  public boolean isDotfs() {
    return type.equals(DOTFS_TYPE);
  }
}
