package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.settings.Remote;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.BranchMessages.BranchListRequest;
import io.dotfs.daemon.api.BranchMessages.TagListRequest;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DaemonLauncher;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.DotMessages.StatusReply;
import io.dotfs.daemon.api.DotMessages.StatusRequest;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.HistoryMessages.LogRequest;
import io.dotfs.daemon.api.MountMessages.MountListRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/**
 * What the shells' completion asks: {@code dm __complete LINE} prints, one a line, what the last
 * word of the line may become. Never starts the daemon; whatever goes wrong, nothing is offered.
 */
@Command(name = CompleteCommand.NAME, hidden = true, description = "For the shells' completion.")
final class CompleteCommand extends DmCommand {
  static final String NAME = "__complete";

  /** Kinds of things that a word may name. */
  private enum Kind {
    DOT,
    SUBDOT,
    BRANCH,
    COMMIT,
    REMOTE,
    MOUNT,
    NONE
  }

  /** What the words of a verb name, in their order; the last goes on for those beyond. */
  private static final Map<String, List<Kind>> WORDS =
      Map.ofEntries(
          Map.entry("switch", List.of(Kind.DOT, Kind.NONE)),
          Map.entry("mount", List.of(Kind.SUBDOT, Kind.NONE)),
          Map.entry("unmount", List.of(Kind.MOUNT)),
          Map.entry("umount", List.of(Kind.MOUNT)),
          Map.entry("run", List.of(Kind.SUBDOT)),
          Map.entry("import", List.of(Kind.SUBDOT, Kind.NONE)),
          Map.entry("export", List.of(Kind.SUBDOT, Kind.NONE)),
          Map.entry("fork", List.of(Kind.DOT, Kind.NONE)),
          Map.entry("show", List.of(Kind.COMMIT, Kind.NONE)),
          Map.entry("log", List.of(Kind.COMMIT, Kind.NONE)),
          Map.entry("diff", List.of(Kind.COMMIT)),
          Map.entry("reset", List.of(Kind.COMMIT, Kind.NONE)),
          Map.entry("reflog", List.of(Kind.BRANCH, Kind.NONE)),
          Map.entry("checkout", List.of(Kind.BRANCH, Kind.COMMIT)),
          Map.entry("branch", List.of(Kind.BRANCH, Kind.COMMIT)),
          Map.entry("tag", List.of(Kind.NONE, Kind.COMMIT)),
          Map.entry("push", List.of(Kind.REMOTE, Kind.DOT, Kind.BRANCH)),
          Map.entry("pull", List.of(Kind.REMOTE, Kind.DOT, Kind.BRANCH)),
          Map.entry("fetch", List.of(Kind.REMOTE, Kind.DOT, Kind.BRANCH)),
          Map.entry("verify", List.of(Kind.REMOTE, Kind.NONE)),
          Map.entry("clone", List.of(Kind.REMOTE, Kind.NONE)),
          Map.entry("dot show", List.of(Kind.DOT, Kind.NONE)),
          Map.entry("dot delete", List.of(Kind.DOT, Kind.NONE)),
          Map.entry("dot rename", List.of(Kind.DOT, Kind.NONE)),
          Map.entry("dot set-upstream", List.of(Kind.DOT, Kind.REMOTE, Kind.NONE)),
          Map.entry("remote rm", List.of(Kind.REMOTE, Kind.NONE)),
          Map.entry("remote switch", List.of(Kind.REMOTE, Kind.NONE)));

  private static final Map<String, Kind> OPTION_VALUES =
      Map.of(
          "--dot", Kind.DOT,
          "--branch", Kind.BRANCH,
          "--at", Kind.COMMIT,
          "--source", Kind.COMMIT,
          "-s", Kind.COMMIT);

  private static final int COMMITS_OFFERED = 20;

  @Parameters(arity = "0..1", paramLabel = "LINE", description = "The line up to the cursor.")
  private String line = "";

  CompleteCommand(Session session) {
    super(session);
  }

  @Override
  int run() {
    List<String> words = new ArrayList<>(List.of(line.stripLeading().split("\\s+", -1)));
    if (words.size() < 2) {
      return Main.DONE;
    }
    String last = words.remove(words.size() - 1);
    words.remove(0);
    for (String candidate : candidates(words, last)) {
      if (candidate.startsWith(last)) {
        session().out().println(candidate);
      }
    }
    return Main.DONE;
  }

