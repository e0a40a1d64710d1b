package io.dotfs.fusefs.commit;

import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.ObjectReader;

/**
 * The working data of one instant as a stored directory, for comparing it with commits. Nothing of
 * it stays: the caller closes it.
 */
public final class LiveSnapshot implements AutoCloseable {
  private final DirectoryRef root;
  private final PackWriter pack;

  LiveSnapshot(DirectoryRef root, PackWriter pack) {
    this.root = root;
    this.pack = pack;
  }

  /** A directory whose entries are the subdots, as in a commit. */
  public DirectoryRef root() {
    return root;
  }

  /** Reads the objects of the snapshot and of the home, until the snapshot is closed. */
  public ObjectReader reader() {
    return pack.reader();
  }

  @Override
  public void close() {
    pack.abort();
  }
}
