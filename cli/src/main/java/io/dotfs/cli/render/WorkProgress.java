package io.dotfs.cli.render;

import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.ProgressListener;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * Long work within this host (a large commit, a check) as one moving line on the terminal's error
 * output, shown from its second second on and wiped at the end. For one thread.
 */
public final class WorkProgress implements ProgressListener {
  private static final long QUIET_NANOS = 1_000_000_000;
  private static final long REDRAW_NANOS = 100_000_000;
  private static final String TO_LINE_START = "\r\u001b[K";

  private final PrintStream out;
  private final boolean live;
  private final LongSupplier nanoClock;
  private final long begun;
  private long drawnAt;
  private boolean drawn;

  /** Work that begins now; {@code live} says whether {@code out} is a terminal. */
  public WorkProgress(PrintStream out, boolean live, LongSupplier nanoClock) {
    this.out = out;
    this.live = live;
    this.nanoClock = nanoClock;
    this.begun = nanoClock.getAsLong();
  }

  @Override
  public void progress(Progress progress) {
    long now = nanoClock.getAsLong();
    if (!live || now - begun < QUIET_NANOS || (drawn && now - drawnAt < REDRAW_NANOS)) {
      return;
    }
    drawn = true;
    drawnAt = now;
    StringBuilder line = new StringBuilder(Escapes.line(progress.phase()));
    if (progress.totalBytes() > 0) {
      line.append(' ').append(Figures.size(progress.doneBytes()));
      line.append(" of ").append(Figures.size(progress.totalBytes()));
      line.append(' ').append(Figures.percent(progress.doneBytes(), progress.totalBytes()));
    } else if (progress.doneItems() > 0) {
      line.append(' ').append(progress.doneItems());
      line.append(progress.totalItems() > 0 ? " of " + progress.totalItems() : "");
    }
    out.print(TO_LINE_START + line);
    out.flush();
  }

  /** Wipes the line. */
  public void ended() {
    if (drawn) {
      out.print(TO_LINE_START);
      out.flush();
    }
  }
}
