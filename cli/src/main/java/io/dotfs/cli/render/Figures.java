package io.dotfs.cli.render;

/** Numbers as the user reads them. All amounts of bytes are powers of 1024. */
public final class Figures {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  private Figures() {}

  /** Two decimals in B, kiB, MiB or GiB; {@code -} for none. */
  public static String sizeOrDash(long bytes) {
    return bytes == 0 ? "-" : size(bytes);
  }

  /** Two decimals in B, kiB, MiB or GiB. */
  public static String size(long bytes) {
    if (bytes < KIB) {
      return decimal(bytes, 1, 2) + " B";
    } else if (bytes < MIB) {
      return decimal(bytes, KIB, 2) + " kiB";
    } else if (bytes < GIB) {
      return decimal(bytes, MIB, 2) + " MiB";
    }
    return decimal(bytes, GIB, 2) + " GiB";
  }

  /**
   * As a transfer's line counts: whole bytes, then two decimals in kB, MB or GB, powers of 1024 as
   * ever.
   */
  public static String transferSize(long bytes) {
    if (bytes < KIB) {
      return bytes + " B";
    } else if (bytes < MIB) {
      return decimal(bytes, KIB, 2) + " kB";
    } else if (bytes < GIB) {
      return decimal(bytes, MIB, 2) + " MB";
    }
    return decimal(bytes, GIB, 2) + " GB";
  }

  /** A share of the whole with two decimals; 100 % of nothing is done. */
  public static String percent(long part, long whole) {
    if (whole <= 0) {
      return "100.00%";
    }
    return decimal(Math.min(part, whole) * 100.0, (double) whole) + "%";
  }

  /** MiB each second with two decimals. */
  public static String speed(long bytes, long nanos) {
    if (bytes == 0 || nanos <= 0) {
      return "0.00 MiB/s";
    }
    return decimal(bytes / (double) MIB * 1e9, (double) nanos) + " MiB/s";
  }

  /** A span of time in the unit that suits it: µs, ms or s, two decimals. */
  public static String duration(long nanos) {
    if (nanos < 1_000_000) {
      return decimal(nanos, 1_000, 2) + " µs";
    } else if (nanos < 1_000_000_000) {
      return decimal(nanos, 1_000_000, 2) + " ms";
    }
    return decimal(nanos, 1_000_000_000, 2) + " s";
  }

  /** {@code 1 commit}, {@code 2 commits}. */
  public static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  /** Quotient with some decimals, halves to even, as C's {@code %.2f} does; neither is negative. */
  private static String decimal(long value, long unit, int decimals) {
    long scale = 1;
    for (int i = 0; i < decimals; i++) {
      scale *= 10;
    }
    long whole = value / unit;
    long rest = (value % unit) * scale; // below 2^30 * 100
    long fraction = rest / unit;
    long twice = (rest % unit) * 2;
    if (twice > unit || (twice == unit && fraction % 2 == 1)) {
      fraction++;
    }
    if (fraction == scale) {
      whole++;
      fraction = 0;
    }
    String digits = Long.toString(fraction);
    return whole + "." + "0".repeat(decimals - digits.length()) + digits;
  }

  private static String decimal(double value, double unit) {
    long hundredths = Math.round(value / unit * 100);
    return decimal(hundredths, 100, 2);
  }
}
