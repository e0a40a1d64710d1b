package io.dotfs.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.PathText;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EscapesTest {
  @Test
  void plainTextIsUntouched() {
    String text = "Zoë's café, 数据, \uD83D\uDE00";
    assertThat(Escapes.line(text)).isSameAs(text);
  }

  @Test
  void controlCharactersStandEscaped() {
    assertThat(Escapes.line("a\u001b[31mb\r\n\tc\u0000\u007f\u0085"))
        .isEqualTo("a\\x1b[31mb\\r\\n\\tc\\x00\\x7f\\x85");
  }

  @Test
  void layoutStaysWithinMessages() {
    assertThat(Escapes.lines("a\n\tb\rc\u001bd")).isEqualTo("a\n\tb\\rc\\x1bd");
  }

  @Test
  void whatTurnsTheDirectionOfWritingIsShown() {
    assertThat(Escapes.line("gpj.\u202etxt\u2066")).isEqualTo("gpj.\\u202etxt\\u2066");
  }

  @Test
  void bytesThatAreNoUtf8AreShownAsBytes() {
    assertThat(Escapes.line(PathText.decode(new byte[] {'a', (byte) 0xff, (byte) 0xc3})))
        .isEqualTo("a\\xff\\xc3");
  }

  @Property
  void nothingThatMovesACursorRemains(@ForAll String text) {
    assertThat(Escapes.line(text).chars().anyMatch(c -> c < 0x20 || (c >= 0x7f && c < 0xa0)))
        .isFalse();
  }
}
