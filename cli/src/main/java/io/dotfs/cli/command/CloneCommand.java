package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.RemoteMessages.CloneRequest;
import io.dotfs.daemon.api.RemoteMessages.RemoteSpec;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "clone",
    description = "Make a dot here from one on a remote, and make it the current one.",
    footer = "  dm clone hub shop && dm mount shop.db /srv/db")
final class CloneCommand extends DmCommand {
  @Parameters(index = "0", paramLabel = "REMOTE", description = "The remote.")
  private String remote = "";

  @Parameters(
      index = "1",
      paramLabel = "DOT",
      description = "The dot there, [namespace/]dot; your own namespace if not said.")
  private String dot = "";

  @Parameters(
      index = "2",
      paramLabel = "BRANCH",
      arity = "0..1",
      description = "The branch to check out; master if not said.")
  private Optional<String> branchWord = Optional.empty();

  @Option(names = "--branch", paramLabel = "BRANCH", description = "As the word BRANCH.")
  private Optional<String> branch = Optional.empty();

  @Option(names = "--at", paramLabel = "COMMIT", description = "Check out this commit of it.")
  private Optional<String> at = Optional.empty();

  @Option(
      names = {"--local-name", "--dot"},
      paramLabel = "DOT",
      description = "What to call the dot here.")
  private Optional<String> localName = Optional.empty();

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  CloneCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException, SettingsException {
    RemoteSpec from = TransferCommand.spec(session().settings().remote(remote));
    CloneRequest request = new CloneRequest(from, dot, branchWord.or(() -> branch), at, localName);
    TransferReply reply =
        TransferCommand.show(
            session(), "Cloning", json, (daemon, progress) -> daemon.cloneDot(request, progress));
    session().makeCurrent(reply.name());
    return Main.DONE;
  }
}
