package io.dotfs.hub.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dm hub}. */
@Command(
    name = "dm hub",
    description = "The remote: serves dots to users with API keys.",
    mixinStandardHelpOptions = true,
    subcommands = {ServeCommand.class, UserCommand.class, KeyCommand.class, GrantCommand.class})
public final class HubCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "one of serve, user, key, grant is expected");
  }
}
