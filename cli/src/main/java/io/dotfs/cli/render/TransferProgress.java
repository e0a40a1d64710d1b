package io.dotfs.cli.render;

import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.RemoteMessages.RefUpdate;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * A transfer as it goes: heading, {@code Calculating...}, the bar (moving on a terminal, once at
 * the end elsewhere), {@code Done!}, and what the other side had already. For one thread.
 */
public final class TransferProgress implements ProgressListener {
  /** Cells between the brackets of the bar. */
  private static final int BAR = 22;

  private static final long REDRAW_NANOS = 100_000_000;
  private static final String TO_LINE_START = "\r\u001b[K";

  private final String verb;
  private final PrintStream out;
  private final boolean live;
  private final LongSupplier nanoClock;
  private final long begun;
  private boolean headed;
  private boolean drawn;
  private long drawnAt;
  private String phase = "";

  /**
   * A transfer that begins now.
   *
   * @param verb {@code Pushing}, {@code Pulling}, {@code Fetching} or {@code Cloning}
   * @param live whether {@code out} is a terminal
   * @param nanoClock see {@link System#nanoTime}
   */
  public TransferProgress(String verb, PrintStream out, boolean live, LongSupplier nanoClock) {
    this.verb = verb;
    this.out = out;
    this.live = live;
    this.nanoClock = nanoClock;
    this.begun = nanoClock.getAsLong();
  }

  @Override
  public void progress(Progress progress) {
    if (!headed && !progress.label().isEmpty()) {
      head(progress.label());
    }
    long now = nanoClock.getAsLong();
    boolean another = !progress.phase().equals(phase);
    if (!live
        || !headed
        || progress.totalBytes() == 0
        || (drawn && !another && now - drawnAt < REDRAW_NANOS)) {
      return;
    }
    phase = progress.phase();
    drawn = true;
    drawnAt = now;
    long done = Math.min(progress.doneBytes(), progress.totalBytes());
    out.print(
        TO_LINE_START + line(Escapes.line(phase), done, progress.totalBytes(), now - begun, 1, 1));
    out.flush();
  }

  /** Prints how it ended. */
  public void finished(TransferReply reply) {
    if (!headed) {
      head(defaultLabel(reply));
    }
    int refs = Math.max(1, reply.refs().size());
    if (drawn) {
      out.print(TO_LINE_START);
    }
    out.println(line("finished", reply.bytes(), reply.bytes(), reply.elapsedNanos(), refs, refs));
    out.println("Done!");
    for (RefUpdate ref : reply.refs()) {
      out.println(outcome(ref));
    }
    boolean push = verb.equals("Pushing");
    out.println(
        (push ? "The other side already had " : "Already here: ")
            + Figures.count(reply.objectsAlreadyThere(), "object", "objects")
            + ", "
            + Figures.size(reply.bytesAlreadyThere())
            + (push ? "; sent " : "; received ")
            + Figures.count(reply.objects(), "object", "objects")
            + ", "
            + Figures.size(reply.bytes()));
  }

  /** Ends the moving line, so that an error stands on one of its own. */
  public void broken() {
    if (drawn) {
      out.println();
      out.flush();
    }
  }

  private void head(String label) {
    headed = true;
    out.println(verb + " " + Escapes.line(label));
    out.println("Calculating...");
    out.flush();
  }

  private String defaultLabel(TransferReply reply) {
    String there = reply.remote() + ":" + reply.remoteDot();
    return verb.equals("Pushing") ? reply.name() + " to " + there : there + " to " + reply.name();
  }

  private static String outcome(RefUpdate ref) {
    String branch = Escapes.line(ref.branch());
    String after = DotText.shortId(ref.after());
    return switch (ref.outcome()) {
      case "up to date" -> branch + ": up to date at " + after;
      case "created" -> branch + ": new, at " + after;
      case "kept" -> branch + ": keeps your commits, at " + after;
      default ->
          branch
              + ": "
              + ref.before().map(id -> DotText.shortId(id) + ".." + after).orElse(after)
              + " ("
              + Escapes.line(ref.outcome())
              + ")";
    };
  }

  static String line(String status, long done, long total, long nanos, int index, int count) {
    int full = total <= 0 ? BAR : (int) (done * (double) BAR / total);
    String bar =
        full >= BAR
            ? "=".repeat(BAR)
            : "=".repeat(Math.max(0, full)) + ">" + "-".repeat(BAR - 1 - Math.max(0, full));
    return status
        + " "
        + Figures.transferSize(done)
        + " / "
        + Figures.transferSize(total)
        + " ["
        + bar
        + "] "
        + Figures.percent(done, total)
        + " "
        + Figures.speed(done, nanos)
        + " ("
        + index
        + "/"
        + count
        + ")";
  }
}
