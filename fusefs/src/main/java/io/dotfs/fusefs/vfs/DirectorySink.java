package io.dotfs.fusefs.vfs;

/** Where a directory listing goes, entry by entry. */
public interface DirectorySink {
  /**
   * True when the caller wants attributes as well ({@link #addWithAttributes}), as READDIRPLUS
   * does.
   */
  boolean wantsAttributes();

  /**
   * Adds a name without attributes.
   *
   * @param name bytes of the name; not kept
   * @param inode inode number for {@code d_ino}
   * @param type upper four bits of the mode ({@code mode >> 12}), as {@code d_type}
   * @param nextCookie the position after this entry, non-zero; a later readdir with it goes on
   *     behind this entry
   * @return false if it does not fit; the entry was then not added and the listing ends here
   */
  boolean add(byte[] name, long inode, int type, long nextCookie);

  /**
   * Adds a name together with a look-up of it. When it returns true the kernel's look-up count of
   * {@code entry.nodeId} has grown by one, unless that id is 0 (as for {@code .} and {@code ..}).
   */
  boolean addWithAttributes(byte[] name, EntryReply entry, int type, long nextCookie);
}
