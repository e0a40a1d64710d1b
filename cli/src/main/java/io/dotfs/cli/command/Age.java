package io.dotfs.cli.command;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How long ago, as an option says it: a number and {@code s}, {@code m}, {@code h}, {@code d} or
 * {@code w}; {@code now}, {@code never}.
 */
record Age(long seconds) {
  /** Longer ago than anything. */
  private static final long NEVER_SECONDS = Duration.ofDays(365_000).toSeconds();

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smhdw])");

  /** Parses one. */
  static final class Converter implements ITypeConverter<Age> {
    @Override
    public Age convert(String word) {
      String text = word.toLowerCase(Locale.ROOT);
      if (text.equals("now") || text.equals("0")) {
        return new Age(0);
      }
      if (text.equals("never")) {
        return new Age(NEVER_SECONDS);
      }
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException(
            "'" + word + "' is no age such as 30d, 2w, 1h, now, never");
      }
      long unit =
          switch (form.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3600;
            case "d" -> 86_400;
            default -> 604_800;
          };
      return new Age(Math.min(NEVER_SECONDS, Long.parseLong(form.group(1)) * unit));
    }
  }
}
