package io.dotfs.daemon.dots;

import com.github.difflib.DiffUtils;
import com.github.difflib.algorithm.myers.MyersDiffWithLinearSpace;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.Patch;
import io.dotfs.daemon.api.PathText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Unified hunks of two versions of a text, as {@code diff -u} prints them. Bytes that are not UTF-8
 * pass through as {@link PathText} writes them.
 */
final class TextDiff {
  /** A side with more bytes is shown as binary: comparing lines takes time and memory. */
  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_LINES = 50_000;
  private static final int CONTEXT = 3;
  private static final int PROBE_BYTES = 8000;
  private static final String NO_NEWLINE = "\\ No newline at end of file\n";

  private TextDiff() {}

  /** git's test: text has no NUL among its first bytes. */
  static boolean isText(byte[] content) {
    for (int i = 0; i < Math.min(content.length, PROBE_BYTES); i++) {
      if (content[i] == 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The hunks with their two header lines; nothing if a side is not text or too long.
   *
   * @param oldName behind {@code ---}, e.g. {@code a/db/x} or {@code /dev/null}
   */
  static Optional<String> unified(String oldName, byte[] before, String newName, byte[] after) {
    if (!isText(before) || !isText(after)) {
      return Optional.empty();
    }
    List<String> oldLines = lines(before);
    List<String> newLines = lines(after);
    if (oldLines.size() > MAX_LINES || newLines.size() > MAX_LINES) {
      return Optional.empty();
    }
    Patch<String> patch = DiffUtils.diff(oldLines, newLines, new MyersDiffWithLinearSpace<>());
    StringBuilder out = new StringBuilder();
    out.append("--- ").append(oldName).append('\n');
    out.append("+++ ").append(newName).append('\n');
    for (List<Region> hunk : hunks(regions(patch.getDeltas()))) {
      append(out, hunk, oldLines, newLines);
    }
    return Optional.of(out.toString());
  }

  /** Lines with their terminators, so that a missing last one makes a difference. */
  static List<String> lines(byte[] content) {
    String text = PathText.decode(content);
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end + 1;
      lines.add(text.substring(start, end));
      start = end;
    }
    return lines;
  }

  /** Lines from {@code oldStart} to {@code oldEnd} became those of the new side. */
  private record Region(int oldStart, int oldEnd, int newStart, int newEnd) {}

  /** The changes in order; the algorithm tells a replacement as an insertion and a deletion. */
  private static List<Region> regions(List<AbstractDelta<String>> deltas) {
    List<Region> regions = new ArrayList<>();
    for (AbstractDelta<String> delta : deltas) {
      int oldStart = delta.getSource().getPosition();
      int newStart = delta.getTarget().getPosition();
      Region next =
          new Region(
              oldStart,
              oldStart + delta.getSource().size(),
              newStart,
              newStart + delta.getTarget().size());
      int last = regions.size() - 1;
      if (last >= 0 && oldStart <= regions.get(last).oldEnd()) {
        Region before = regions.get(last);
        next = new Region(before.oldStart(), next.oldEnd(), before.newStart(), next.newEnd());
        regions.set(last, next);
      } else {
        regions.add(next);
      }
    }
    return regions;
  }

  /** Joins changes whose contexts touch. */
  private static List<List<Region>> hunks(List<Region> regions) {
    List<List<Region>> hunks = new ArrayList<>();
    int end = Integer.MIN_VALUE / 2;
    for (Region region : regions) {
      if (region.oldStart() - end > 2 * CONTEXT) {
        hunks.add(new ArrayList<>());
      }
      hunks.get(hunks.size() - 1).add(region);
      end = region.oldEnd();
    }
    return hunks;
  }

  private static void append(
      StringBuilder out, List<Region> hunk, List<String> oldLines, List<String> newLines) {
    Region first = hunk.get(0);
    Region last = hunk.get(hunk.size() - 1);
    int oldStart = Math.max(0, first.oldStart() - CONTEXT);
    int newStart = first.newStart() - (first.oldStart() - oldStart);
    int oldEnd = Math.min(oldLines.size(), last.oldEnd() + CONTEXT);
    int newEnd = last.newEnd() + (oldEnd - last.oldEnd());
    out.append("@@ -").append(range(oldStart, oldEnd - oldStart));
    out.append(" +").append(range(newStart, newEnd - newStart)).append(" @@\n");
    int at = oldStart;
    for (Region region : hunk) {
      lines(out, ' ', oldLines, at, region.oldStart());
      lines(out, '-', oldLines, region.oldStart(), region.oldEnd());
      lines(out, '+', newLines, region.newStart(), region.newEnd());
      at = region.oldEnd();
    }
    lines(out, ' ', oldLines, at, oldEnd);
  }

  private static void lines(StringBuilder out, char sign, List<String> lines, int from, int to) {
    lines.subList(from, to).forEach(text -> line(out, sign, text));
  }

  private static String range(int start, int length) {
    int shown = length == 0 ? start : start + 1;
    return length == 1 ? Integer.toString(shown) : shown + "," + length;
  }

  private static void line(StringBuilder out, char sign, String text) {
    out.append(sign).append(text);
    if (!text.endsWith("\n")) {
      out.append('\n').append(NO_NEWLINE);
    }
  }
}
