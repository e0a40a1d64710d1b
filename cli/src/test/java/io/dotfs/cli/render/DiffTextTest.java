package io.dotfs.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.HistoryMessages.DiffEntry;
import io.dotfs.daemon.api.HistoryMessages.DiffReply;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiffTextTest {
  private static DiffEntry entry(
      String status, String path, long oldBytes, long newBytes, long changed) {
    return new DiffEntry(
        status,
        path,
        Optional.empty(),
        "file",
        oldBytes,
        newBytes,
        changed,
        false,
        false,
        Optional.empty());
  }

  private static DiffReply diff(DiffEntry... entries) {
    return new DiffReply("admin/shop", Optional.empty(), Optional.empty(), List.of(entries), false);
  }

  private static final DiffEntry ADDED = entry("A", "files/new\n.txt", 0, 12, 12);
  private static final DiffEntry CHANGED = entry("M", "db/base/1/2619", 1 << 30, 1 << 30, 8192);
  private static final DiffEntry DELETED = entry("D", "files/old.txt", 2048, 0, 2048);
  private static final DiffEntry RENAMED =
      new DiffEntry(
          "R", "files/b", Optional.of("files/a"), "file", 5, 5, 0, false, false, Optional.empty());
  private static final DiffEntry MODE =
      new DiffEntry(
          "M", "files/run.sh", Optional.empty(), "file", 5, 5, 0, true, false, Optional.empty());
  private static final DiffEntry DIRECTORY =
      new DiffEntry(
          "A", "files/dir", Optional.empty(), "directory", 0, 0, 0, false, false, Optional.empty());

  @Test
  void nameStatusHasALetterATabAndThePath() {
    assertThat(DiffText.nameStatus(diff(ADDED, CHANGED, DELETED, RENAMED)))
        .isEqualTo(
            "A\tfiles/new\\n.txt\nM\tdb/base/1/2619\nD\tfiles/old.txt\nR\tfiles/a\tfiles/b\n");
  }

  @Test
  void statHasChangedBytesOfBytesInAll() {
    assertThat(DiffText.stat(diff(CHANGED, DIRECTORY, ADDED, DELETED, MODE, RENAMED), Style.PLAIN))
        .isEqualTo(
            """
             db/base/1/2619     | 8.00 kiB of 1.00 GiB
             files/dir          | added directory
             files/new\\n.txt    | 12.00 B of 12.00 B (added)
             files/old.txt      | 2.00 kiB of 2.00 kiB (deleted)
             files/run.sh       | attributes only
             files/a => files/b | 0.00 B of 5.00 B (renamed)
             6 paths changed, 10.01 kiB of 1.00 GiB, 2 added, 1 deleted, 1 renamed
            """);
  }

  @Test
  void nothingIsNothing() {
    assertThat(DiffText.stat(diff(), Style.PLAIN)).isEmpty();
    assertThat(DiffText.patch(diff(), Style.PLAIN)).isEmpty();
    assertThat(DiffText.nameStatus(diff())).isEmpty();
  }

  @Test
  void patchHasHunksForTextAndALineForTheRest() {
    DiffEntry text =
        new DiffEntry(
            "M",
            "files/a.txt",
            Optional.empty(),
            "file",
            4,
            6,
            2,
            false,
            false,
            Optional.of(
                "--- a/files/a.txt\n+++ b/files/a.txt\n@@ -1,2 +1,2 @@\n same\n-old\u001b[2J\n+new\n"));
    DiffEntry binary =
        new DiffEntry(
            "M", "db/1", Optional.empty(), "file", 4, 6, 2, false, true, Optional.empty());
    DiffEntry gone =
        new DiffEntry(
            "D", "db/2", Optional.empty(), "file", 4, 0, 4, false, true, Optional.empty());
    assertThat(DiffText.patch(diff(text, binary, gone, MODE), Style.PLAIN))
        .isEqualTo(
            """
            diff --git a/files/a.txt b/files/a.txt
            --- a/files/a.txt
            +++ b/files/a.txt
            @@ -1,2 +1,2 @@
             same
            -old\\x1b[2J
            +new
            diff --git a/db/1 b/db/1
            Binary files a/db/1 and b/db/1 differ
            diff --git a/db/2 b/db/2
            deleted file
            Binary files a/db/2 and /dev/null differ
            diff --git a/files/run.sh b/files/run.sh
            attributes changed
            """);
    assertThat(DiffText.patch(diff(text), Style.COLOUR))
        .contains("\u001b[32m+new\u001b[m\n")
        .contains("\u001b[36m@@ -1,2");
  }

  @Test
  void summaryCountsPerSubdot() {
    assertThat(DiffText.summary(diff(CHANGED, DIRECTORY, ADDED, DELETED)))
        .isEqualTo(
            """
            SUBDOT  ADDED  BYTES    CHANGED  BYTES     REMOVED  BYTES
            db      0      -        1        8.00 kiB  0        -
            files   1      12.00 B  0        -         1        2.00 kiB
            """);
  }

  @Test
  void aTruncatedAnswerSaysSo() {
    DiffReply cut =
        new DiffReply("admin/shop", Optional.empty(), Optional.empty(), List.of(CHANGED), true);
    assertThat(DiffText.nameStatus(cut))
        .endsWith("\n... and more: name paths after -- to see less at once\n");
  }
}
