package io.dotfs.daemon.api;

/** Takes the progress of long work, on the thread that called the client. */
@FunctionalInterface
public interface ProgressListener {
  /** Ignores progress. */
  ProgressListener NONE = progress -> {};

  void progress(Progress progress);
}
