package io.dotfs.cli.command;

import picocli.CommandLine.Command;

/** A word that only stands before others: {@code dot}, {@code daemon}, {@code cluster}. */
abstract class GroupCommand extends DmCommand {
  private final String words;

  GroupCommand(Session session, String words) {
    super(session);
    this.words = words;
  }

  @Override
  final int run() throws CommandException {
    String hint = "dm " + words + " --help";
    throw CommandException.usage("'dm " + words + "' wants one more word", hint);
  }

  @Command(
      name = "dot",
      description = "Show, rename or delete a dot, or say where it is pushed.",
      synopsisSubcommandLabel = "COMMAND",
      footer = "  dm dot show shop")
  static final class Dot extends GroupCommand {
    Dot(Session session) {
      super(session, "dot");
    }
  }

  @Command(
      name = "daemon",
      description =
          "Start, stop or ask for the daemon that serves this host's dots. Commands that need it start it themselves.",
      synopsisSubcommandLabel = "COMMAND",
      footer = "  dm daemon status")
  static final class Daemon extends GroupCommand {
    Daemon(Session session) {
      super(session, "daemon");
    }
  }

  @Command(
      name = "bundle",
      description = "Move commits through files, between machines without a network.",
      synopsisSubcommandLabel = "COMMAND",
      footer = "  dm bundle create shop.bundle master ^v1")
  static final class Bundle extends GroupCommand {
    Bundle(Session session) {
      super(session, "bundle");
    }
  }

  @Command(
      name = "cluster",
      description = "Prepare this host.",
      synopsisSubcommandLabel = "COMMAND",
      footer = "  dm cluster init")
  static final class Cluster extends GroupCommand {
    Cluster(Session session) {
      super(session, "cluster");
    }
  }
}
