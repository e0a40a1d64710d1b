package io.dotfs.hub.cli;

import io.dotfs.hub.account.Accounts;
import io.dotfs.hub.account.HubException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dm hub key add|list|rm}. */
@Command(
    name = "key",
    description = "Make, list and remove users' API keys.",
    mixinStandardHelpOptions = true)
final class KeyCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      description = "Make a key and print it. It is not stored and cannot be shown again.",
      mixinStandardHelpOptions = true)
  int add(@Mixin HubHome home, @Parameters(paramLabel = "USER") String user) throws HubException {
    PrintWriter out = spec.commandLine().getOut();
    return home.with(accounts -> out.println(accounts.addKey(user).text()));
  }

  @Command(
      description = "List a user's keys: number, when it was made.",
      mixinStandardHelpOptions = true)
  int list(@Mixin HubHome home, @Parameters(paramLabel = "USER") String user) throws HubException {
    PrintWriter out = spec.commandLine().getOut();
    return home.with(
        accounts -> {
          for (Accounts.Key key : accounts.keys(user)) {
            out.println(key.id() + "\t" + key.created());
          }
        });
  }

  @Command(description = "Remove a key by its number.", mixinStandardHelpOptions = true)
  int rm(
      @Mixin HubHome home,
      @Parameters(paramLabel = "USER") String user,
      @Parameters(paramLabel = "NUMBER") long key)
      throws HubException {
    return home.with(accounts -> accounts.removeKey(user, key));
  }
}
