package io.dotfs.cli.command;

import io.dotfs.cli.render.ManPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/**
 * What the build asks: {@code dm __man DIRECTORY} writes a page for {@code dm} and for each verb.
 */
@Command(name = ManCommand.NAME, hidden = true, description = "For the build: write the man pages.")
final class ManCommand extends DmCommand {
  static final String NAME = "__man";

  /** Stands in a description for the values that are possible (picocli). */
  private static final String CANDIDATES = "${COMPLETION-CANDIDATES}";

  @Parameters(paramLabel = "DIRECTORY", description = "Where to; made if it is not there.")
  private String directory = "";

  ManCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws IOException {
    Path target = session().file(directory);
    Files.createDirectories(target);
    CommandLine all = Verbs.all(session());
    ManPage general = new ManPage("dm", "git for data, as a file system");
    general.literal("SYNOPSIS", "dm COMMAND [WORDS] [OPTIONS]");
    general.literal("COMMANDS", Verbs.help());
    general.seeAlso(Verbs.names().stream().map(name -> "dm-" + name).toList());
    write(target, "dm", general);
    for (CommandLine verb : all.getSubcommands().values()) {
      writeTree(target, verb);
    }
    return Main.DONE;
  }

  private static void writeTree(Path target, CommandLine command) throws IOException {
    CommandSpec spec = command.getCommandSpec();
    String[] description = spec.usageMessage().description();
    String summary =
        description.length == 0 ? "" : description[0].replaceFirst("(?s)\\.( .*)?$", "");
    ManPage page = new ManPage(spec.qualifiedName("-"), summary);
    page.literal("SYNOPSIS", command.getHelp().synopsis(0));
    page.text("DESCRIPTION", description);
    for (PositionalParamSpec word : spec.positionalParameters()) {
      page.item("WORDS", word.paramLabel(), text(word));
    }
    for (OptionSpec option : inOrder(spec)) {
      String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
      page.item("OPTIONS", String.join(", ", option.names()) + value, text(option));
    }
    for (CommandLine nested : command.getSubcommands().values()) {
      page.item(
          "COMMANDS",
          nested.getCommandName(),
          String.join(" ", nested.getCommandSpec().usageMessage().description()));
    }
    page.literal("EXAMPLE", String.join("\n", spec.usageMessage().footer()));
    page.seeAlso(List.of("dm"));
    write(target, spec.qualifiedName("-"), page);
    for (CommandLine nested : command.getSubcommands().values()) {
      writeTree(target, nested);
    }
  }

  /** A verb's own options before those that all have, as in its help. */
  private static List<OptionSpec> inOrder(CommandSpec spec) {
    return spec.options().stream().sorted(Comparator.comparingInt(OptionSpec::order)).toList();
  }

  private static String text(ArgSpec argument) {
    String text = String.join(" ", argument.description());
    return text.contains(CANDIDATES)
        ? text.replace(CANDIDATES, String.join(", ", argument.completionCandidates()))
        : text;
  }

  private static void write(Path directory, String name, ManPage page) throws IOException {
    Files.write(directory.resolve(name + ".1"), page.roff().getBytes(StandardCharsets.UTF_8));
  }
}
