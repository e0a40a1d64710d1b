package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.PathText;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void bytesThatAreNoUtf8ComeThrough() {
    byte[] line = "java\0-cp\0x\0Main\0restore\0files/\u00e4?\0\0".getBytes(StandardCharsets.UTF_8);
    line[new String(line, StandardCharsets.ISO_8859_1).indexOf('?')] = (byte) 0xff;
    String[] words = Words.lossless(new String[] {"restore", "files/\u00e4\ufffd", ""}, line);
    assertThat(words).hasSize(3).startsWith("restore").endsWith("");
    assertThat(PathText.encode(words[1])).endsWith(0xc3, 0xa4, 0xff);
  }

  @Test
  void ordinaryWordsAreLeftAlone() {
    String[] words = {"log", "\u00e4"};
    assertThat(Words.lossless(words)).isSameAs(words);
  }

  @Test
  void aCommandLineThatDoesNotFitIsNotUsed() {
    String[] words = {"a", "\ufffd"};
    assertThat(Words.lossless(words, new byte[] {'x', 0})).isSameAs(words);
  }
}
