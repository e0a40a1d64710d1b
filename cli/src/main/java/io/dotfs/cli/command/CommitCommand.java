package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.HistoryText;
import io.dotfs.cli.render.WorkProgress;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.cli.signing.Signer;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.CommitRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "commit",
    description =
        "Freeze every subdot of the dot at one instant and store it, while everything keeps running. Prints the"
            + " commit's id, then how long writers were paused and how many bytes were stored.",
    footer = "  dm commit -m \"Ten customers\" -d ticket=42")
final class CommitCommand extends DotCommand {
  private static final String GIT_COMMIT = "git-commit";

  @Option(
      names = {"-m", "--message"},
      paramLabel = "MSG",
      required = true,
      description = "What this state is. Several -m make paragraphs.")
  private List<String> messages = new ArrayList<>();

  @Option(
      names = {"-d", "--metadata"},
      paramLabel = "KEY=VALUE",
      description = "Metadata to keep with the commit; keys start with a lower-case letter.")
  private List<String> metadata = new ArrayList<>();

  @Option(
      names = "--author",
      paramLabel = "AUTHOR",
      description = "Author, 'Name <mail>', instead of you.")
  private Optional<String> author = Optional.empty();

  @Option(
      names = {"-S", "--sign"},
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = "",
      description =
          "Sign the commit with your OpenSSH Ed25519 key: FILE, the setting signing.key, or ~/.ssh/id_ed25519.")
  private Optional<String> sign = Optional.empty();

  @Option(
      names = "--no-provenance",
      description =
          "Do not keep with the commit which images the containers run that use its data, nor the git commit of the directory.")
  private boolean noProvenance;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  CommitCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    String message = String.join("\n\n", messages);
    if (message.isBlank()) {
      throw CommandException.failed("the commit message is empty", "dm commit -m MSG");
    }
    Map<String, String> known = keysAndValues(metadata);
    if (!noProvenance && !known.containsKey(GIT_COMMIT)) {
      CallersCode.commit(session().file(".")).ifPresent(id -> known.put(GIT_COMMIT, id));
    }
    Optional<Signer> signer =
        sign.isPresent() ? Optional.of(Signing.key(session(), sign.get())) : Optional.empty();
    CommitRequest request =
        new CommitRequest(selector(), message, known, author, noProvenance, signer.isPresent());
    WorkProgress progress = session().workProgress();
    Signing.Listener listener = new Signing.Listener(session(), progress, signer);
    CommitReply reply;
    try {
      reply = session().daemon().commit(request, listener);
    } catch (DaemonException e) {
      throw listener.explain(e);
    } finally {
      progress.ended();
    }
    if (json) {
      session().json(reply);
    } else {
      session().out().print(HistoryText.committed(reply));
    }
    for (String warning : reply.warnings()) {
      session().err().println("dm: note: " + Escapes.line(warning));
    }
    return Main.DONE;
  }

  /** Reads {@code key=value} words. */
  static Map<String, String> keysAndValues(List<String> words) throws CommandException {
    Map<String, String> map = new TreeMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw CommandException.failed(
            "no value in the metadata '" + word + "'", "write -d key=value");
      }
      String key = word.substring(0, equals);
      if (!key.matches("[a-z][A-Za-z0-9._-]{0,63}")) {
        throw CommandException.failed(
            "invalid metadata key '" + key + "'",
            "a key starts with a lower-case letter and goes on with letters, digits, '.', '_' or '-'");
      }
      if (map.put(key, word.substring(equals + 1)) != null) {
        throw CommandException.failed(
            "the metadata key '" + key + "' is given twice", "name each key once");
      }
    }
    return map;
  }
}
