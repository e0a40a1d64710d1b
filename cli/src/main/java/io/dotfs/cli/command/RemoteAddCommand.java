package io.dotfs.cli.command;

import io.dotfs.cli.settings.Remote;
import io.dotfs.cli.settings.RemoteAddress;
import io.dotfs.cli.settings.SettingsException;
import java.io.IOException;
import java.util.Optional;
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
  @Parameters(index = "0", paramLabel = "NAME", description = "What to call it.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "URL", description = "Where it is.")
  private String url = "";

  RemoteAddCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, SettingsException, IOException {
    if (!Remote.isName(name)) {
      throw CommandException.failed(
          name.equals(Remote.LOCAL) ? "'local' is this host" : "invalid remote name '" + name + "'",
          "a name has up to 64 letters, digits, '_' or '-'");
    }
    refuseExisting(session().settings().hasRemote(name));
    RemoteAddress address = RemoteAddress.parse(url);
    Optional<String> key = address.user().isPresent() ? Optional.of(key()) : Optional.empty();
    Remote remote = new Remote(name, address, key);
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

  private void refuseExisting(boolean there) throws CommandException {
    if (there) {
      throw CommandException.failed(
          "a remote called '" + name + "' is there already", "dm remote rm " + name);
    }
  }

  private String key() throws CommandException, IOException {
    String key = session().environment("DOTMESH_PASSWORD");
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
