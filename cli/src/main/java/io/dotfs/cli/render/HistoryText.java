package io.dotfs.cli.render;

import io.dotfs.cli.signing.Verdict;
import io.dotfs.daemon.api.HistoryMessages.CommitInfo;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.ReflogEntry;
import io.dotfs.daemon.api.HistoryMessages.ReflogReply;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Commits as text. */
public final class HistoryText {
  private HistoryText() {}

  /** {@code dm log}: the commits as they come, an empty line between two. */
  public static String log(List<CommitInfo> commits, Style style) {
    StringBuilder out = new StringBuilder();
    for (CommitInfo commit : commits) {
      if (!out.isEmpty()) {
        out.append('\n');
      }
      commit(out, commit, style);
    }
    return out.toString();
  }

  /** One commit as {@code dm log} and {@code dm show} print it. */
  public static String commit(CommitInfo commit, Style style) {
    StringBuilder out = new StringBuilder();
    commit(out, commit, style);
    return out.toString();
  }

  /** {@code dm log --graph}, with or without {@code --oneline}. */
  public static String graph(List<CommitInfo> commits, boolean oneline, Style style) {
    List<String> texts = new ArrayList<>();
    for (CommitInfo commit : commits) {
      texts.add(oneline ? oneline(List.of(commit), style).stripTrailing() : commit(commit, style));
    }
    return CommitGraph.draw(commits, texts);
  }

  private static void commit(StringBuilder out, CommitInfo commit, Style style) {
    out.append(style.yellow("commit " + commit.id())).append('\n');
    if (commit.signature().isPresent() && commit.signature().get().verdict().isPresent()) {
      out.append(Escapes.line(Verdict.line(commit.signature().get()))).append('\n');
    }
    if (commit.parents().size() > 1) {
      out.append("Merge:");
      commit.parents().forEach(parent -> out.append(' ').append(DotText.shortId(parent)));
      out.append('\n');
    }
    out.append("Author: ").append(Escapes.line(commit.author())).append('\n');
    out.append("Date:   ")
        .append(date(commit.timeSeconds(), commit.zoneOffsetMinutes()))
        .append('\n');
    for (Map.Entry<String, String> entry : new TreeMap<>(commit.metadata()).entrySet()) {
      out.append(Escapes.line(entry.getKey()))
          .append(": ")
          .append(Escapes.line(entry.getValue()))
          .append('\n');
    }
    out.append('\n');
    String message = Escapes.lines(commit.message()).stripTrailing();
    for (String line : message.split("\n", -1)) {
      out.append(line.isEmpty() ? "" : "    ").append(line).append('\n');
    }
  }

  /** {@code dm log --oneline}: short id, refs and the first line of the message. */
  public static String oneline(List<CommitInfo> commits, Style style) {
    StringBuilder out = new StringBuilder();
    for (CommitInfo commit : commits) {
      out.append(style.yellow(DotText.shortId(commit.id())));
      if (!commit.refs().isEmpty()) {
        out.append(' ')
            .append(style.cyan("(" + Escapes.line(String.join(", ", commit.refs())) + ")"));
      }
      out.append(' ').append(subject(commit.message())).append('\n');
    }
    return out.toString();
  }

  /** {@code dm reflog}. */
  public static String reflog(ReflogReply reply, Style style) {
    StringBuilder out = new StringBuilder();
    for (ReflogEntry entry : reply.entries()) {
      out.append(
          style.yellow(entry.after().map(DotText::shortId).orElse("-".repeat(DotText.SHORT_ID))));
      out.append(' ')
          .append(Escapes.line(reply.branch()))
          .append("@{")
          .append(entry.index())
          .append("}: ");
      out.append(Escapes.line(entry.message())).append('\n');
    }
    return out.toString();
  }

  /** What {@code dm commit} prints: the id alone, then what it took. */
  public static String committed(CommitReply reply) {
    return reply.id()
        + "\npaused writers for "
        + Figures.duration(reply.pauseNanos())
        + ", stored "
        + Figures.size(reply.bytesStored())
        + " in "
        + Figures.count(reply.objects(), "object", "objects")
        + "\n";
  }

  /** The first line of a message, escaped. */
  static String subject(String message) {
    String text = message.strip();
    int end = text.indexOf('\n');
    return Escapes.line(end < 0 ? text : text.substring(0, end));
  }

  /** As git writes it: {@code Sat Nov 21 13:17:50 2026 +0100}. */
  static String date(long seconds, int zoneOffsetMinutes) {
    int limit = 18 * 60; // what ZoneOffset allows
    int offset = Math.max(-limit, Math.min(limit, zoneOffsetMinutes));
    long bounded =
        Math.max(
            Instant.MIN.getEpochSecond() / 2, Math.min(Instant.MAX.getEpochSecond() / 2, seconds));
    OffsetDateTime time =
        Instant.ofEpochSecond(bounded).atOffset(ZoneOffset.ofTotalSeconds(offset * 60));
    StringBuilder out = new StringBuilder(32);
    out.append(name(time.getDayOfWeek())).append(' ').append(name(time.getMonth())).append(' ');
    out.append(time.getDayOfMonth()).append(' ');
    two(out, time.getHour()).append(':');
    two(out, time.getMinute()).append(':');
    two(out, time.getSecond()).append(' ').append(time.getYear()).append(' ');
    out.append(offset < 0 ? '-' : '+');
    two(out, Math.abs(offset) / 60);
    return two(out, Math.abs(offset) % 60).toString();
  }

  private static String name(DayOfWeek day) {
    return day.name().charAt(0) + day.name().substring(1, 3).toLowerCase(Locale.ROOT);
  }

  private static String name(Month month) {
    return month.name().charAt(0) + month.name().substring(1, 3).toLowerCase(Locale.ROOT);
  }

  private static StringBuilder two(StringBuilder out, int value) {
    return out.append(value < 10 ? "0" : "").append(value);
  }
}
