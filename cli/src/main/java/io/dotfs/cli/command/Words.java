package io.dotfs.cli.command;

import io.dotfs.daemon.api.PathText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The command line's words. Java decodes them and puts U+FFFD where they are no UTF-8, but names
 * inside a dot are bytes: such words are taken from the kernel again, in the form of {@link
 * PathText}.
 */
final class Words {
  private static final char REPLACEMENT = '\uFFFD';

  private Words() {}

  /** Returns this process's words without loss. */
  static String[] lossless(String[] words) {
    if (Arrays.stream(words).allMatch(word -> word.indexOf(REPLACEMENT) < 0)) {
      return words;
    }
    try {
      return lossless(words, Files.readAllBytes(Path.of("/proc/self/cmdline")));
    } catch (IOException e) {
      return words; // no /proc here: what Java made of them is the best there is
    }
  }

  /**
   * Returns the words without loss.
   *
   * @param commandLine as in {@code /proc/self/cmdline}: each word ends with NUL, and {@code words}
   *     are the last of them
   */
  static String[] lossless(String[] words, byte[] commandLine) {
    List<String> all = new ArrayList<>();
    int begin = 0;
    for (int at = 0; at < commandLine.length; at++) {
      if (commandLine[at] == 0) {
        all.add(PathText.decode(Arrays.copyOfRange(commandLine, begin, at)));
        begin = at + 1;
      }
    }
    if (all.size() < words.length) {
      return words;
    }
    return all.subList(all.size() - words.length, all.size()).toArray(new String[0]);
  }
}
