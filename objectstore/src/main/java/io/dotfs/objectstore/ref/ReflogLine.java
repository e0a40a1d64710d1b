package io.dotfs.objectstore.ref;

import io.dotfs.objectstore.object.ObjectId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * The text form of a reflog entry: {@code SECONDS NANOS BEFORE AFTER REASON}, ids in hex and {@code
 * -} for none. The reason comes last because it may hold spaces; it may be empty.
 */
final class ReflogLine {
  private static final String NONE = "-";

  private ReflogLine() {}

  static String encode(ReflogEntry entry) {
    Instant time = entry.time();
    return time.getEpochSecond()
        + " "
        + time.getNano()
        + " "
        + entry.before().map(ObjectId::toHex).orElse(NONE)
        + " "
        + entry.after().map(ObjectId::toHex).orElse(NONE)
        + " "
        + entry.reason();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  static ReflogEntry decode(String line) {
    String[] parts = line.split(" ", 5);
    if (parts.length != 5) {
      throw new IllegalArgumentException("not a reflog line");
    }
    try {
      Instant time = Instant.ofEpochSecond(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
      return new ReflogEntry(time, id(parts[2]), id(parts[3]), parts[4]);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("not a time", e);
    }
  }

  private static Optional<ObjectId> id(String text) {
    return text.equals(NONE) ? Optional.empty() : Optional.of(ObjectId.fromHex(text));
  }
}
