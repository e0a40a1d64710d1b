package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.BranchMessages.TagCreateRequest;
import io.dotfs.daemon.api.BranchMessages.TagDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.BranchMessages.TagListReply;
import io.dotfs.daemon.api.BranchMessages.TagListRequest;
import io.dotfs.daemon.api.DaemonException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "tag",
    customSynopsis = {
      "dm tag [--json]",
      "       dm tag [-f] [-m MSG] NAME [COMMIT]",
      "           dm tag -d NAME"
    },
    description = "List the tags, or give a commit a name that stays.",
    footer = "  dm tag -m \"Before the migration\" v1 HEAD")
final class TagCommand extends DotCommand {
  @Option(
      names = {"-m", "--message"},
      paramLabel = "MSG",
      description = "Keep a message with the tag.")
  private Optional<String> message = Optional.empty();

  @Option(
      names = {"-d", "--delete"},
      description = "Delete the tag.")
  private boolean delete;

  @Option(
      names = {"-f", "--force"},
      description = "Move a tag that is there already.")
  private boolean force;

  @Option(names = "--json", description = "Print the tags as JSON.")
  private boolean json;

  @Parameters(index = "0", paramLabel = "NAME", arity = "0..1", description = "The tag.")
  private Optional<String> name = Optional.empty();

  @Parameters(
      index = "1",
      paramLabel = "COMMIT",
      arity = "0..1",
      description = "The commit; HEAD if not said.")
  private Optional<String> revision = Optional.empty();

  TagCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    if (name.isEmpty()) {
      if (delete || message.isPresent()) {
        throw CommandException.usage("no tag is named", "dm tag NAME [COMMIT]");
      }
      return list();
    }
    if (delete) {
      session().daemon().tagDelete(new TagDeleteRequest(dot(), name.get()));
      session().out().println("Deleted tag " + Escapes.line(name.get()));
      return Main.DONE;
    }
    TagInfo made =
        session()
            .daemon()
            .tagCreate(new TagCreateRequest(selector(), name.get(), revision, message, force));
    if (json) {
      session().json(made);
    }
    return Main.DONE;
  }

  private int list() throws DaemonException, SettingsException {
    TagListReply reply = session().daemon().tagList(new TagListRequest(dot()));
    if (json) {
      session().json(reply);
    } else {
      reply.tags().forEach(tag -> session().out().println(Escapes.line(tag.name())));
    }
    return Main.DONE;
  }
}
