package io.dotfs.cli.render;

import io.dotfs.daemon.api.HistoryMessages.DiffEntry;
import io.dotfs.daemon.api.HistoryMessages.DiffReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What differs, as text. */
public final class DiffText {
  private DiffText() {}

  /** {@code --name-status}: a letter, a tab, the path (of a rename both). */
  public static String nameStatus(DiffReply diff) {
    StringBuilder out = new StringBuilder();
    for (DiffEntry entry : diff.entries()) {
      out.append(entry.status()).append('\t');
      entry.oldPath().ifPresent(old -> out.append(Escapes.line(old)).append('\t'));
      out.append(Escapes.line(entry.path())).append('\n');
    }
    return out.append(truncation(diff)).toString();
  }

  /** {@code --stat}: changed bytes of bytes in all for each path, and a line that sums up. */
  public static String stat(DiffReply diff, Style style) {
    if (diff.entries().isEmpty()) {
      return "";
    }
    int width = 0;
    List<String> names = new ArrayList<>();
    for (DiffEntry entry : diff.entries()) {
      String name =
          entry.oldPath().map(old -> Escapes.line(old) + " => ").orElse("")
              + Escapes.line(entry.path());
      names.add(name);
      width = Math.max(width, name.codePointCount(0, name.length()));
    }
    StringBuilder out = new StringBuilder();
    long changedBytes = 0;
    long allBytes = 0;
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      DiffEntry entry = diff.entries().get(i);
      String name = names.get(i);
      out.append(' ')
          .append(name)
          .append(" ".repeat(width - name.codePointCount(0, name.length())))
          .append(" | ");
      out.append(change(entry, style)).append('\n');
      changedBytes += entry.changedBytes();
      allBytes += bytesInAll(entry);
      counts.merge(entry.status(), 1, Integer::sum);
    }
    out.append(' ').append(Figures.count(names.size(), "path", "paths")).append(" changed, ");
    out.append(Figures.size(changedBytes)).append(" of ").append(Figures.size(allBytes));
    count(out, counts, "A", " added");
    count(out, counts, "D", " deleted");
    count(out, counts, "R", " renamed");
    return out.append('\n').append(truncation(diff)).toString();
  }

  private static void count(
      StringBuilder out, Map<String, Integer> counts, String letter, String what) {
    Integer count = counts.get(letter);
    if (count != null) {
      out.append(", ").append(count).append(what);
    }
  }

  private static String change(DiffEntry entry, Style style) {
    if (!entry.kind().equals("file")) {
      return word(entry, style) + " " + entry.kind();
    }
    if (entry.attributesOnly()) {
      return "attributes only";
    }
    String bytes = Figures.size(entry.changedBytes()) + " of " + Figures.size(bytesInAll(entry));
    return entry.status().equals("M") ? bytes : bytes + " (" + word(entry, style) + ")";
  }

  private static String word(DiffEntry entry, Style style) {
    return switch (entry.status()) {
      case "A" -> style.green("added");
      case "D" -> style.red("deleted");
      case "R" -> "renamed";
      case "T" -> "type changed,";
      default -> "changed";
    };
  }

  private static long bytesInAll(DiffEntry entry) {
    return Math.max(entry.oldBytes(), entry.newBytes());
  }

  /** {@code -p}: unified hunks for text, a line for what is not. */
  public static String patch(DiffReply diff, Style style) {
    StringBuilder out = new StringBuilder();
    for (DiffEntry entry : diff.entries()) {
      String now = Escapes.line(entry.path());
      String before = entry.oldPath().map(Escapes::line).orElse(now);
      out.append(style.bold("diff --git a/" + before + " b/" + now)).append('\n');
      String detail =
          switch (entry.status()) {
            case "A" -> "new " + entry.kind();
            case "D" -> "deleted " + entry.kind();
            case "R" -> "rename from " + before + "\nrename to " + now;
            case "T" -> "type changed to " + entry.kind();
            default -> entry.attributesOnly() ? "attributes changed" : "";
          };
      if (!detail.isEmpty()) {
        out.append(style.bold(detail)).append('\n');
      }
      if (entry.patch().isPresent()) {
        hunks(out, entry.patch().get(), style);
      } else if (entry.binary()) {
        String a = entry.status().equals("A") ? "/dev/null" : "a/" + before;
        String b = entry.status().equals("D") ? "/dev/null" : "b/" + now;
        out.append("Binary files ").append(a).append(" and ").append(b).append(" differ\n");
      }
    }
    return out.append(truncation(diff)).toString();
  }

  private static void hunks(StringBuilder out, String patch, Style style) {
    String text = Escapes.lines(patch);
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      String line = text.substring(at, end < 0 ? text.length() : end);
      if (line.startsWith("+++ ") || line.startsWith("--- ")) {
        out.append(style.bold(line));
      } else if (line.startsWith("@@")) {
        out.append(style.cyan(line));
      } else if (line.startsWith("+")) {
        out.append(style.green(line));
      } else if (line.startsWith("-")) {
        out.append(style.red(line));
      } else {
        out.append(line);
      }
      out.append('\n');
      at = end < 0 ? text.length() : end + 1;
    }
  }

  /** {@code --summary}: files and bytes added, changed and removed, a row for each subdot. */
  public static String summary(DiffReply diff) {
    Map<String, Summary> subdots = new TreeMap<>();
    for (DiffEntry entry : diff.entries()) {
      if (entry.kind().equals("directory")) {
        continue;
      }
      int slash = entry.path().indexOf('/');
      String subdot = slash < 0 ? entry.path() : entry.path().substring(0, slash);
      subdots.computeIfAbsent(subdot, name -> new Summary()).add(entry);
    }
    Table table = new Table("SUBDOT", "ADDED", "BYTES", "CHANGED", "BYTES", "REMOVED", "BYTES");
    subdots.forEach((name, sums) -> table.row(sums.cells(name)));
    return table.text("") + truncation(diff);
  }

  private static String truncation(DiffReply diff) {
    return diff.truncated() ? "... and more: name paths after -- to see less at once\n" : "";
  }

  private static final class Summary {
    private long addedFiles;
    private long addedBytes;
    private long changedFiles;
    private long changedBytes;
    private long removedFiles;
    private long removedBytes;

    void add(DiffEntry entry) {
      switch (entry.status()) {
        case "A" -> {
          addedFiles++;
          addedBytes += entry.newBytes();
        }
        case "D" -> {
          removedFiles++;
          removedBytes += entry.oldBytes();
        }
        default -> {
          changedFiles++;
          changedBytes += entry.changedBytes();
        }
      }
    }

    List<String> cells(String name) {
      return List.of(
          name,
          Long.toString(addedFiles),
          Figures.sizeOrDash(addedBytes),
          Long.toString(changedFiles),
          Figures.sizeOrDash(changedBytes),
          Long.toString(removedFiles),
          Figures.sizeOrDash(removedBytes));
    }
  }
}
