package io.dotfs.daemon.dots;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.PathText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextDiffTest {
  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String diff(String before, String after) {
    return TextDiff.unified("a/x", bytes(before), "b/x", bytes(after)).orElseThrow();
  }

  @Test
  void oneLineIsReplaced() {
    assertThat(diff("a\nb\nc\n", "a\nB\nc\n"))
        .isEqualTo("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
  }

  @Test
  void aMissingNewlineIsToldAsGitDoes() {
    assertThat(diff("a\n", "a"))
        .isEqualTo("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n");
  }

  @Test
  void anAddedFileStartsAtNothing() {
    assertThat(TextDiff.unified("/dev/null", new byte[0], "b/x", bytes("one\n")))
        .contains("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+one\n");
  }

  @Test
  void whatHoldsNulIsBinary() {
    assertThat(TextDiff.unified("a", new byte[] {1, 0, 2}, "b", bytes("x"))).isEmpty();
  }

  /** patch(1) is the judge: it makes the new text of the old one and the hunks. */
  @Test
  void patchAppliesWhatItPrints() throws Exception {
    Random random = new Random(42);
    for (int round = 0; round < 20; round++) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < random.nextInt(60); i++) {
        lines.add("line " + random.nextInt(12) + (random.nextInt(20) == 0 ? "\u00e9" : ""));
      }
      List<String> changed = new ArrayList<>(lines);
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        int at = random.nextInt(changed.size() + 1);
        if (random.nextBoolean() || at == changed.size()) {
          changed.add(at, "new " + i);
        } else {
          changed.remove(at);
        }
      }
      String end = random.nextBoolean() ? "\n" : "";
      String before = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
      String after = changed.isEmpty() ? "" : String.join("\n", changed) + end;
      assertThat(patched(before, diff(before, after))).as("round " + round).isEqualTo(after);
    }
  }

  private String patched(String before, String diff) throws IOException, InterruptedException {
    Path file = directory.resolve("x");
    Path patch = directory.resolve("x.patch");
    Files.write(file, bytes(before));
    Files.write(patch, PathText.encode(diff));
    Process process =
        new ProcessBuilder(
                "patch", "-s", "-f", "--no-backup-if-mismatch", file.toString(), patch.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output + "\n" + diff).isZero();
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
