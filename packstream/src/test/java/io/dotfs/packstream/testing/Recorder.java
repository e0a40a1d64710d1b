package io.dotfs.packstream.testing;

import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transfer.Progress;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a transfer said. */
public final class Recorder implements Progress {
  public long totalObjects;
  public long totalBytes;
  public long objects;
  public long bytes;
  public final List<TransferException> retries = new ArrayList<>();

  @Override
  public void calculating() {
    objects = 0;
    bytes = 0;
  }

  @Override
  public void started(long objectCount, long byteCount) {
    totalObjects = objectCount;
    totalBytes = byteCount;
  }

  @Override
  public void advanced(long objectsDone, long bytesDone) {
    objects = objectsDone;
    bytes = bytesDone;
  }

  @Override
  public void retrying(int attempt, TransferException cause) {
    retries.add(cause);
  }
}
