package io.dotfs.cli.command;

import io.dotfs.cli.settings.Remote;
import io.dotfs.cli.settings.RemoteAddress;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.RemoteMessages.RemoteListReply;
import io.dotfs.daemon.api.RemoteMessages.RemoteListRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "add",
    description = {
      "Add a remote. The API key of a hub's user is read from DOTMESH_PASSWORD if set, else asked for, or read from stdin.",
      "URL is user@host[:port], https://user@host[:port] or file:///directory."
    },
    footer = "  dm remote add hub me@hub.example.com")
final class RemoteAddCommand extends DmCommand {
  private static final long PATIENCE_SECONDS = 5;

  @Parameters(index = "0", paramLabel = "NAME", description = "What to call it.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "URL", description = "Where it is.")
  private String url = "";

  RemoteAddCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException, IOException {
    if (!Remote.isName(name)) {
      throw CommandException.failed(
          name.equals(Remote.LOCAL) ? "'local' is this host" : "invalid remote name '" + name + "'",
          "a name has up to 64 letters, digits, '_' or '-'");
    }
    refuseExisting(session().settings().hasRemote(name));
    RemoteAddress address = RemoteAddress.parse(url);
    Optional<String> key = address.user().isPresent() ? Optional.of(key()) : Optional.empty();
    Remote remote = new Remote(name, address, key);
    if (key.isPresent()) {
      tryKey(remote);
    }
    boolean[] taken = {false};
    session()
        .settingsFile()
        .update(
            settings -> {
              taken[0] = settings.hasRemote(name);
              return taken[0] ? settings : settings.withRemote(remote);
            });
    refuseExisting(taken[0]);
    session().out().println("Remote added.");
    return Main.DONE;
  }

  /**
   * Asks the hub whether it takes the key, so that a wrong one is known now. A hub that cannot be
   * reached or takes its time is no reason not to note it down.
   */
  private void tryKey(Remote remote) throws DaemonException {
    RemoteListRequest request = new RemoteListRequest(TransferCommand.spec(remote));
    // A daemon that has to be started first takes none of the hub's time.
    DaemonClient daemon = session().daemon();
    FutureTask<RemoteListReply> question = new FutureTask<>(() -> daemon.remoteList(request));
    Thread asking = new Thread(question, "try-key");
    asking.setDaemon(true);
    asking.start();
    try {
      question.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DaemonException failure
          && failure.kind() == ErrorKind.PERMISSION_DENIED) {
        throw failure;
      }
      note("the hub does not answer yet");
    } catch (TimeoutException e) {
      note("the hub does not answer yet");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void note(String text) {
    session().err().println("dm: note: " + text + "; the key is not checked");
  }

  private void refuseExisting(boolean there) throws CommandException {
    if (there) {
      throw CommandException.failed(
          "the remote '" + name + "' exists already", "dm remote rm " + name);
    }
  }

  private String key() throws CommandException, IOException {
    String key = session().environment("DOTMESH_PASSWORD").strip();
    if (key.isEmpty()) {
      key = Prompt.secret(session(), "API key: ").strip();
    }
    if (key.isEmpty()) {
      throw CommandException.failed(
          "no API key was given", "set DOTMESH_PASSWORD, or type it when asked");
    }
    if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw CommandException.failed(
          "the API key has characters that no key has", "copy it again from the hub");
    }
    return key;
  }
}
