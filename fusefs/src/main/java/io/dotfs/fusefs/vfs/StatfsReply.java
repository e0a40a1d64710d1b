package io.dotfs.fusefs.vfs;

/** Figures of {@code statfs(2)}: a reusable out-parameter. */
public final class StatfsReply {
  public long blocks;
  public long blocksFree;
  public long blocksAvailable;
  public long files;
  public long filesFree;
  public int blockSize;
  public int nameLength;
  public int fragmentSize;
}
