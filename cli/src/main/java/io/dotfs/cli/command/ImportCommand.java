package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.Figures;
import io.dotfs.cli.render.WorkProgress;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.ArchiveMessages.ImportReply;
import io.dotfs.daemon.api.ArchiveMessages.ImportRequest;
import io.dotfs.daemon.api.ByteStreams;
import io.dotfs.daemon.api.DaemonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = {
      "Make a commit from a tar or a directory, with owners, modes, times, attributes, links and holes. What is imported"
          + " becomes the subdot, and replaces what is in it; the other subdots stay. Of DOT.__root__ each directory at the"
          + " top becomes a subdot. A dot that is not there is made.",
      "The tar may be compressed with gzip or zstd. A directory is read by GNU tar; stop what writes to it before."
    },
    footer = "  dm import shop.db /var/lib/postgresql/15/main -m 'As it was'")
final class ImportCommand extends DmCommand {
  private static final String STANDARD_INPUT = "-";

  @Parameters(
      index = "0",
      paramLabel = "DOT[.SUB]",
      description = "[namespace/]dot[@branch][.subdot]")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE.tar|DIR",
      description = "A tar, a directory, or - for a tar from standard input.")
  private String source = "";

  @Option(
      names = {"-m", "--message"},
      paramLabel = "MSG",
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

  @Option(names = "--force", description = "Even while processes have files open on the mounts.")
  private boolean force;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  ImportCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    String message =
        messages.isEmpty()
            ? "Import " + (source.equals(STANDARD_INPUT) ? "standard input" : shortSource())
            : String.join("\n\n", messages);
    ImportRequest request =
        new ImportRequest(name, message, CommitCommand.keysAndValues(metadata), author, force);
    ByteStreams.Source bytes = bytes();
    WorkProgress progress = session().workProgress();
    ImportReply reply;
    try {
      reply = session().daemon().importTar(request, bytes, progress);
    } catch (IOException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()));
    } finally {
      progress.ended();
    }
    if (reply.created()) {
      session().makeCurrent(reply.name());
    }
    if (json) {
      session().json(reply);
      return Main.DONE;
    }
    session()
        .out()
        .println(
            reply.id()
                + "\nimported "
                + Figures.count(reply.members(), "name", "names")
                + ", "
                + Figures.size(reply.bytes())
                + ", stored "
                + Figures.size(reply.bytesStored()));
    return ContainerNotes.print(
        session(), reply.restarted(), reply.warnings(), "dm reset --hard HEAD^");
  }

  private String shortSource() {
    Path last = Path.of(source).getFileName();
    return Escapes.line(last == null ? source : last.toString());
  }

  private ByteStreams.Source bytes() throws CommandException {
    if (source.equals(STANDARD_INPUT)) {
      return out -> session().in().transferTo(out);
    }
    Path file = session().file(source);
    if (Files.isDirectory(file)) {
      DirectoryTar.requireTar();
      return new DirectoryTar(file);
    }
    if (!Files.isReadable(file)) {
      throw CommandException.failed(
          Files.exists(file) ? "cannot read " + source : "there is no " + source);
    }
    return out -> {
      try (InputStream in = Files.newInputStream(file)) {
        in.transferTo(out);
      }
    };
  }
}
