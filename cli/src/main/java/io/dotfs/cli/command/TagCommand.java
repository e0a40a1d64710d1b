package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.cli.signing.AllowedSigners;
import io.dotfs.cli.signing.Signer;
import io.dotfs.cli.signing.Verdict;
import io.dotfs.daemon.api.BranchMessages.TagCreateRequest;
import io.dotfs.daemon.api.BranchMessages.TagDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.BranchMessages.TagListReply;
import io.dotfs.daemon.api.BranchMessages.TagListRequest;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.SigningMessages.SignatureInfo;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "tag",
    customSynopsis = {
      "dm tag [-l] [--json]",
      "       dm tag [-f] [-m MSG] [-s | -u FILE] NAME [COMMIT]",
      "       dm tag -d NAME",
      "       dm tag -v NAME"
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

  @Option(
      names = {"-s", "--sign"},
      description =
          "Sign the tag with your OpenSSH Ed25519 key: the setting signing.key, or ~/.ssh/id_ed25519. Needs -m.")
  private boolean sign;

  @Option(
      names = {"-u", "--local-user"},
      paramLabel = "FILE",
      description = "Sign the tag with this key. Needs -m.")
  private Optional<String> keyFile = Optional.empty();

  @Option(
      names = {"-v", "--verify"},
      description = "Check the tag's signature; exit status 1 unless it is good.")
  private boolean verify;

  @Option(
      names = {"-l", "--list"},
      description = "List the tags; so does no word at all.")
  private boolean list;

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
      if (delete || verify || sign || keyFile.isPresent() || message.isPresent()) {
        throw CommandException.usage("no tag is named", "dm tag NAME [COMMIT]");
      }
      return list();
    }
    if (list) {
      throw CommandException.usage("a list of the tags has no name", "dm tag --list");
    }
    if (delete) {
      session().daemon().tagDelete(new TagDeleteRequest(dot(), name.get()));
      session().out().println("Deleted tag " + Escapes.line(name.get()));
      return Main.DONE;
    }
    if (verify) {
      return verify(name.get());
    }
    boolean signed = sign || keyFile.isPresent();
    if (signed && message.isEmpty()) {
      throw CommandException.usage("a signed tag has a message", "dm tag -s -m MSG NAME");
    }
    Optional<Signer> signer =
        signed ? Optional.of(Signing.key(session(), keyFile.orElse(""))) : Optional.empty();
    Signing.Listener listener = new Signing.Listener(session(), ProgressListener.NONE, signer);
    TagCreateRequest request =
        new TagCreateRequest(selector(), name.get(), revision, message, force, signed);
    TagInfo made;
    try {
      made = session().daemon().tagCreate(request, listener);
    } catch (DaemonException e) {
      throw listener.explain(e);
    }
    if (json) {
      session().json(made);
    }
    return Main.DONE;
  }

  private int verify(String wanted) throws CommandException, DaemonException, SettingsException {
    TagInfo tag =
        judged(session().daemon().tagList(new TagListRequest(dot()))).tags().stream()
            .filter(candidate -> candidate.name().equals(wanted))
            .findFirst()
            .orElseThrow(() -> CommandException.failed("no such tag: " + wanted, "dm tag"));
    SignatureInfo signature =
        tag.signature()
            .orElseThrow(
                () ->
                    CommandException.failed(
                        "the tag " + wanted + " is not signed", "dm tag -s -m MSG NAME signs one"));
    if (json) {
      session().json(tag);
    } else {
      session().out().println(Escapes.line(Verdict.line(signature)));
    }
    return signature.verdict().equals(Optional.of("good")) ? Main.DONE : Main.FAILED;
  }

  private TagListReply judged(TagListReply reply) throws CommandException, SettingsException {
    AllowedSigners allowed = Signing.allowed(session());
    return new TagListReply(
        reply.tags().stream().map(tag -> Signing.judged(tag, allowed)).toList());
  }

  private int list() throws CommandException, DaemonException, SettingsException {
    TagListReply reply = session().daemon().tagList(new TagListRequest(dot()));
    if (json) {
      session().json(judged(reply));
    } else {
      reply.tags().forEach(tag -> session().out().println(Escapes.line(tag.name())));
    }
    return Main.DONE;
  }
}
