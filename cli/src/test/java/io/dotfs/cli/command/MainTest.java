package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import io.dotfs.daemon.api.ServerMessages.Damage;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.api.ServerMessages.PingReply;
import io.dotfs.daemon.api.Verb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Help, wrong usage, errors, and the verbs about the host. */
class MainTest extends CommandFixture {
  @Test
  void fsckSaysWhatIsDamagedAndFails() {
    daemon.answers(Verb.FSCK, new FsckReply(10, 2048, 3, List.of()));
    succeeds("fsck");
    assertThat(out).isEqualTo("Checked 10 objects, 2.00 kiB, and 3 refs\nAll is sound\n");
    daemon.answers(
        Verb.FSCK,
        new FsckReply(10, 2048, 3, List.of(new Damage(ID, "p.pack", 4096, "checksum differs"))));
    assertThat(dm("fsck")).isEqualTo(1);
    assertThat(out).endsWith("damaged: " + ID + " in p.pack at 4096: checksum differs\n");
    assertThat(err).isEqualTo("dm: 1 thing is damaged\n");
  }

  @Test
  void versionAndDoctorAndDaemonHaveJsonToo() {
    daemon.answers(
        Verb.PING,
        new PingReply("1.2", 1, 4711, "be3e4bdd17d569ab", "/h", false, "2026-11-21T13:17:50Z", 3));
    succeeds("version --json");
    assertThat(out).contains("\"daemon\" : \"1.2\"");
    dm("doctor --json");
    assertThat(out).contains("\"findings\" : [ {").contains("\"state\" : \"fine\"");
    succeeds("daemon status --json");
    assertThat(out).contains("\"pid\" : 4711");
    succeeds("daemon status");
    assertThat(out)
        .isEqualTo(
            """
            The daemon runs (process 4711, version 1.2, since 2026-11-21T13:17:50Z)
            Kind:    your own
            Socket:  %s/daemon.sock
            Home:    /h
            Server:  be3e4bdd17d569ab
            Mounts:  3
            """
                .formatted(home));
    succeeds("daemon start");
    assertThat(out).isEqualTo("The daemon runs already (process 4711)\n");
    succeeds("cluster init");
    assertThat(out).isEqualTo("Server be3e4bdd17d569ab is ready, its data is in /h\n");
  }

