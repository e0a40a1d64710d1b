package io.dotfs.cli.render;

import io.dotfs.daemon.api.HistoryMessages.CommitInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws how commits hang together, left of their text, as {@code git log --graph} does. Commits
 * come newest first, each before its parents.
 *
 * <p>Invariant: {@code lanes} holds, from left to right, the id that each line downwards leads to;
 * no id twice between two commits.
 */
final class CommitGraph {
  private final List<String> lanes = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();

  private CommitGraph() {}

  /**
   * Returns the texts behind their lines.
   *
   * @param texts one for each commit, of one or more lines
   */
  static String draw(List<CommitInfo> commits, List<String> texts) {
    CommitGraph graph = new CommitGraph();
    for (int i = 0; i < commits.size(); i++) {
      graph.add(commits.get(i), texts.get(i), i == commits.size() - 1);
    }
    return graph.out.toString();
  }

  private void add(CommitInfo commit, String text, boolean last) {
    int lane = lanes.indexOf(commit.id());
    if (lane < 0) {
      lane = lanes.size();
      lanes.add(commit.id());
    }
    String[] lines = text.split("\n", -1);
    row(downTo(lane) + "*" + bars(lane + 1), lines[0]);
    List<String> parents = commit.parents();
    if (parents.isEmpty()) {
      lanes.remove(lane);
    } else {
      lanes.set(lane, parents.get(0));
      for (int i = 1; i < parents.size(); i++) {
        fork(lane + i, parents.get(i));
      }
    }
    for (int i = 1; i < lines.length - (last ? 1 : 0); i++) {
      String left = lanes.isEmpty() ? " " : downTo(lanes.size()).stripTrailing();
      row(lines[i].isEmpty() ? left.stripTrailing() : left, lines[i]);
    }
    join();
  }

  /** A further parent gets a lane right of the commit's. */
  private void fork(int at, String id) {
    String left = downTo(at).stripTrailing();
    lanes.add(at, id);
    row(left + "\\" + " \\".repeat(lanes.size() - at - 1), "");
  }

  /** Where two lanes lead to one commit the right one bends to the left one. */
  private void join() {
    int right = 1;
    while (right < lanes.size()) {
      int left = lanes.indexOf(lanes.get(right));
      if (left == right) {
        right++;
        continue;
      }
      for (int at = right; at > left; at--) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < lanes.size(); i++) {
          line.append(i == right ? ' ' : '|').append(i == at - 1 ? '/' : ' ');
        }
        row(line.toString().stripTrailing(), "");
      }
      lanes.remove(right);
    }
  }

  private static String downTo(int lane) {
    return "| ".repeat(lane);
  }

  private String bars(int from) {
    return " |".repeat(lanes.size() - from);
  }

  private void row(String lines, String text) {
    out.append(text.isEmpty() ? lines : lines + " " + text).append('\n');
  }
}
