package io.dotfs.cli.signing;

import io.dotfs.cli.signing.SshReader.FormatException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose keys are trusted: a file of lines {@code PRINCIPALS [OPTIONS] TYPE KEY [COMMENT]}, as
 * ssh-keygen(1) has it under "ALLOWED SIGNERS". Lines of other kinds of key and of certificate
 * authorities allow nobody here. Immutable.
 */
public final class AllowedSigners {
  /** Nobody is listed. */
  public static final AllowedSigners NONE = new AllowedSigners(List.of());

  /** A word: quotes may stand anywhere in it and may hold blanks. */
  private static final Pattern WORD = Pattern.compile("((?:[^\\s\"]|\"[^\"]*\")+)\\s*");

  private final List<Line> lines;

  private AllowedSigners(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /** One who may sign. */
  private record Line(
      String principals,
      VerifyingKey key,
      Optional<String> namespaces,
      Instant after,
      Instant before) {
    boolean allows(VerifyingKey signer, String namespace, Instant time) {
      return key.equals(signer)
          && namespaces.map(list -> matches(list, namespace)).orElse(true)
          && !time.isBefore(after)
          && !time.isAfter(before);
    }
  }

  /**
   * Reads such a file's text.
   *
   * @param zone of times that name none
   */
  public static AllowedSigners parse(String text, ZoneId zone) {
    List<Line> lines = new ArrayList<>();
    text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .forEach(line -> line(line, zone).ifPresent(lines::add));
    return new AllowedSigners(lines);
  }

  /** Who the key belongs to, if it may sign in that namespace at that time. */
  Optional<String> signer(VerifyingKey key, String namespace, Instant time) {
    return lines.stream()
        .filter(line -> line.allows(key, namespace, time))
        .map(Line::principals)
        .findFirst();
  }

  private static Optional<Line> line(String text, ZoneId zone) {
    List<String> words = words(text);
    for (int at = 1; at <= 2 && at + 1 < words.size(); at++) {
      if (!words.get(at).equals(VerifyingKey.TYPE)) {
        continue;
      }
      Optional<VerifyingKey> key = key(words.get(at) + " " + words.get(at + 1));
      String options = at == 2 ? words.get(1) : "";
      if (key.isEmpty() || options.toLowerCase(Locale.ROOT).contains("cert-authority")) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new Line(
                words.get(0).replace("\"", ""),
                key.get(),
                option(options, "namespaces"),
                option(options, "valid-after").map(t -> time(t, zone)).orElse(Instant.MIN),
                option(options, "valid-before").map(t -> time(t, zone)).orElse(Instant.MAX)));
      } catch (DateTimeException e) {
        return Optional.empty(); // a limit that cannot be read allows nothing
      }
    }
    return Optional.empty();
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  private static Optional<String> option(String options, String name) {
    Matcher matcher =
        Pattern.compile("(?:^|,)" + name + "=\"([^\"]*)\"", Pattern.CASE_INSENSITIVE)
            .matcher(options);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** {@code YYYYMMDD[HHMM[SS]][Z]}. */
  private static Instant time(String text, ZoneId zone) {
    boolean utc = text.endsWith("Z");
    String digits = (utc ? text.substring(0, text.length() - 1) : text) + "000000";
    LocalDateTime local =
        LocalDateTime.parse(
            digits.substring(0, Math.min(14, digits.length())),
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT));
    return local.atZone(utc ? ZoneOffset.UTC : zone).toInstant();
  }

  /** Whether a list of patterns with {@code *}, {@code ?} and {@code !} has the name. */
  private static boolean matches(String patterns, String name) {
    boolean found = false;
    for (String pattern : patterns.split(",", -1)) {
      boolean negated = pattern.startsWith("!");
      String glob = negated ? pattern.substring(1) : pattern;
      StringBuilder regex = new StringBuilder();
      for (int at = 0; at < glob.length(); at++) {
        char c = glob.charAt(at);
        regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
      }
      if (name.matches(regex.toString())) {
        if (negated) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }

  /** The key of a line {@code ssh-ed25519 BASE64 …}; nothing if it is none. */
  static Optional<VerifyingKey> key(String line) {
    String[] words = line.strip().split("\\s+", 3);
    if (words.length < 2 || !words[0].equals(VerifyingKey.TYPE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(VerifyingKey.ofBlob(SshSignature.base64(words[1])));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
