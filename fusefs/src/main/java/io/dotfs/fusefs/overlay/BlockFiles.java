package io.dotfs.fusefs.overlay;

import java.io.IOException;
import java.util.Optional;

/** The backing files of a home, by name: the port behind which the overlay directory lies. */
public interface BlockFiles extends AutoCloseable {
  /**
   * Names a backing file.
   *
   * @param tree working tree that it belongs to
   * @param inode inode number
   * @param version 0 for the live file; greater for one that a commit has taken over
   */
  record Name(long tree, long inode, long version) {}

  /** Creates an empty file, or empties the one that is there. */
  BlockFile create(Name name) throws IOException;

  /** Opens a file that is there. */
  BlockFile open(Name name) throws IOException;

  boolean exists(Name name);

  /** What {@code stat(2)} says of a file, without opening it; empty if there is none. */
  Optional<BlockFile.Facts> facts(Name name) throws IOException;

  /** Makes the file's name durable; after a {@link BlockFile#sync} of it. */
  void syncName(Name name) throws IOException;

  /** Renames; open {@link BlockFile}s go on naming the same bytes. */
  void rename(BlockFile file, Name from, Name to) throws IOException;

  /** Deletes, if it is there. */
  void delete(Name name) throws IOException;

  /** Deletes all files of a working tree. */
  void deleteTree(long tree) throws IOException;

  /** Makes the bytes and names of all files durable. */
  void syncAll() throws IOException;

  /** The room on the disk that they lie on. */
  DiskSpace space();

  @Override
  void close() throws IOException;
}
