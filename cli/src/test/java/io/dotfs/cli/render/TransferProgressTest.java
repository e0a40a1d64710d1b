package io.dotfs.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.RemoteMessages.RefUpdate;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TransferProgressTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String OLD = "fedcba9876543210".repeat(4);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong clock = new AtomicLong(5);

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static TransferReply reply(RefUpdate... refs) {
    return new TransferReply(
        "admin/subdots_sockshop",
        "hub",
        "me/subdots_sockshop",
        List.of(refs),
        1200,
        851_275_940,
        34,
        2048,
        157_030_000_000L);
  }

  @Test
  void aFileGetsTheLinesOfTheManual() {
    TransferProgress progress = new TransferProgress("Pushing", out, false, clock::get);
    progress.progress(
        new Progress(
            "Calculating", "admin/subdots_sockshop to hub:me/subdots_sockshop", 0, 0, 0, 0));
    progress.progress(new Progress("Transferring", "", 5, 10, 0, 0));
    progress.finished(reply(new RefUpdate("master", Optional.of(OLD), ID, "fast-forward")));
    assertThat(printed())
        .isEqualTo(
            """
            Pushing admin/subdots_sockshop to hub:me/subdots_sockshop
            Calculating...
            finished 811.84 MB / 811.84 MB [======================] 100.00% 5.17 MiB/s (1/1)
            Done!
            master: fedcba987654..0123456789ab (fast-forward)
            The other side already had 34 objects, 2.00 kiB; sent 1200 objects, 811.84 MiB
            """);
  }

  @Test
  void withoutProgressTheHeadingComesFromTheAnswer() {
    TransferProgress progress = new TransferProgress("Cloning", out, false, clock::get);
    progress.finished(reply(new RefUpdate("master", Optional.empty(), ID, "created")));
    assertThat(printed())
        .startsWith(
            "Cloning hub:me/subdots_sockshop to admin/subdots_sockshop\nCalculating...\nfinished ")
        .contains(
            "\nDone!\nmaster: new, at 0123456789ab\nAlready here: 34 objects, 2.00 kiB; received 1200 objects, ");
  }

  @Test
  void aTerminalSeesTheBarMoveAtMostTenTimesASecond() {
    TransferProgress progress = new TransferProgress("Pushing", out, true, clock::get);
    progress.progress(new Progress("Calculating", "a to b", 0, 0, 0, 0));
    bytes.reset();
    clock.set(1_000_000_005L);
    progress.progress(new Progress("Transferring", "a to b", 1 << 20, 4 << 20, 0, 0));
    assertThat(printed())
        .isEqualTo(
            "\r\u001b[KTransferring 1.00 MB / 4.00 MB [=====>----------------] 25.00% 1.00 MiB/s (1/1)");
    bytes.reset();
    clock.addAndGet(99_999_999L);
    progress.progress(new Progress("Transferring", "a to b", 2 << 20, 4 << 20, 0, 0));
    assertThat(printed()).isEmpty();
    clock.addAndGet(1);
    progress.progress(new Progress("Transferring", "a to b", 2 << 20, 4 << 20, 0, 0));
    assertThat(printed())
        .startsWith("\r\u001b[KTransferring 2.00 MB / 4.00 MB [===========>----------] 50.00%");
    bytes.reset();
    progress.finished(reply());
    assertThat(printed()).startsWith("\r\u001b[Kfinished 811.84 MB / 811.84 MB [");
  }

  @Test
  void anErrorStandsOnALineOfItsOwn() {
    TransferProgress progress = new TransferProgress("Pushing", out, true, clock::get);
    progress.progress(new Progress("Transferring", "a to b", 1, 4, 0, 0));
    progress.broken();
    assertThat(printed()).endsWith("(1/1)\n");
  }

  @Test
  void namesFromAPeerDoNotReachTheTerminalRaw() {
    TransferProgress progress = new TransferProgress("Pulling", out, true, clock::get);
    progress.progress(new Progress("\u001b[2J", "\u001b]0;x\u0007", 1, 4, 0, 0));
    assertThat(printed())
        .doesNotContain("\u001b[2J")
        .doesNotContain("\u001b]")
        .contains("\\x1b]0;x\\x07");
  }
}
