package io.dotfs.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource({
    "1,1.00 B",
    "1023,1023.00 B",
    "1024,1.00 kiB",
    "1029,1.00 kiB",
    "1030,1.01 kiB",
    "336896,329.00 kiB",
    "1048575,1024.00 kiB",
    "1048576,1.00 MiB",
    "850049106,810.67 MiB",
    "1073741824,1.00 GiB",
    "1099511627776,1024.00 GiB",
    "9223372036854775807,8589934592.00 GiB"
  })
  void sizesHaveTwoDecimals(long bytes, String text) {
    assertThat(Figures.size(bytes)).isEqualTo(text);
    assertThat(Figures.sizeOrDash(bytes)).isEqualTo(text);
  }

  @Test
  void noneIsADashInTables() {
    assertThat(Figures.sizeOrDash(0)).isEqualTo("-");
    assertThat(Figures.size(0)).isEqualTo("0.00 B");
  }

  /**
   * Powers of two divide exactly, so a decimal expansion of the quotient can be compared digit by
   * digit.
   */
  @Property(tries = 2000)
  void roundsHalvesToEvenAsPrintfDoes(@ForAll @LongRange(min = 1024, max = 1L << 50) long bytes) {
    long unit = bytes < 1 << 20 ? 1 << 10 : bytes < 1 << 30 ? 1 << 20 : 1 << 30;
    java.math.BigDecimal exact =
        new java.math.BigDecimal(bytes)
            .divide(new java.math.BigDecimal(unit))
            .setScale(2, java.math.RoundingMode.HALF_EVEN);
    assertThat(Figures.size(bytes)).startsWith(exact.toPlainString() + " ");
  }

  @ParameterizedTest
  @CsvSource({"0,0 B", "1023,1023 B", "1024,1.00 kB", "851275940,811.84 MB", "1073741824,1.00 GB"})
  void transfersCountAsTheyAlwaysDid(long bytes, String text) {
    assertThat(Figures.transferSize(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0,0,100.00%", "0,7,0.00%", "1,3,33.33%", "2,3,66.67%", "7,7,100.00%", "8,7,100.00%"})
  void sharesAreNeverAboveTheWhole(long part, long whole, String text) {
    assertThat(Figures.percent(part, whole)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0,5,0.00 MiB/s",
    "1048576,0,0.00 MiB/s",
    "5421138,1000000000,5.17 MiB/s",
    "1048576,500000000,2.00 MiB/s"
  })
  void speedIsInMebibytes(long bytes, long nanos, String text) {
    assertThat(Figures.speed(bytes, nanos)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0,0.00 µs", "950,0.95 µs", "1234567,1.23 ms", "61234567890,61.23 s"})
  void durationsChooseTheirUnit(long nanos, String text) {
    assertThat(Figures.duration(nanos)).isEqualTo(text);
  }

  @Test
  void theDefaultLocaleHasNoSay() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Figures.size(1536)).isEqualTo("1.50 kiB");
    } finally {
      Locale.setDefault(before);
    }
  }
}
