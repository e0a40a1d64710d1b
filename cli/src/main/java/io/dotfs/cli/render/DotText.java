package io.dotfs.cli.render;

import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.DotMessages.ContainerUse;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.daemon.api.DotMessages.StatusReply;
import io.dotfs.daemon.api.DotMessages.SubdotStatus;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.RemoteMessages.RemoteDotInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Dots, their state and their branches as text. */
public final class DotText {
  /** The namespace that is left out. */
  private static final String DEFAULT_NAMESPACE = "admin/";

  /** Digits of an id where it need not be whole. */
  static final int SHORT_ID = 12;

  private DotText() {}

  /**
   * {@code dm list}.
   *
   * @param current {@code namespace/dot} of the current dot
   */
  public static String list(String remote, List<DotSummary> dots, Optional<String> current) {
    Table table = new Table("DOT", "BRANCH", "SERVER", "CONTAINERS", "SIZE", "COMMITS", "DIRTY");
    List<String> prefixes = new ArrayList<>();
    prefixes.add("  ");
    for (DotSummary dot : dots) {
      prefixes.add(current.filter(dot.name()::equals).isPresent() ? "* " : "  ");
      table.row(
          List.of(
              shortName(dot.name()),
              dot.branch(),
              dot.server(),
              String.join(",", dot.containers()),
              Figures.sizeOrDash(dot.sizeBytes()),
              Long.toString(dot.commits()),
              Figures.sizeOrDash(dot.dirtyBytes())));
    }
    return listHeading(remote) + table.text(prefixes);
  }

  /** The table of {@code dm list} while the current remote is another than this host. */
  public static String remoteList(List<RemoteDotInfo> dots) {
    Table table = new Table("DOT", "ACCESS");
    for (RemoteDotInfo dot : dots) {
      table.row(List.of(dot.name(), dot.writable() ? "read and write" : "read"));
    }
    return table.text("  ");
  }

  /** The line above the table, and the empty one. */
  public static String listHeading(String remote) {
    return "Current remote: "
        + Escapes.line(remote)
        + " (use 'dm remote -v' to list and 'dm remote switch' to switch)\n\n";
  }

  /** {@code dm list -H}: sizes in bytes, no header. */
  public static String listForScripts(List<DotSummary> dots) {
    StringBuilder out = new StringBuilder();
    for (DotSummary dot : dots) {
      out.append(shortName(dot.name())).append('\t');
      out.append(dot.branch()).append('\t');
      out.append(dot.server()).append('\t');
      out.append(Escapes.line(String.join(",", dot.containers()))).append('\t');
      out.append(dot.sizeBytes()).append('\t');
      out.append(dot.commits()).append('\t');
      out.append(dot.dirtyBytes()).append('\n');
    }
    return out.toString();
  }

  /** A dot's name without the default namespace. */
  public static String shortName(String name) {
    return name.startsWith(DEFAULT_NAMESPACE) ? name.substring(DEFAULT_NAMESPACE.length()) : name;
  }

  /** The first digits of an id. */
  public static String shortId(String id) {
    return id.length() <= SHORT_ID ? id : id.substring(0, SHORT_ID);
  }

  /**
   * {@code dm status}.
   *
   * @param daemon where the daemon is that answered
   */
  public static String status(StatusReply status, String daemon, Style style) {
    StringBuilder out = new StringBuilder();
    out.append("Dot ").append(style.bold(shortName(status.name())));
    out.append(" on branch ").append(style.bold(status.branch()));
    if (!status.checkedOut()) {
      out.append(" (not checked out)");
    }
    out.append('\n');
    out.append(
        status
            .head()
            .map(
                id ->
                    Figures.count(status.commits(), "commit", "commits")
                        + ", the last is "
                        + style.yellow(shortId(id)))
            .orElse("No commits yet"));
    out.append('\n');
    status
        .upstream()
        .ifPresent(
            up ->
                out.append("Tracks ")
                    .append(Escapes.line(up.remote() + ":" + up.dot()))
                    .append('\n'));
    out.append(status.systemDaemon() ? "System daemon " : "Daemon ");
    out.append(status.server()).append(" at ").append(Escapes.line(daemon)).append('\n');
    out.append('\n').append(subdots(status.subdots()));
    long dirty = status.subdots().stream().mapToLong(SubdotStatus::dirtyBytes).sum();
    long changed = status.subdots().stream().mapToLong(SubdotStatus::changedFiles).sum();
    if (!status.subdots().isEmpty() && dirty == 0 && changed == 0) {
      out.append("\nNothing to commit.\n");
    }
    if (!status.containers().isEmpty()) {
      out.append("\nContainers:\n").append(containers(status.containers()));
    }
    if (!status.openFiles().isEmpty()) {
      out.append("\nOpen files:\n").append(openFiles(status.openFiles()));
    }
    return out.toString();
  }

  private static String subdots(List<SubdotStatus> subdots) {
    if (subdots.isEmpty()) {
      return "No subdots yet (dm mount --create NAME.SUBDOT DIR makes one)\n";
    }
    Table table = new Table("SUBDOT", "SIZE", "DIRTY", "MOUNTED AT");
    for (SubdotStatus subdot : subdots) {
      String mounts = String.join(", ", subdot.mounts().stream().map(DotText::place).toList());
      table.row(
          List.of(
              subdot.subdot(),
              Figures.sizeOrDash(subdot.sizeBytes()),
              Figures.sizeOrDash(subdot.dirtyBytes()),
              mounts.isEmpty() ? "-" : mounts));
    }
    return table.text("  ");
  }

