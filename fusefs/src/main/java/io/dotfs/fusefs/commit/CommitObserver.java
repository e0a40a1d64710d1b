package io.dotfs.fusefs.commit;

/** Watches a commit, in its thread. */
@FunctionalInterface
public interface CommitObserver {
  /** Watches nothing. */
  CommitObserver NONE = pauseNanos -> {};

  /**
   * The instant of the commit has passed: what happens from now on is not in it. Nothing has been
   * stored yet.
   */
  void frozen(long pauseNanos);
}
