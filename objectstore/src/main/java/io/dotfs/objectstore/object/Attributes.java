package io.dotfs.objectstore.object;

import java.util.Optional;

/**
 * What a directory entry says about a file besides its name and content. Never access or change
 * time, inode number or link count: those belong to a working tree.
 *
 * @param type the file's type
 * @param permissions the low twelve bits of {@code st_mode}: permissions, set-id bits, sticky bit
 * @param owner numeric owner and group
 * @param mtime modification time
 * @param device device number in the kernel's 32-bit encoding, 0 for what is no device
 * @param xattrs extended attributes
 * @param linkGroup present once the file has had a second name; never for directories
 */
public record Attributes(
    FileType type,
    int permissions,
    Owner owner,
    Mtime mtime,
    int device,
    Xattrs xattrs,
    Optional<LinkGroup> linkGroup) {
  /** The bits that {@link #permissions} may hold. */
  public static final int PERMISSION_MASK = 07777;

  public Attributes {
    if ((permissions & ~PERMISSION_MASK) != 0) {
      throw new IllegalArgumentException("permissions 0" + Integer.toOctalString(permissions));
    }
    if (device != 0 && !type.isDevice()) {
      throw new IllegalArgumentException("a device number for a " + type);
    }
    if (linkGroup.isPresent() && type == FileType.DIRECTORY) {
      throw new IllegalArgumentException("a link group for a directory");
    }
  }

  /** Attributes without device number, extended attributes and link group. */
  public static Attributes of(FileType type, int permissions, Owner owner, Mtime mtime) {
    return new Attributes(type, permissions, owner, mtime, 0, Xattrs.NONE, Optional.empty());
  }

  /** {@code st_mode}: type and permission bits. */
  public int mode() {
    return type.modeBits() | permissions;
  }

  public Attributes withPermissions(int newPermissions) {
    return new Attributes(type, newPermissions, owner, mtime, device, xattrs, linkGroup);
  }

  public Attributes withOwner(Owner newOwner) {
    return new Attributes(type, permissions, newOwner, mtime, device, xattrs, linkGroup);
  }

  public Attributes withMtime(Mtime newMtime) {
    return new Attributes(type, permissions, owner, newMtime, device, xattrs, linkGroup);
  }

  public Attributes withDevice(int newDevice) {
    return new Attributes(type, permissions, owner, mtime, newDevice, xattrs, linkGroup);
  }

  public Attributes withXattrs(Xattrs newXattrs) {
    return new Attributes(type, permissions, owner, mtime, device, newXattrs, linkGroup);
  }

  public Attributes withLinkGroup(Optional<LinkGroup> newLinkGroup) {
    return new Attributes(type, permissions, owner, mtime, device, xattrs, newLinkGroup);
  }
}
