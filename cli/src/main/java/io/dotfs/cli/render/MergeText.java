package io.dotfs.cli.render;

import io.dotfs.daemon.api.BranchMessages.MergeConflict;
import io.dotfs.daemon.api.BranchMessages.MergeReply;
import io.dotfs.daemon.api.BranchMessages.MergeSide;
import java.util.Optional;

/** What a merge came to, as text. */
public final class MergeText {
  private MergeText() {}

  /** {@code dm merge}: a line, or one for each conflict. */
  public static String of(MergeReply reply) {
    return switch (reply.outcome()) {
      case UP_TO_DATE -> "Already up to date.\n";
      case FAST_FORWARD -> "Fast-forward: " + now(reply);
      case MERGED -> "Merged: " + now(reply);
      case CONFLICTS -> {
        StringBuilder out = new StringBuilder();
        reply.conflicts().forEach(conflict -> out.append(line(conflict)));
        yield out.toString();
      }
    };
  }

  private static String now(MergeReply reply) {
    return ("branch "
                + Escapes.line(reply.branch())
                + " is now at "
                + DotText.shortId(reply.after())
                + " "
                + Escapes.line(reply.subject()))
            .strip()
        + "\n";
  }

  private static String line(MergeConflict conflict) {
    return "CONFLICT "
        + Escapes.line(conflict.path())
        + ": base "
        + side(conflict.base())
        + ", ours "
        + side(conflict.ours())
        + ", theirs "
        + side(conflict.theirs())
        + "\n";
  }

  /** The content's id, or what stands in its place. */
  private static String side(Optional<MergeSide> side) {
    if (side.isEmpty()) {
      return "not there";
    }
    String kind = side.get().kind();
    String content =
        side.get().id().map(DotText::shortId).orElse(kind.equals("file") ? "empty" : "");
    return ((kind.equals("file") ? "" : kind + " ") + content).strip();
  }
}
