package io.dotfs.cli.command;

import io.dotfs.cli.render.Figures;
import io.dotfs.cli.render.WorkProgress;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.GcMessages.GcReply;
import io.dotfs.daemon.api.GcMessages.GcRequest;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "gc",
    description = {
      "Give back the space of what nothing needs any more: what no branch, tag, mount or uncommitted data comes from, and no recent change in 'dm reflog' either.",
      "Everything else goes on meanwhile."
    },
    footer = {"  dm gc --dry-run", "  dm gc --expire-unreachable now --grace now"})
final class GcCommand extends DmCommand {
  @Option(
      names = {"-n", "--dry-run"},
      description = "Only say what it would free.")
  private boolean dryRun;

  @Option(names = "--all", description = "Rewrite large packs for the sake of a few bytes, too.")
  private boolean everything;

  @Option(
      names = "--grace",
      paramLabel = "AGE",
      converter = Age.Converter.class,
      description =
          "Keep what came later than so long ago (default: 1h). AGE is a number and s, m, h, d or w; or now.")
  private Optional<Age> grace = Optional.empty();

  @Option(
      names = "--expire",
      paramLabel = "AGE",
      converter = Age.Converter.class,
      description = "Forget changes in the reflog that are older (default: 90d; or now, never).")
  private Optional<Age> expire = Optional.empty();

  @Option(
      names = "--expire-unreachable",
      paramLabel = "AGE",
      converter = Age.Converter.class,
      description =
          "Let go of commits that only older changes in the reflog name (default: 30d; or now, never).")
  private Optional<Age> expireUnreachable = Optional.empty();

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  GcCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException {
    GcRequest request =
        new GcRequest(
            dryRun,
            everything,
            grace.map(Age::seconds),
            expire.map(Age::seconds),
            expireUnreachable.map(Age::seconds));
    WorkProgress progress = session().workProgress();
    GcReply reply;
    try {
      reply = session().daemon().gc(request, progress);
    } finally {
      progress.ended();
    }
    if (json) {
      session().json(reply);
    } else {
      session().out().print(text(reply));
    }
    return Main.DONE;
  }

  private static String text(GcReply reply) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Looked at "
            + Figures.count(reply.objects(), "object", "objects")
            + ", "
            + Figures.size(reply.bytes())
            + "\n");
    text.append(
        (reply.dryRun() ? "Would free " : "Freed ")
            + Figures.size(reply.freedBytes())
            + ": nothing needs "
            + Figures.count(reply.unneededObjects(), "object", "objects")
            + "\n");
    if (reply.youngBytes() > 0) {
      text.append(
          Figures.size(reply.youngBytes())
              + " that nothing needs came a short while ago: --grace now frees that, too\n");
    }
    if (reply.leftBytes() > 0) {
      text.append(
          Figures.size(reply.leftBytes())
              + " that nothing needs lie scattered in large packs: --all frees that, too\n");
    }
    return text.toString();
  }
}
