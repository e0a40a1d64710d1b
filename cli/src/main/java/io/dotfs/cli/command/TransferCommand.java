package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.TransferProgress;
import io.dotfs.cli.settings.Remote;
import io.dotfs.cli.settings.Settings;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import io.dotfs.daemon.api.DotMessages.Upstream;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.RemoteMessages.RemoteSpec;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code push}, {@code pull} and {@code fetch}: {@code [REMOTE [DOT [BRANCH]]]}. */
abstract class TransferCommand extends DotCommand {
  @Parameters(
      index = "0",
      paramLabel = "REMOTE",
      arity = "0..1",
      description = "The remote; the current one if none is named.")
  private Optional<String> remote = Optional.empty();

  @Parameters(
      index = "1",
      paramLabel = "DOT",
      arity = "0..1",
      description = "The dot; the current one if none is named.")
  private Optional<String> dotWord = Optional.empty();

  @Parameters(
      index = "2",
      paramLabel = "BRANCH",
      arity = "0..1",
      description = "The branch; the one that is checked out if none is named.")
  private Optional<String> branchWord = Optional.empty();

  @Option(
      names = "--remote-name",
      paramLabel = "DOT",
      description = "What the dot is called on the remote.")
  private Optional<String> remoteDot = Optional.empty();

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  TransferCommand(Session session) {
    super(session);
  }

  /** One call to the daemon. */
  @FunctionalInterface
  interface Transfer {
    TransferReply run(DaemonClient daemon, ProgressListener progress) throws DaemonException;
  }

  /** Shows a transfer as it goes. */
  static TransferReply show(Session session, String verb, boolean json, Transfer transfer)
      throws DaemonException {
    DaemonClient daemon = session.daemon();
    if (json) {
      TransferReply reply = transfer.run(daemon, ProgressListener.NONE);
      session.json(reply);
      return reply;
    }
    TransferProgress progress = session.transferProgress(verb);
    TransferReply reply;
    try {
      reply = transfer.run(daemon, progress);
    } catch (DaemonException e) {
      progress.broken();
      throw e;
    }
    progress.finished(reply);
    return reply;
  }

  final int show(String verb, Transfer transfer) throws DaemonException {
    TransferReply reply = show(session(), verb, json, transfer);
    String before = reply.refs().isEmpty() ? "HEAD" : reply.refs().get(0).before().orElse("HEAD");
    return json
        ? Main.DONE
        : ContainerNotes.print(
            session(),
            reply.restarted(),
            reply.warnings(),
            "dm reset --hard "
                + DotText.shortId(before)
                + " --dot "
                + DotText.shortName(reply.name()));
  }

  final Optional<String> remoteDot() {
    return remoteDot;
  }

  final DotSelector what() throws SettingsException {
    DotSelector selector = selector(dotWord);
    return branchWord.isPresent() ? new DotSelector(selector.dot(), branchWord) : selector;
  }

  /**
   * The remote that was named, else the current one, else the dot's upstream, else the sole one.
   */
  final RemoteSpec remote(DaemonClientSource daemon)
      throws CommandException, DaemonException, SettingsException {
    Settings settings = session().settings();
    if (remote.isPresent()) {
      return spec(settings.remote(remote.get()));
    }
    String current = settings.currentRemote();
    if (!current.equals(Remote.LOCAL)) {
      return spec(settings.remote(current));
    }
    List<Remote> all = settings.remotes();
    if (all.size() == 1) {
      return spec(all.get(0));
    }
    if (all.isEmpty()) {
      throw CommandException.failed("there is no remote yet", "dm remote add NAME USER@HOST");
    }
    Optional<Upstream> upstream = daemon.get().dotShow(new DotShowRequest(what().dot())).upstream();
    if (upstream.isPresent() && settings.hasRemote(upstream.get().remote())) {
      return spec(settings.remote(upstream.get().remote()));
    }
    throw CommandException.failed(
        "which remote is meant is not clear",
        "name it, or choose one with 'dm remote switch NAME'");
  }

  /** A daemon that is only started when it is needed. */
  @FunctionalInterface
  interface DaemonClientSource {
    DaemonClient get() throws DaemonException;
  }

  static RemoteSpec spec(Remote remote) {
    return new RemoteSpec(
        remote.name(), remote.address().text(), remote.address().user(), remote.key());
  }
}
