package io.dotfs.fusefs.commit;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.store.ObjectStore;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges small packs behind the commits that made them, with a thread of its own. Nothing waits for
 * it, and nothing is lost when it fails: it tries again after the next commit. Thread safe.
 */
final class PackMerger implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PackMerger.class);
  private static final long PATIENCE_SECONDS = 60;

  private final ObjectStore objects;
  private final ExecutorService thread;
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile boolean closing;

  PackMerger(ObjectStore objects) {
    this.objects = objects;
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread worker = new Thread(task, "repack");
              worker.setDaemon(true);
              return worker;
            });
  }

  /** Has the packs looked at soon. */
  void wake() {
    if (asked.compareAndSet(false, true)) {
      try {
        thread.execute(this::merge);
      } catch (RejectedExecutionException e) {
        LOG.debug("a commit ended while the home was being closed", e);
      }
    }
  }

  private void merge() {
    asked.set(false);
    try {
      int merged = objects.repack(() -> closing);
      if (merged > 0) {
        LOG.info("merged {} packs", merged);
      }
    } catch (StoreException | RuntimeException e) {
      LOG.error("packs cannot be merged now", e);
    }
  }

  /** Ends a merge under way, which leaves everything as it was, and waits for that. */
  @Override
  public void close() {
    closing = true;
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a merge of packs does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
