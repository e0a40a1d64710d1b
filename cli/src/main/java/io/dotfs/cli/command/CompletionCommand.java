package io.dotfs.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "completion",
    description =
        "Print a completion script for a shell: commands, options, dots, branches, commits, tags, remotes and mounts.",
    footer = {
      "  dm completion bash > ~/.local/share/bash-completion/completions/dm",
      "  dm completion zsh > ~/.dm.zsh    # and source that in .zshrc"
    })
final class CompletionCommand extends DmCommand {
  /**
   * The line up to the cursor goes to {@code dm __complete}. The shell breaks words at {@code @},
   * {@code :} and {@code =} and wants what follows the last of these only.
   */
  private static final String SCRIPT =
      """
      _dm() {
        local line=${COMP_LINE:0:$COMP_POINT} word candidate before
        word=${line##*[[:space:]]}
        before=${word%"${word##*[@:=]}"}
        COMPREPLY=()
        while IFS= read -r candidate; do
          COMPREPLY+=("${candidate#"$before"}")
        done < <("${COMP_WORDS[0]}" __complete "$line" 2>/dev/null)
      }
      complete -o default -F _dm dm
      """;

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
    String prologue =
        shell == Shell.zsh
            ? "autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n"
            : "";
    session().out().print(prologue + SCRIPT);
    return Main.DONE;
  }
}
