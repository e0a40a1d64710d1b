package io.dotfs.hub.cli;

import io.dotfs.hub.account.Access;
import io.dotfs.hub.account.Accounts;
import io.dotfs.hub.account.HubException;
import io.dotfs.packstream.DotName;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dm hub grant add|list|rm}. */
@Command(
    name = "grant",
    description = "Say who else may read or push a dot.",
    mixinStandardHelpOptions = true)
final class GrantCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(description = "Grant, or change a grant.", mixinStandardHelpOptions = true)
  int add(
      @Mixin HubHome home,
      @Parameters(paramLabel = "NAMESPACE/DOT") String dot,
      @Parameters(paramLabel = "USER") String user,
      @Parameters(paramLabel = "owner|write|read") String access)
      throws HubException {
    Access granted;
    try {
      granted = Access.of(access);
    } catch (IllegalArgumentException e) {
      throw new HubException("access is one of owner, write, read", e);
    }
    DotName name = dot(dot);
    return home.with(accounts -> accounts.grant(name, user, granted));
  }

  @Command(description = "List a dot's grants: user, access.", mixinStandardHelpOptions = true)
  int list(@Mixin HubHome home, @Parameters(paramLabel = "NAMESPACE/DOT") String dot)
      throws HubException {
    DotName name = dot(dot);
    PrintWriter out = spec.commandLine().getOut();
    return home.with(
        accounts -> {
          for (Accounts.Grant grant : accounts.grants(name)) {
            out.println(grant.user() + "\t" + grant.access().word());
          }
        });
  }

  @Command(description = "Take a grant back.", mixinStandardHelpOptions = true)
  int rm(
      @Mixin HubHome home,
      @Parameters(paramLabel = "NAMESPACE/DOT") String dot,
      @Parameters(paramLabel = "USER") String user)
      throws HubException {
    DotName name = dot(dot);
    return home.with(accounts -> accounts.revoke(name, user));
  }

  private static DotName dot(String text) throws HubException {
    try {
      int slash = text.indexOf('/');
      return new DotName(text.substring(0, Math.max(slash, 0)), text.substring(slash + 1));
    } catch (IllegalArgumentException e) {
      throw new HubException("invalid dot name: NAMESPACE/DOT is expected", e);
    }
  }
}
