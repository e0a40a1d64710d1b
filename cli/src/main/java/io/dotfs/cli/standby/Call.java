package io.dotfs.cli.standby;

import io.dotfs.daemon.api.PathText;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a caller hands over.
 *
 * @param terminals which of i(nput), o(utput), e(rror) are terminals
 * @param directory where relative names begin; absolute
 * @param words the command line without the program's name, in the form of {@link PathText}
 */
record Call(String terminals, Path directory, List<String> words, Map<String, String> environment) {
  private static final String PROTOCOL = "1";
  private static final int MAX_BYTES = 1 << 20;

  Call {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
    if (!directory.isAbsolute()) {
      throw new IllegalArgumentException("a relative working directory");
    }
  }

  /**
   * Reads a call.
   *
   * @throws IOException if it ends early, is too long, or not of this protocol
   */
  static Call read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_BYTES) {
      throw new IOException("a call of " + length + " bytes");
    }
    byte[] message = new byte[length];
    in.readFully(message);
    List<byte[]> strings = split(message);
    if (strings.size() < 4 || !text(strings.get(0)).equals(PROTOCOL)) {
      throw new IOException("a call of another protocol");
    }
    try {
      int count = Integer.parseInt(text(strings.get(3)));
      if (count < 0 || count > strings.size() - 4) {
        throw new IOException("fewer words than announced");
      }
      return new Call(
          text(strings.get(1)),
          Path.of(text(strings.get(2))),
          strings.subList(4, 4 + count).stream().map(PathText::decode).toList(),
          environment(strings.subList(4 + count, strings.size())));
    } catch (NumberFormatException e) {
      throw new IOException("no number of words", e);
    } catch (InvalidPathException e) {
      throw new IOException("a working directory whose name cannot be said", e);
    }
  }

  private static List<byte[]> split(byte[] message) throws IOException {
    List<byte[]> strings = new ArrayList<>();
    int begin = 0;
    for (int at = 0; at < message.length; at++) {
      if (message[at] == 0) {
        strings.add(Arrays.copyOfRange(message, begin, at));
        begin = at + 1;
      }
    }
    if (begin != message.length) {
      throw new IOException("a string without end");
    }
    return strings;
  }

  /** As the JVM reads it; the first of two values of one name counts, as in getenv(3). */
  private static Map<String, String> environment(List<byte[]> variables) {
    Map<String, String> environment = new HashMap<>();
    for (byte[] bytes : variables) {
      String variable = text(bytes);
      int equals = variable.indexOf('=', 1);
      if (equals > 0) {
        environment.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
