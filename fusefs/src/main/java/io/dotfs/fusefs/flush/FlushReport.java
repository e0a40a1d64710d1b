package io.dotfs.fusefs.flush;

import java.util.List;

/**
 * What a flush did.
 *
 * @param outcome whether every mapping that could be found was written back
 * @param filesFlushed files with shared mappings that were written back
 * @param processesUnreadable processes whose mappings this user may not see
 * @param errors one line for each file or step that failed, at most {@value #MAX_ERRORS}
 * @param nanos how long it took
 */
public record FlushReport(
    Outcome outcome, int filesFlushed, int processesUnreadable, List<String> errors, long nanos) {
  /** More errors than these are counted by nobody. */
  public static final int MAX_ERRORS = 20;

  /** How a flush ended. */
  public enum Outcome {
    /** All mappings that were found are written back. */
    COMPLETE,
    /** Some file could not be opened or written back; {@link #errors} says which. */
    PARTIAL,
    /** The time was over; the child was given up and the next flush starts a new one. */
    TIMED_OUT,
    /** The child could not be started or died; {@link #errors} says how. */
    FAILED
  }

  public FlushReport {
    errors = List.copyOf(errors);
  }
}
