package io.dotfs.cli.command;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "completion",
    description = "Print a completion script for a shell.",
    footer = {
      "  dm completion bash > ~/.local/share/bash-completion/completions/dm",
      "  dm completion zsh > ~/.dm.zsh    # and source that in .zshrc"
    })
final class CompletionCommand extends DmCommand {
  /** What can be completed. */
  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
  private Shell shell = Shell.bash;

  CompletionCommand(Session session) {
    super(session);
  }

  @Override
  int run() {
    String script = AutoComplete.bash("dm", Verbs.all(session()));
    String prologue =
        shell == Shell.zsh
            ? "autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n"
            : "";
    session().out().print(prologue + script);
    return Main.DONE;
  }
}
