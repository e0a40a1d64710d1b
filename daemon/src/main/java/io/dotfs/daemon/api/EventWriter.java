package io.dotfs.daemon.api;

import com.fasterxml.jackson.core.JsonParser;
import io.dotfs.daemon.api.SigningMessages.SignatureWanted;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The serving side of an event stream: lines with {@code progress} or {@code sign}, then one with
 * {@code result} or {@code error}. The caller serialises its calls.
 */
public final class EventWriter {
  /** Content type of an event stream. */
  public static final String CONTENT_TYPE = "application/x-ndjson";

  private static final String PROGRESS = "progress";
  private static final String SIGN = "sign";
  private static final String RESULT = "result";
  private static final String ERROR = "error";

  private final OutputStream out;

  /** Writes to {@code out}, which stays the caller's. */
  public EventWriter(OutputStream out) {
    this.out = out;
  }

  /** Sends one progress line at once; fails when the client has gone. */
  public void progress(Progress progress) throws IOException {
    line(PROGRESS, progress);
  }

  /** Asks for a signature; fails when the client has gone. */
  public void wanted(SignatureWanted signature) throws IOException {
    line(SIGN, signature);
  }

  /** Ends the stream with the answer. */
  public void result(Record result) throws IOException {
    line(RESULT, result);
  }

  /** Ends the stream with a failure. */
  public void error(ErrorRecord error) throws IOException {
    line(ERROR, error);
  }

  private void line(String field, Record value) throws IOException {
    RecordJson.writeEvent(out, field, value);
    out.flush();
  }

  /** Reads a stream: progress goes to the listener, the result is returned. */
  static <R extends Record> R read(InputStream in, Class<R> resultType, ProgressListener listener)
      throws IOException, DaemonException {
    try (JsonParser parser = RecordJson.parser(in)) {
      while (parser.nextToken() != null) {
        String field = parser.nextFieldName();
        parser.nextToken();
        if (RESULT.equals(field)) {
          return RecordJson.readRecord(parser, resultType);
        } else if (ERROR.equals(field)) {
          throw new DaemonException(RecordJson.readRecord(parser, ErrorRecord.class));
        } else if (PROGRESS.equals(field)) {
          listener.progress(RecordJson.readRecord(parser, Progress.class));
        } else if (SIGN.equals(field)) {
          listener.wanted(RecordJson.readRecord(parser, SignatureWanted.class));
        } else {
          parser.skipChildren();
        }
        parser.nextToken();
      }
    }
    throw new DaemonException(
        ErrorKind.DAEMON_UNREACHABLE, "the daemon went away before it had finished");
  }
}
