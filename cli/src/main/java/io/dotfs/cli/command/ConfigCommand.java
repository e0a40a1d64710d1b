package io.dotfs.cli.command;

import io.dotfs.cli.render.Documents;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.settings.Setting;
import io.dotfs.cli.settings.Settings;
import io.dotfs.cli.settings.SettingsException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "config",
    customSynopsis = {
      "dm config [--json]",
      "       dm config KEY [VALUE]",
      "       dm config --unset KEY"
    },
    description = {
      "List your settings, or read, set or forget one:",
      "  signing.key             file of the key for --sign; ~/.ssh/id_ed25519 unless set",
      "  signing.allowedSigners  whose signatures are trusted: a file as ssh-keygen(1) describes it",
      "  core.pager              command that long output goes through on a terminal"
    },
    footer = "  dm config signing.allowedSigners ~/.ssh/allowed_signers")
final class ConfigCommand extends DmCommand {
  @Option(names = "--unset", description = "Forget the setting.")
  private boolean unset;

  @Option(
      names = {"-l", "--list"},
      description = "List the settings that are made.")
  private boolean list;

  @Option(names = "--json", description = "Print the settings as JSON.")
  private boolean json;

  @Parameters(index = "0", paramLabel = "KEY", arity = "0..1", description = "The setting.")
  private Optional<String> key = Optional.empty();

  @Parameters(index = "1", paramLabel = "VALUE", arity = "0..1", description = "Its new value.")
  private Optional<String> value = Optional.empty();

  ConfigCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, SettingsException {
    if (key.isEmpty()) {
      if (unset) {
        throw CommandException.usage("no setting is named", "dm config --unset KEY");
      }
      return list(session().settings());
    }
    Setting setting =
        Setting.named(key.get())
            .orElseThrow(
                () ->
                    CommandException.failed(
                        "there is no setting " + key.get(), "dm config --help lists them"));
    if (list) {
      throw CommandException.usage("a list of the settings has no key", "dm config --list");
    }
    if (unset) {
      session().settingsFile().update(settings -> settings.without(setting));
      return Main.DONE;
    }
    if (value.isPresent()) {
      String kept = setting.isFile() ? session().userFile(value.get()).toString() : value.get();
      session().settingsFile().update(settings -> settings.with(setting, kept));
      return Main.DONE;
    }
    Optional<String> held = session().settings().value(setting);
    held.ifPresent(text -> session().out().println(Escapes.line(text)));
    return held.isPresent() ? Main.DONE : Main.FAILED; // as git: silent where it is not set
  }

  private int list(Settings settings) {
    Map<String, String> held = new TreeMap<>();
    Arrays.stream(Setting.values())
        .forEach(
            setting -> settings.value(setting).ifPresent(text -> held.put(setting.key(), text)));
    if (json) {
      session().json(new Documents.SettingList(held));
    } else {
      held.forEach((name, text) -> session().out().println(name + "=" + Escapes.line(text)));
    }
    return Main.DONE;
  }
}
