package io.dotfs.daemon.control;

/**
 * What a verb does. Called on a thread of its own per request; failures of any kind become the
 * answer through {@link Failures}.
 */
public interface Operation {
  /** A verb with a single answer. */
  @FunctionalInterface
  interface Quick<Q extends Record, R extends Record> extends Operation {
    R run(Q request) throws Exception;
  }

  /** A verb whose progress is streamed. */
  @FunctionalInterface
  interface Streaming<Q extends Record, R extends Record> extends Operation {
    R run(Q request, ProgressSink progress) throws Exception;
  }
}