  static List<String> verbs() {
    return Verbs.names();
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void everyVerbHasHelpWithAnExample(String verb) {
    succeeds(verb + " --help");
    assertThat(out).startsWith("Usage: dm " + verb).contains("\nExample:\n  dm ");
    String help = out;
    succeeds("help " + verb);
    assertThat(out).isEqualTo(help);
  }

  @ParameterizedTest
  @CsvSource({
    "dot show",
    "dot delete",
    "remote add",
    "remote rm",
    "remote switch",
    "daemon start",
    "daemon stop",
    "daemon status",
    "daemon run",
    "cluster init"
  })
  void nestedVerbsHaveHelpToo(String words) {
    succeeds(words + " --help");
    assertThat(out).startsWith("Usage: dm " + words).contains("\nExample:\n  dm ");
  }

  @Test
  void theGeneralHelpNamesEveryVerb() {
    succeeds("--help");
    for (String verb : Verbs.names()) {
      assertThat(out).containsPattern("(?m)^  " + verb + " +\\S");
    }
    assertThat(dm(new String[0])).isEqualTo(2);
    assertThat(out).isEmpty();
    assertThat(err).startsWith("Usage: dm COMMAND");
  }

  @Test
  void completionIsAScriptThatAsksDm() {
    succeeds("completion bash");
    assertThat(out).startsWith("_dm() {").contains("__complete").endsWith(" -F _dm dm\n");
    succeeds("completion zsh");
    assertThat(out).contains("bashcompinit").contains("__complete");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "comit | unknown command 'comit' | did you mean 'dm commit'?",
        "frobnicate | unknown command 'frobnicate' | dm --help lists the commands",
        "--frob list | unknown option '--frob' | dm --help",
        "--config | no file after --config | dm --help",
        "list --frob | unknown option '--frob' | dm list --help",
        "list x | unexpected word 'x' | dm list --help",
        "init | missing: DOT | dm init --help",
        "commit | missing: --message MSG | dm commit --help",
        "log -n x | invalid value for option '--max-count': 'x' is not an int | dm log --help",
        "log --graph --oldest-first | these do not go together: --graph, --oldest-first | dm log --help",
        "log -n -1 | a negative number of commits | dm log -n N",
        "reflog -n -1 | a negative number of moves | dm reflog -n N",
        "checkout | no branch is named | dm checkout BRANCH; dm branch lists the branches",
        "checkout a b | more than one branch is named | dm checkout -b NEW START makes a branch; paths stand after --",
        "checkout a -- | which paths to bring back is not clear | dm checkout [COMMIT] -- PATH...",
        "checkout -b a -- x | which paths to bring back is not clear | dm checkout [COMMIT] -- PATH...",
        "restore | no path is named | dm restore [--source COMMIT] PATH...",
        "branch -d | no branch is named | dm branch -d NAME",
        "branch -m a | renaming takes two names | dm branch -m OLD NEW",
        "branch -d -m a b | these do not go together: -d, -m | dm branch --help",
        "tag -d | no tag is named | dm tag NAME [COMMIT]",
        "mount x | no directory is named | dm mount NAME DIR",
        "mount x /d --as 5 | invalid owner '5' | write --as UID:GID with two numbers, as in 999:999",
        "dot | 'dm dot' wants one more word | dm dot --help",
        "daemon | 'dm daemon' wants one more word | dm daemon --help",
        "cluster | 'dm cluster' wants one more word | dm cluster --help",
        "dot frob | unexpected word 'frob' | dm dot --help",
        "dot delete | missing: DOT | dm dot delete --help",
        "remote add x | missing: URL | dm remote add --help",
        "dot set-upstream x | a remote and the dot's name there are needed | dm dot set-upstream [DOT] REMOTE REMOTE-DOT",
        "clone x | missing: DOT | dm clone --help",
        "completion fish | invalid value for positional parameter at index 0 (SHELL): expected one of [bash, zsh] (case-sensitive) but was 'fish' | dm completion --help"
      })
  void wrongUsageIsOneClearLineAndStatusTwo(String line, String message, String hint) {
    assertThat(dm(line)).as(err).isEqualTo(2);
    assertThat(err).isEqualTo("dm: " + message + "\nhint: " + hint + "\n");
    assertThat(out).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "commit -m x -d k | no value in the metadata 'k' | write -d key=value",
        "commit -m x -d K=v | invalid metadata key 'K' | a key starts with a lower-case letter and goes on with letters, digits, '.', '_' or '-'",
        "commit -m x -d a=1 -d a=2 | the metadata key 'a' is given twice | name each key once",
        "push | there is no remote yet | dm remote add NAME USER@HOST",
        "push nowhere | no such remote: nowhere | dm remote -v lists the remotes; dm remote add NAME USER@HOST adds one",
        "clone nowhere x | no such remote: nowhere | dm remote -v lists the remotes; dm remote add NAME USER@HOST adds one",
        "remote rm nowhere | no such remote: nowhere | dm remote lists the remotes",
        "remote switch nowhere | no such remote: nowhere | dm remote lists the remotes",
        "remote add local me@hub | 'local' is this host | a name has up to 64 letters, digits, '_' or '-'",
        "remote add a/b me@hub | invalid remote name 'a/b' | a name has up to 64 letters, digits, '_' or '-'",
        "remote add hub hub | invalid remote address: hub | write user@host[:port], https://user@host[:port] or file:///path",
        "remote add hub me@hub:0 | invalid port in the remote address: me@hub:0 | a port is a number from 1 to 65535",
        "remote add s s3://b/x | s3:// remotes are not supported by this version | use a hub (user@host[:port]) or a directory (file:///path)",
        "remote add hub me@hub | no API key was given | set DOTMESH_PASSWORD, or type it when asked"
      })
  void whatFailsIsOneClearLineAndStatusOne(String line, String message, String hint) {
    assertThat(dm(line)).as(err).isEqualTo(1);
    assertThat(err).isEqualTo("dm: " + message + "\nhint: " + hint + "\n");
    assertThat(out).isEmpty();
    assertThat(daemon.requests()).isEmpty();
  }

  @Test
  void aRemoteIsNotReplacedUnasked() {
    succeeds("remote add dir file:///srv");
    assertThat(dm("remote add dir file:///other")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: the remote 'dir' exists already\nhint: dm remote rm dir\n");
  }

  @Test
  void theDaemonsErrorsArePassedOnEscaped() {
    daemon.fails(Verb.LOG, new ErrorRecord(ErrorKind.IN_USE, "in use by \u001b[2J\n1", "kill 1"));
    assertThat(dm("log")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: in use by \\x1b[2J\\n1\nhint: kill 1\n");
  }

  @Test
  void stackTracesAreForVerboseAlone() {
    daemon.fails(Verb.LOG, new ErrorRecord(ErrorKind.INTERNAL, "fault"));
    dm("log");
    assertThat(err).isEqualTo("dm: fault\n");
    dm("log --verbose");
    assertThat(err).startsWith("dm: fault\n").contains("\tat io.dotfs.");
    dm("--verbose log");
    assertThat(err).contains("\tat io.dotfs.");
  }

  @Test
  void settingsMayBeElsewhere() throws Exception {
    Path other = home.resolve("other");
    Files.writeString(other, "{\"currentDot\": \"me/other\"}");
    daemon.answers(Verb.LOG, new LogReply("me/other", "master", List.of()));
    succeeds("--config " + other + " log");
    assertThat(asked()).contains("me/other");
    succeeds("log --config " + other);
    assertThat(asked()).contains("me/other");
    succeeds("log");
    assertThat(asked()).doesNotContain("me/other");
    Files.writeString(other, "{");
    assertThat(dm("log --config=" + other)).isEqualTo(1);
    assertThat(err)
        .startsWith("dm: the settings in " + other + " are damaged: line 1 ")
        .contains("\nhint: ");
  }
}
