package io.dotfs.hub.cli;

import io.dotfs.hub.account.Accounts;
import io.dotfs.hub.account.HubException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dm hub user add|list|rm}. */
@Command(
    name = "user",
    description = "Add, list and remove users.",
    mixinStandardHelpOptions = true)
final class UserCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(description = "Add a user.", mixinStandardHelpOptions = true)
  int add(@Mixin HubHome home, @Parameters(paramLabel = "NAME") String name) throws HubException {
    return home.with(accounts -> accounts.addUser(name));
  }

  @Command(description = "List users: name, number of keys.", mixinStandardHelpOptions = true)
  int list(@Mixin HubHome home) throws HubException {
    PrintWriter out = spec.commandLine().getOut();
    return home.with(
        accounts -> {
          for (Accounts.User user : accounts.users()) {
            out.println(user.name() + "\t" + user.keys());
          }
        });
  }

  @Command(
      description = "Remove a user with all keys and grants. Dots stay.",
      mixinStandardHelpOptions = true)
  int rm(@Mixin HubHome home, @Parameters(paramLabel = "NAME") String name) throws HubException {
    return home.with(accounts -> accounts.removeUser(name));
  }
}
