package io.dotfs.cli.render;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Rows of cells in columns as wide as their widest cell and two spaces; the last column is not
 * padded.
 */
final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(List.of(header));
  }

  /** Adds a row of as many cells as the header has; they are escaped here. */
  Table row(List<String> cells) {
    if (cells.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(
          cells.size() + " cells in a table of " + rows.get(0).size());
    }
    rows.add(cells.stream().map(Escapes::line).toList());
    return this;
  }

  /** The rows, each behind its prefix (the header first). */
  String text(List<String> prefixes) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], width(row.get(column)));
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      out.append(prefixes.get(i));
      List<String> row = rows.get(i);
      for (int column = 0; column < widths.length; column++) {
        String cell = row.get(column);
        out.append(cell);
        if (column < widths.length - 1) {
          out.append(" ".repeat(widths[column] - width(cell))).append(GAP);
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  /** The rows, each behind the same indentation. */
  String text(String indentation) {
    return text(Collections.nCopies(rows.size(), indentation));
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
