package io.dotfs.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.HistoryMessages.CommitInfo;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.ReflogEntry;
import io.dotfs.daemon.api.HistoryMessages.ReflogReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryTextTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String OLD = "fedcba9876543210".repeat(4);

  private static CommitInfo commit(
      String id, String message, Map<String, String> metadata, String... refs) {
    return new CommitInfo(
        id,
        List.of(),
        "Zoë <zoe@example.com>",
        1_795_267_070L,
        60,
        metadata,
        message,
        List.of(refs));
  }

  @Test
  void logIndentsTheMessageAndSortsTheMetadata() {
    CommitInfo first =
        commit(ID, "Ten customers\n\n  and orders\n", Map.of("ticket", "42", "ci", "yes\u0007"));
    CommitInfo second = commit(OLD, "Empty state", Map.of());
    assertThat(HistoryText.log(List.of(first, second), Style.PLAIN))
        .isEqualTo(
            """
            commit %s
            Author: Zoë <zoe@example.com>
            Date:   Sat Nov 21 14:17:50 2026 +0100
            ci: yes\\x07
            ticket: 42

                Ten customers

                  and orders

            commit %s
            Author: Zoë <zoe@example.com>
            Date:   Sat Nov 21 14:17:50 2026 +0100

                Empty state
            """
                .formatted(ID, OLD));
  }

  @Test
  void onelineHasIdRefsAndSubject() {
    assertThat(
            HistoryText.oneline(
                List.of(
                    commit(ID, "Ten\nmore", Map.of(), "master", "hub/master"),
                    commit(OLD, "Empty", Map.of())),
                Style.PLAIN))
        .isEqualTo("0123456789ab (master, hub/master) Ten\nfedcba987654 Empty\n");
  }

  @Test
  void colourIsForTheId() {
    assertThat(HistoryText.commit(commit(ID, "x", Map.of()), Style.COLOUR))
        .startsWith("\u001b[33mcommit " + ID + "\u001b[m\n");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0,Thu Jan 1 00:00:00 1970 +0000",
    "-1,0,Wed Dec 31 23:59:59 1969 +0000",
    "0,-330,Wed Dec 31 18:30:00 1969 -0530",
    "951782400,0,Tue Feb 29 00:00:00 2000 +0000",
    "0,99999,Thu Jan 1 18:00:00 1970 +1800"
  })
  void datesAreGits(long seconds, int offsetMinutes, String text) {
    assertThat(HistoryText.date(seconds, offsetMinutes)).isEqualTo(text);
  }

  @Test
  void datesFromAHostileCommitDoNotFail() {
    assertThat(HistoryText.date(Long.MAX_VALUE, Integer.MIN_VALUE)).isNotEmpty();
    assertThat(HistoryText.date(Long.MIN_VALUE, Integer.MAX_VALUE)).isNotEmpty();
  }

  @Test
  void aCommitPrintsItsIdAloneOnTheFirstLine() {
    CommitReply reply =
        new CommitReply(
            "admin/shop",
            "master",
            ID,
            Optional.of(OLD),
            1_234_567,
            12_288,
            7,
            99_000_000,
            List.of());
    assertThat(HistoryText.committed(reply))
        .isEqualTo(ID + "\npaused writers for 1.23 ms, stored 12.00 kiB in 7 objects\n");
  }

  private static CommitInfo node(String id, String... parents) {
    return new CommitInfo(id, List.of(parents), "a", 0, 0, Map.of(), id, List.of());
  }

  @Test
  void aGraphOfOneLineIsAColumnOfStars() {
    List<CommitInfo> line = List.of(node("c", "b"), node("b", "a"), node("a"));
    assertThat(HistoryText.graph(line, true, Style.PLAIN)).isEqualTo("* c c\n* b b\n* a a\n");
    assertThat(HistoryText.graph(List.of(node("b", "a"), node("a")), false, Style.PLAIN))
        .isEqualTo(
            """
            * commit b
            | Author: a
            | Date:   Thu Jan 1 00:00:00 1970 +0000
            |
            |     b
            |
            * commit a
              Author: a
              Date:   Thu Jan 1 00:00:00 1970 +0000

                  a
            """);
  }

  @Test
  void aGraphShowsForksAndMerges() {
    List<CommitInfo> commits =
        List.of(node("m", "x", "y"), node("x", "o"), node("y", "o"), node("o", "r"), node("r"));
    assertThat(HistoryText.graph(commits, true, Style.PLAIN))
        .isEqualTo(
            """
            * m m
            |\\
            * | x x
            | * y y
            |/
            * o o
            * r r
            """);
  }

  @Test
  void reflogNumbersTheMoves() {
    ReflogReply reply =
        new ReflogReply(
            "admin/shop",
            "master",
            List.of(
                new ReflogEntry(0, Optional.of(OLD), Optional.of(ID), 5, "commit: Ten"),
                new ReflogEntry(1, Optional.empty(), Optional.of(OLD), 4, "commit: Empty")));
    assertThat(HistoryText.reflog(reply, Style.PLAIN))
        .isEqualTo(
            "0123456789ab master@{0}: commit: Ten\nfedcba987654 master@{1}: commit: Empty\n");
  }
}
