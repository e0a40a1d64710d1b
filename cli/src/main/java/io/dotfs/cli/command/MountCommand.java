package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.MountText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.MountMessages.LockFile;
import io.dotfs.daemon.api.MountMessages.MountListReply;
import io.dotfs.daemon.api.MountMessages.MountListRequest;
import io.dotfs.daemon.api.MountMessages.MountReply;
import io.dotfs.daemon.api.MountMessages.MountRequest;
import io.dotfs.daemon.api.MountMessages.Owner;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mount",
    customSynopsis = {"dm mount [OPTIONS] NAME DIR", "       dm mount [--json]"},
    description = {
      "Show a subdot as a plain directory. NAME is [namespace/]dot[@branch][.subdot]; without a subdot it is"
          + " __default__, and .__root__ shows all subdots. Without words: list the mounts.",
      "With --at and without --read-only the directory is a writable copy that is thrown away at 'dm unmount'."
    },
    footer = "  dm mount --create shop.db /srv/shop/db")
final class MountCommand extends DotCommand {
  @Parameters(index = "0", paramLabel = "NAME", arity = "0..1", description = "What to show.")
  private Optional<String> name = Optional.empty();

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      arity = "0..1",
      description = "An existing directory.")
  private Optional<String> directory = Optional.empty();

  @Option(
      names = "--at",
      paramLabel = "COMMIT",
      description = "Show this commit instead of the data as it stands.")
  private Optional<String> at = Optional.empty();

  @Option(
      names = {"-r", "--read-only"},
      description = "Allow no writes.")
  private boolean readOnly;

  @Option(names = "--create", description = "Make the dot and the subdot if they are not there.")
  private boolean create;

  @Option(
      names = "--as",
      paramLabel = "UID:GID",
      description = "Show all files as owned by this user and group.")
  private Optional<String> as = Optional.empty();

  @Option(
      names = "--drop-locks",
      description = "Remove lock files in the copy that name a live process.")
  private boolean dropLocks;

  @Option(names = "--suid", description = "Let set-id bits have effect (root only).")
  private boolean suid;

  @Option(names = "--dev", description = "Let device nodes have effect (root only).")
  private boolean dev;

  @Option(names = "--json", description = "Print the mounts as JSON.")
  private boolean json;

  MountCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    if (name.isEmpty()) {
      return list();
    }
    if (directory.isEmpty()) {
      throw CommandException.usage("no directory is named", "dm mount NAME DIR");
    }
    String path = Directories.absolute(session(), directory.get());
    MountReply reply =
        session()
            .daemon()
            .mount(
                new MountRequest(
                    fullName(name.get()),
                    path,
                    at,
                    readOnly,
                    create,
                    owner(),
                    dropLocks,
                    suid,
                    dev));
    if (json) {
      session().json(reply);
      return Main.DONE;
    }
    for (LockFile lock : reply.locks()) {
      session().err().println(lockNote(lock));
    }
    return Main.DONE;
  }

  private int list() throws DaemonException {
    MountListReply reply = session().daemon().mountList(new MountListRequest());
    if (json) {
      session().json(reply);
    } else {
      session().out().print(MountText.list(reply.mounts()));
    }
    return Main.DONE;
  }

  /** {@code --dot D} makes NAME the subdot of D, {@code --branch B} pins the mount to B. */
  private String fullName(String word) {
    String full = dotOption().map(dot -> dot + "." + word).orElse(word);
    if (branchOption().isEmpty() || full.indexOf('@') >= 0) {
      return full;
    }
    int point = full.indexOf('.');
    int end = point < 0 ? full.length() : point;
    return full.substring(0, end) + "@" + branchOption().get() + full.substring(end);
  }

  private Optional<Owner> owner() throws CommandException {
    if (as.isEmpty()) {
      return Optional.empty();
    }
    String[] ids = as.get().split(":", -1);
    if (ids.length != 2 || !ids[0].matches("[0-9]{1,9}") || !ids[1].matches("[0-9]{1,9}")) {
      throw CommandException.usage(
          "invalid owner '" + as.get() + "'", "write --as UID:GID with two numbers, as in 999:999");
    }
    return Optional.of(new Owner(Integer.parseInt(ids[0]), Integer.parseInt(ids[1])));
  }

  private static String lockNote(LockFile lock) {
    String path = Escapes.line(lock.path());
    String process =
        lock.pid() + (lock.command().isEmpty() ? "" : " (" + Escapes.line(lock.command()) + ")");
    return lock.removed()
        ? "dm: removed " + path + ", a lock that names the live process " + process
        : "dm: note: "
            + path
            + " is a lock that names the live process "
            + process
            + "\nhint: --drop-locks removes it from the copy";
  }
}