  private Iterable<String> candidates(List<String> before, String last) {
    if (before.isEmpty()) {
      return last.startsWith("-") ? List.of("--help", "--version", "--verbose") : Verbs.names();
    }
    Optional<CommandLine> parser = Verbs.parser(before.get(0), session());
    if (parser.isEmpty()) {
      return List.of();
    }
    CommandLine command = nested(parser.get(), before.get(0)).orElseThrow();
    int used = 1;
    Optional<CommandLine> second =
        before.size() > 1 ? nested(command, before.get(1)) : Optional.empty();
    if (second.isPresent()) {
      command = second.get();
      used = 2;
    } else if (before.size() == 1 && !command.getSubcommands().isEmpty() && !last.startsWith("-")) {
      return command.getSubcommands().keySet();
    }
    CommandSpec spec = command.getCommandSpec();
    if (last.startsWith("-")) {
      return spec.options().stream().filter(o -> !o.hidden()).map(OptionSpec::longestName).toList();
    }
    return named(
        kind(spec, String.join(" ", before.subList(0, used)), before.subList(used, before.size())),
        last);
  }

  private static Optional<CommandLine> nested(CommandLine command, String name) {
    return Optional.ofNullable(command.getSubcommands().get(name));
  }

  /** What the next word names: an option's value, or the next of the verb's own words. */
  private static Kind kind(CommandSpec spec, String verb, List<String> words) {
    int position = 0;
    Optional<String> awaiting = Optional.empty();
    for (String word : words) {
      OptionSpec option = spec.findOption(word);
      if (awaiting.isPresent()) {
        awaiting = Optional.empty();
      } else if (option != null) {
        awaiting = option.arity().max() > 0 ? Optional.of(word) : Optional.empty();
      } else if (word.equals("--")) {
        return Kind.NONE; // paths, or a command: the shell's own completion
      } else {
        position++;
      }
    }
    if (awaiting.isPresent()) {
      return OPTION_VALUES.getOrDefault(awaiting.get(), Kind.NONE);
    }
    List<Kind> kinds = WORDS.getOrDefault(verb, List.of(Kind.NONE));
    return kinds.get(Math.min(position, kinds.size() - 1));
  }

  private Iterable<String> named(Kind kind, String last) {
    TreeSet<String> names = new TreeSet<>();
    try {
      if (kind == Kind.REMOTE) {
        session().settings().remotes().stream().map(Remote::name).forEach(names::add);
        return names;
      }
      Optional<DaemonClient> daemon = new DaemonLauncher(session().endpoint()).running();
      if (daemon.isPresent() && kind != Kind.NONE) {
        ask(daemon.get(), kind, last, names);
      }
    } catch (DaemonException | SettingsException e) {
      return names; // there is nobody to tell: what was found so far is offered
    }
    return names;
  }

  private void ask(DaemonClient daemon, Kind kind, String last, Set<String> names)
      throws DaemonException, SettingsException {
    Optional<String> dot = session().settings().currentDot();
    switch (kind) {
      case DOT -> dots(daemon, names);
      case SUBDOT -> subdots(daemon, last, names);
      case MOUNT ->
          daemon
              .mountList(new MountListRequest())
              .mounts()
              .forEach(mount -> names.add(mount.directory()));
      case BRANCH -> branches(daemon, dot, names);
      case COMMIT -> {
        branches(daemon, dot, names);
        names.add("HEAD");
        daemon.tagList(new TagListRequest(dot)).tags().forEach(tag -> names.add(tag.name()));
        commits(daemon, dot, names);
      }
      default -> throw new IllegalStateException("the daemon knows nothing of " + kind);
    }
  }

  private static void dots(DaemonClient daemon, Set<String> names) throws DaemonException {
    daemon.list(new ListRequest()).dots().forEach(dot -> names.add(DotText.shortName(dot.name())));
  }

  /** Dots, and once a point is typed the subdots of the dot before it. */
  private static void subdots(DaemonClient daemon, String last, Set<String> names)
      throws DaemonException {
    int point = last.lastIndexOf('.');
    if (point < 0) {
      dots(daemon, names);
      return;
    }
    String before = last.substring(0, point);
    StatusReply status = daemon.status(new StatusRequest(DotSelector.of(before), false));
    status.subdots().forEach(subdot -> names.add(before + "." + subdot.subdot()));
    names.add(before + ".__root__");
  }

  private static void branches(DaemonClient daemon, Optional<String> dot, Set<String> names)
      throws DaemonException {
    BranchListReply reply = daemon.branchList(new BranchListRequest(dot));
    reply.branches().stream().map(BranchInfo::name).forEach(names::add);
    reply.remoteBranches().stream().map(BranchInfo::name).forEach(names::add);
  }

  private static void commits(DaemonClient daemon, Optional<String> dot, Set<String> names)
      throws DaemonException {
    LogRequest request =
        new LogRequest(
            new DotSelector(dot, Optional.empty()), Optional.empty(), COMMITS_OFFERED, false);
    daemon.log(request).commits().forEach(commit -> names.add(DotText.shortId(commit.id())));
  }
}
