package io.dotfs.daemon.control;

import java.io.InputStream;
import java.io.OutputStream;

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

  /** A verb that takes bytes behind its request, and whose progress is streamed. */
  @FunctionalInterface
  interface Uploading<Q extends Record, R extends Record> extends Operation {
    /**
     * Does it.
     *
     * @param bytes end where the client says so, and fail if it goes away before
     */
    R run(Q request, InputStream bytes, ProgressSink progress) throws Exception;
  }

  /** A verb that gives bytes, and then its answer. */
  @FunctionalInterface
  interface Downloading<Q extends Record, R extends Record> extends Operation {
    R run(Q request, OutputStream bytes) throws Exception;
  }
}
