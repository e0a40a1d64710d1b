package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name as users write it: {@code [namespace/]dot[@branch][.subdot]}.
 *
 * @param dot with its namespace
 * @param branch absent: the checked-out one
 * @param subdot absent: {@link #DEFAULT_SUBDOT}
 */
public record FullName(DotId dot, Optional<String> branch, Optional<String> subdot) {
  /** The subdot that is meant where none is named. */
  public static final String DEFAULT_SUBDOT = "__default__";

  /** Not a subdot: the directory that holds them all. */
  public static final String ROOT_SUBDOT = "__root__";

  /** The branch that every dot begins with. */
  public static final String FIRST_BRANCH = "master";

  /** Longest part of a name. */
  private static final String PART = "[A-Za-z0-9_-]{1,64}";

  private static final Pattern SINGLE = Pattern.compile(PART);
  private static final Pattern FULL =
      Pattern.compile(
          "(?:(" + PART + ")/)?(" + PART + ")(?:@(" + PART + "))?(?:\\.(" + PART + "))?");

  /**
   * Reads a name.
   *
   * @throws DaemonException {@link ErrorKind#INVALID_NAME}
   */
  public static FullName parse(String text) throws DaemonException {
    Matcher matcher = FULL.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text);
    }
    String namespace = Optional.ofNullable(matcher.group(1)).orElse(DotId.DEFAULT_NAMESPACE);
    return new FullName(
        new DotId(namespace, matcher.group(2)),
        Optional.ofNullable(matcher.group(3)),
        Optional.ofNullable(matcher.group(4)));
  }

  /** Reads a name that has neither branch nor subdot. */
  public static DotId parseDot(String text) throws DaemonException {
    FullName name = parse(text);
    if (name.branch().isPresent() || name.subdot().isPresent()) {
      throw invalid(text);
    }
    return name.dot();
  }

  /** Checks one part that is about to become a branch's, tag's or subdot's name. */
  public static String checkPart(String text, String what) throws DaemonException {
    if (!SINGLE.matcher(text).matches()) {
      throw new DaemonException(ErrorKind.INVALID_NAME, "invalid " + what + " name " + quote(text));
    }
    return text;
  }

  /** Refuses names with a leading {@code _} for what users make. */
  public static void checkNotReserved(String part) throws DaemonException {
    if (part.startsWith("_")) {
      throw new DaemonException(
          ErrorKind.INVALID_NAME,
          "invalid dot name " + quote(part) + ": names with a leading _ are reserved");
    }
  }

  private static DaemonException invalid(String text) {
    return new DaemonException(
        ErrorKind.INVALID_NAME,
        "invalid dot name " + quote(text),
        "a name is [namespace/]dot[@branch][.subdot], each part of A-Z a-z 0-9 _ -, at most 64");
  }

  private static String quote(String text) {
    String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