  private static String place(MountInfo mount) {
    List<String> notes = new ArrayList<>();
    mount.at().ifPresent(id -> notes.add("at " + shortId(id)));
    if (mount.pinned() && mount.at().isEmpty()) {
      notes.add("branch " + mount.branch());
    }
    if (mount.readOnly()) {
      notes.add("read-only");
    }
    mount.problem().ifPresent(notes::add);
    return mount.directory() + (notes.isEmpty() ? "" : " (" + String.join(", ", notes) + ")");
  }

  private static String containers(List<ContainerUse> containers) {
    Table table = new Table("CONTAINER", "IMAGE", "SUBDOTS");
    for (ContainerUse use : containers) {
      table.row(List.of(use.name(), use.image(), String.join(", ", use.subdots())));
    }
    return table.text("  ");
  }

  private static String openFiles(List<OpenFile> files) {
    Table table = new Table("PID", "COMMAND", "OPEN AS", "PATH");
    for (OpenFile file : files) {
      table.row(List.of(Long.toString(file.pid()), file.command(), file.how(), file.path()));
    }
    return table.text("  ");
  }

  /** {@code dm dot show}. */
  public static String show(DotShowReply dot, boolean current) {
    DotSummary summary = dot.summary();
    StringBuilder out = new StringBuilder();
    out.append("Dot ").append(summary.name()).append(":\n");
    if (current) {
      out.append("Dot is currently selected.\n");
    }
    dot.head().ifPresent(id -> out.append("Head: ").append(id).append('\n'));
    out.append("Commits: ").append(summary.commits()).append('\n');
    out.append("Dot size: ").append(Figures.size(summary.sizeBytes()));
    out.append(
        summary.dirtyBytes() == 0
            ? " (all clean)\n"
            : " (" + Figures.size(summary.dirtyBytes()) + " dirty)\n");
    if (!summary.containers().isEmpty()) {
      out.append("Containers: ")
          .append(Escapes.line(String.join(", ", summary.containers())))
          .append('\n');
    }
    out.append("Branches:\n");
    for (BranchInfo branch : dot.branches()) {
      out.append(branch.current() ? "* " : "  ").append(Escapes.line(branch.name())).append('\n');
    }
    for (BranchInfo branch : dot.remoteBranches()) {
      out.append("  ").append(Escapes.line(branch.name())).append('\n');
    }
    if (!dot.tags().isEmpty()) {
      out.append("Tags:\n");
      dot.tags().forEach(tag -> out.append("  ").append(Escapes.line(tag.name())).append('\n'));
    }
    if (!dot.mounts().isEmpty()) {
      out.append("Mounts:\n");
      dot.mounts()
          .forEach(
              mount ->
                  out.append("  ")
                      .append(Escapes.line(mount.subdot() + " at " + place(mount)))
                      .append('\n'));
    }
    dot.upstream()
        .ifPresent(
            up ->
                out.append("Tracks dot ")
                    .append(Escapes.line(up.dot()))
                    .append(" on remote ")
                    .append(Escapes.line(up.remote()))
                    .append('\n'));
    return out.toString();
  }

  /** {@code dm dot show -H}: one field a line, name and values separated by tabs. */
  public static String showForScripts(DotShowReply dot, boolean current) {
    DotSummary summary = dot.summary();
    StringBuilder out = new StringBuilder();
    out.append("namespace\t").append(summary.namespace()).append('\n');
    out.append("name\t").append(summary.dot()).append('\n');
    if (current) {
      out.append("selected\n");
    }
    dot.head().ifPresent(id -> out.append("head\t").append(id).append('\n'));
    out.append("commitCount\t").append(summary.commits()).append('\n');
    out.append("size\t").append(summary.sizeBytes()).append('\n');
    out.append("dirty\t").append(summary.dirtyBytes()).append('\n');
    out.append("currentBranch\t").append(summary.branch()).append('\n');
    summary
        .containers()
        .forEach(name -> out.append("container\t").append(Escapes.line(name)).append('\n'));
    dot.branches().forEach(branch -> out.append("branch\t").append(branch.name()).append('\n'));
    dot.remoteBranches()
        .forEach(branch -> out.append("remoteBranch\t").append(branch.name()).append('\n'));
    dot.tags()
        .forEach(
            tag ->
                out.append("tag\t")
                    .append(tag.name())
                    .append('\t')
                    .append(tag.target())
                    .append('\n'));
    dot.mounts()
        .forEach(
            mount ->
                out.append("mount\t")
                    .append(mount.subdot())
                    .append('\t')
                    .append(Escapes.line(mount.directory()))
                    .append('\n'));
    dot.upstream()
        .ifPresent(
            up ->
                out.append("defaultUpstreamDot\t")
                    .append(up.remote())
                    .append('\t')
                    .append(up.dot())
                    .append('\n'));
    return out.toString();
  }

  /** {@code dm branch}, with ids and subjects for {@code -v}. */
  public static String branches(
      BranchListReply reply, boolean remotes, boolean verbose, Style style) {
    List<BranchInfo> all = new ArrayList<>(reply.branches());
    if (remotes) {
      all.addAll(reply.remoteBranches());
    }
    int width = all.stream().mapToInt(branch -> branch.name().length()).max().orElse(0);
    StringBuilder out = new StringBuilder();
    for (BranchInfo branch : all) {
      String name = Escapes.line(branch.name());
      out.append(branch.current() ? "* " + style.green(name) : "  " + name);
      if (verbose) {
        out.append(" ".repeat(Math.max(0, width - name.length()) + 1));
        out.append(branch.head().map(id -> style.yellow(shortId(id))).orElse("no commits"));
        out.append(branch.subject().isEmpty() ? "" : " " + Escapes.line(branch.subject()));
        if (branch.dirtyBytes() > 0) {
          out.append(" (").append(Figures.size(branch.dirtyBytes())).append(" dirty)");
        }
      }
      out.append('\n');
    }
    return out.toString();
  }
}
