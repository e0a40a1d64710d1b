package io.dotfs.cli.render;

import io.dotfs.daemon.api.MountMessages.MountInfo;
import java.util.ArrayList;
import java.util.List;

/** Mounts as text. */
public final class MountText {
  private MountText() {}

  /** {@code dm mount} without words. */
  public static String list(List<MountInfo> mounts) {
    Table table = new Table("DIRECTORY", "DOT", "BRANCH", "SUBDOT", "STATE");
    for (MountInfo mount : mounts) {
      table.row(
          List.of(
              mount.directory(),
              DotText.shortName(mount.name()),
              mount.branch(),
              mount.subdot(),
              state(mount)));
    }
    return table.text("");
  }

  private static String state(MountInfo mount) {
    List<String> notes = new ArrayList<>();
    mount.problem().ifPresent(notes::add);
    mount.at().ifPresent(id -> notes.add("at " + DotText.shortId(id)));
    if (mount.readOnly()) {
      notes.add("read-only");
    } else if (mount.at().isPresent()) {
      notes.add("throw-away copy");
    }
    if (mount.pinned() && mount.at().isEmpty()) {
      notes.add("pinned");
    }
    mount.as().ifPresent(owner -> notes.add("as " + owner.uid() + ":" + owner.gid()));
    return notes.isEmpty() ? "ok" : String.join(", ", notes);
  }
}
