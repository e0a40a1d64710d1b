package io.dotfs.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The table of verbs. A start makes the parser of one verb alone: reading the annotations of all of
 * them would take longer than the answer.
 */
final class Verbs {
  /** A verb as the general help lists it. */
  record Verb(String name, String summary) {}

  /** Verbs that belong together. */
  record Group(String title, List<Verb> verbs) {}

  private static final List<Group> GROUPS =
      List.of(
          new Group(
              "Dots and their data",
              List.of(
                  new Verb("init", "create a dot and make it current"),
                  new Verb("list", "list the dots (also: ls)"),
                  new Verb("switch", "make a dot current"),
                  new Verb("status", "current dot, branch, mounts, what changed"),
                  new Verb("mount", "show a subdot as a plain directory"),
                  new Verb("unmount", "take a mount away"),
                  new Verb("run", "run a command on a copy that is thrown away"),
                  new Verb("fork", "make a dot that begins with another one's history"),
                  new Verb("import", "make a commit from a tar or a directory"),
                  new Verb("export", "write a commit as a tar"),
                  new Verb("dot", "show, rename or delete a dot, say where it is pushed"))),
          new Group(
              "History",
              List.of(
                  new Verb("commit", "store all subdots as of one instant"),
                  new Verb("log", "list the commits"),
                  new Verb("show", "show a commit and what it changed"),
                  new Verb("diff", "what differs between commits, or from the data as it stands"),
                  new Verb("branch", "list, create, rename or delete branches"),
                  new Verb("checkout", "switch to another branch, or bring paths back"),
                  new Verb("restore", "bring paths back from a commit"),
                  new Verb("merge", "bring another branch's commits into this one"),
                  new Verb("reset", "move the branch to another commit"),
                  new Verb("tag", "give a commit a name"),
                  new Verb("reflog", "where a branch has pointed"))),
          new Group(
              "Remotes",
              List.of(
                  new Verb("remote", "list, add, remove or choose remotes"),
                  new Verb("push", "send commits to a remote"),
                  new Verb("pull", "bring a branch up to date from a remote"),
                  new Verb("fetch", "bring a remote's branches, and change nothing else"),
                  new Verb("clone", "make a dot from one on a remote"),
                  new Verb("bundle", "move commits through files"),
                  new Verb("verify", "check everything that a remote holds"))),
          new Group(
              "Servers and care",
              List.of(
                  new Verb("cluster", "prepare this host"),
                  new Verb("daemon", "start, stop or ask for the daemon"),
                  new Verb("hub", "be a remote: serve dots to others"),
                  new Verb("fsck", "check everything that is stored"),
                  new Verb("config", "read or change your settings"),
                  new Verb("gc", "give back the space of what nothing needs any more"),
                  new Verb("doctor", "what this host lacks, and how to mend it"),
                  new Verb("completion", "completion for bash and zsh"),
                  new Verb("version", "print versions"))));

  private Verbs() {}

  /** The text of {@code dm --help}. */
  static String help() {
    StringBuilder out = new StringBuilder();
    out.append(
        "Usage: dm COMMAND [WORDS] [OPTIONS]\n\nGit for data: commit, branch, push and clone what databases store, while they run.\n");
    for (Group group : GROUPS) {
      out.append('\n').append(group.title()).append(":\n");
      for (Verb verb : group.verbs()) {
        out.append("  ").append(verb.name()).append(" ".repeat(12 - verb.name().length()));
        out.append(verb.summary()).append('\n');
      }
    }
    out.append("\nOptions before or after the command:\n");
    out.append("  --config FILE  settings file instead of ~/.dotmesh/config\n");
    out.append("  --verbose      show stack traces of errors\n");
    out.append("  --help         help on the command\n");
    out.append("\nA first session:\n");
    out.append("  dm init shop\n  mkdir -p /tmp/shop && dm mount --create shop.files /tmp/shop\n");
    out.append("  date > /tmp/shop/now\n  dm commit -m \"First state\"\n  dm log\n");
    return out.toString();
  }

  /** A parser that knows one verb, by name or alias; absent if there is no such verb. */
  static Optional<CommandLine> parser(String word, Session session) {
    Optional<CommandLine> verb = verb(word, session);
    if (verb.isEmpty()) {
      return verb;
    }
    return Optional.of(root().addSubcommand(verb.get()));
  }

