package io.dotfs.cli.command;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.MountMessages.UnmountRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "unmount",
    aliases = "umount",
    description = "Take a mount away. The data stays in its dot.",
    footer = "  dm unmount /srv/shop/db")
final class UnmountCommand extends DmCommand {
  @Option(
      names = {"-f", "--force"},
      description = "Even while a process has something open there.")
  private boolean force;

  @Parameters(paramLabel = "DIR", arity = "1..*", description = "Where it is mounted.")
  private List<String> directories = new ArrayList<>();

  UnmountCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException {
    for (String directory : directories) {
      String path = Directories.absolute(session(), directory);
      session().daemon().unmount(new UnmountRequest(path, force));
    }
    return Main.DONE;
  }
}
