package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages that the build writes. */
class ManCommandTest extends CommandFixture {
  @TempDir Path directory;

  @Test
  void eachVerbHasItsPage() throws Exception {
    succeeds("__man " + directory);
    for (String verb : Verbs.names()) {
      assertThat(Files.readString(directory.resolve("dm-" + verb + ".1")))
          .as(verb)
          .startsWith(".TH DM-" + verb.toUpperCase(java.util.Locale.ROOT) + " 1 ")
          .contains("\n.SH NAME\ndm-" + verb + " \\- ")
          .contains("\n.SH SYNOPSIS\n")
          .contains("\n.SH DESCRIPTION\n");
    }
    assertThat(Files.readString(directory.resolve("dm.1"))).contains("commit", "dm\\-commit(1)");
    assertThat(Files.readString(directory.resolve("dm-dot-rename.1"))).contains("OLD");
    assertThat(Files.readString(directory.resolve("dm-commit.1")))
        .contains(".TP\n.B \\-m, \\-\\-message MSG\nWhat this state is.");
  }
}