  /** A parser that knows every verb. */
  static CommandLine all(Session session) {
    CommandLine root = root();
    for (String name : names()) {
      root.addSubcommand(verb(name, session).orElseThrow());
    }
    return root;
  }

  /** The verbs that are listed. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    GROUPS.forEach(group -> group.verbs().forEach(verb -> names.add(verb.name())));
    return names;
  }

  private static CommandLine root() {
    return new CommandLine(CommandSpec.create().name("dm"));
  }

  private static Optional<CommandLine> verb(String word, Session session) {
    return switch (word) {
      case "init" -> line(new InitCommand(session));
      case "list", "ls" -> line(new ListCommand(session));
      case "switch" -> line(new SwitchCommand(session));
      case "status" -> line(new StatusCommand(session));
      case "commit" -> line(new CommitCommand(session));
      case "log" -> line(new LogCommand(session));
      case "show" -> line(new ShowCommand(session));
      case "diff" -> line(new DiffCommand(session));
      case "branch" -> line(new BranchCommand(session));
      case "checkout" -> line(new CheckoutCommand(session));
      case "restore" -> line(new RestoreCommand(session));
      case "merge" -> line(new MergeCommand(session));
      case "reset" -> line(new ResetCommand(session));
      case "tag" -> line(new TagCommand(session));
      case "reflog" -> line(new ReflogCommand(session));
      case "mount" -> line(new MountCommand(session));
      case "unmount", "umount" -> line(new UnmountCommand(session));
      case "run" -> line(new RunCommand(session));
      case "import" -> line(new ImportCommand(session));
      case "export" -> line(new ExportCommand(session));
      case "fork" -> line(new ForkCommand(session));
      case "push" -> line(new PushCommand(session));
      case "pull" -> line(new PullCommand(session));
      case "fetch" -> line(new FetchCommand(session));
      case "clone" -> line(new CloneCommand(session));
      case "verify" -> line(new VerifyCommand(session));
      case "fsck" -> line(new FsckCommand(session));
      case "config" -> line(new ConfigCommand(session));
      case "gc" -> line(new GcCommand(session));
      case "doctor" -> line(new DoctorCommand(session));
      case "version" -> line(new VersionCommand(session));
      case ManCommand.NAME -> line(new ManCommand(session));
      case CompleteCommand.NAME -> line(new CompleteCommand(session));
      case "completion" -> line(new CompletionCommand(session));
      case "hub" -> line(new HubCommand(session));
      case "dot" ->
          line(
              new GroupCommand.Dot(session),
              new DotShowCommand(session),
              new DotSetUpstreamCommand(session),
              new DotRenameCommand(session),
              new DotDeleteCommand(session));
      case "remote" ->
          line(
              new RemoteCommand(session),
              new RemoteAddCommand(session),
              new RemoteRemoveCommand(session),
              new RemoteSwitchCommand(session));
      case "bundle" ->
          line(
              new GroupCommand.Bundle(session),
              new BundleCreateCommand(session),
              new BundleTakeCommand.Verify(session),
              new BundleTakeCommand.Unbundle(session));
      case "daemon" ->
          line(
              new GroupCommand.Daemon(session),
              new DaemonCommand.Start(session),
              new DaemonCommand.Stop(session),
              new DaemonCommand.Status(session),
              new DaemonCommand.Run(session));
      case "cluster" ->
          line(new GroupCommand.Cluster(session), new DaemonCommand.ClusterInit(session));
      default -> Optional.empty();
    };
  }

  private static Optional<CommandLine> line(DmCommand command, DmCommand... nested) {
    CommandLine line = new CommandLine(command);
    for (DmCommand sub : nested) {
      line.addSubcommand(new CommandLine(sub));
    }
    return Optional.of(line);
  }

  /** The listed verb that is most like a word that is none, if one is like it. */
  static Optional<String> similar(String word) {
    String best = "";
    int least = 3; // this many changes are too many
    for (String name : names()) {
      int distance = distance(word, name);
      if (distance < least && distance < name.length()) {
        least = distance;
        best = name;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best);
  }

  /** Number of letters to insert, drop or replace to turn one word into the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
