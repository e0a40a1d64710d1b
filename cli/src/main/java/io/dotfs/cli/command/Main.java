package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.Terminal;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code dm}. Exit status 0 done, 1 failed, 2 wrong usage, 130 interrupted (the JVM's own), 141
 * whoever read the output has gone.
 */
public final class Main {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;
  private static final int NOBODY_READS = 141;

  /** System property: which of i(nput), o(utput), e(rror) are terminals; the launcher knows. */
  private static final String TERMINAL_PROPERTY = "dotfs.terminal";

  private Main() {}

  /** Runs one command and ends the process. */
  public static void main(String[] words) {
    Output output = new Output(FileDescriptor.out);
    PrintStream out =
        new PrintStream(new BufferedOutputStream(output, 1 << 16), false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(
            new BufferedOutputStream(new Output(FileDescriptor.err)), true, StandardCharsets.UTF_8);
    Session session =
        new Session(
            System.getenv(),
            Path.of(System.getProperty("user.dir", "/")),
            Terminal.of(System.getProperty(TERMINAL_PROPERTY, ""), System.getenv()),
            new OwnProcess(System.in),
            out,
            err);
    int status = run(session, Words.lossless(words));
    out.flush();
    if (status == DONE && output.nobodyReads()) {
      status = NOBODY_READS;
    } else if (status == DONE && output.failure().isPresent()) {
      status =
          fail(
              session,
              FAILED,
              "cannot write the output: " + text(output.failure().get()),
              Optional.empty(),
              output.failure().get());
    }
    System.exit(status);
  }

  /**
   * Runs one command and returns its exit status; output may still be in the session's buffers.
   *
   * @throws DeclinedException if the session's surroundings leave the command to another process
   */
  public static int run(Session session, String... words) {
    try {
      return dispatch(session, List.of(words));
    } catch (ParameterException e) {
      return fail(
          session,
          WRONG_USAGE,
          usageMessage(e),
          Optional.of(e.getCommandLine().getCommandSpec().qualifiedName() + " --help"),
          e);
    } catch (CommandException e) {
      return fail(session, e.status(), text(e), e.hint(), e);
    } catch (SettingsException e) {
      return fail(session, FAILED, text(e), e.hint(), e);
    } catch (DaemonException e) {
      if (e.kind() == ErrorKind.UNKNOWN_DOT && session.assumedDot().isPresent()) {
        String message = "the current dot " + session.assumedDot().get() + " is gone";
        return fail(
            session, FAILED, message, Optional.of("dm switch DOT makes another one current"), e);
      }
      return fail(session, FAILED, e.error().message(), e.error().hint(), e);
    } catch (DeclinedException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      return fail(
          session,
          FAILED,
          "the answer is too large to show",
          Optional.of("name fewer commits or paths, or set DM_CLIENT_OPTS=-Xmx2g"),
          e);
    } catch (Exception e) {
      return fail(
          session,
          FAILED,
          "internal error: " + e,
          Optional.of("the same command with --verbose shows where"),
          e);
    }
  }

  private static int dispatch(Session session, List<String> words) throws Exception {
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("-")) {
      String word = words.get(at);
      if (word.equals("-h") || word.equals("--help")) {
        session.out().print(Verbs.help());
        return DONE;
      } else if (word.equals("--version")) {
        return execute(session, List.of("version"));
      } else if (word.equals("--verbose")) {
        session.configure(Optional.empty(), true);
      } else if (word.startsWith("--config=")) {
        session.configure(Optional.of(word.substring("--config=".length())), false);
      } else if (word.equals("--config") && at + 1 < words.size()) {
        session.configure(Optional.of(words.get(++at)), false);
      } else {
        throw CommandException.usage(
            word.equals("--config") ? "no file after --config" : "unknown option '" + word + "'",
            "dm --help");
      }
      at++;
    }
    List<String> rest = words.subList(at, words.size());
    if (rest.isEmpty()) {
      session.err().print(Verbs.help());
      return WRONG_USAGE;
    }
    if (rest.get(0).equals("help")) {
      if (rest.size() == 1) {
        session.out().print(Verbs.help());
        return DONE;
      }
      return execute(session, List.of(rest.get(1), "--help"));
    }
    return execute(session, rest);
  }

  private static int execute(Session session, List<String> words) throws Exception {
    String verb = words.get(0);
    Optional<CommandLine> parser = Verbs.parser(verb, session);
    if (parser.isEmpty()) {
      String hint =
          Verbs.similar(verb)
              .map(name -> "did you mean 'dm " + name + "'?")
              .orElse("dm --help lists the commands");
      throw CommandException.usage("unknown command '" + verb + "'", hint);
    }
    CommandLine line =
        parser
            .get()
            .setExpandAtFiles(false) // @{1} is a revision
            .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    ParseResult result = parse(line, words);
    while (result.hasSubcommand()) {
      result = result.subcommand();
    }
    if (result.isUsageHelpRequested()) {
      session.out().print(result.commandSpec().commandLine().getUsageMessage());
      return DONE;
    }
    return ((DmCommand) result.commandSpec().userObject()).call();
  }

  /**
   * Parses; of a command that {@link TakesPaths} what follows {@code --} is kept from the parser.
   */
  private static ParseResult parse(CommandLine line, List<String> words) {
    Object command = line.getSubcommands().values().iterator().next().getCommand();
    if (command instanceof TakesCount) {
      words = TakesCount.spelledOut(words);
    }
    int dashes = words.indexOf("--");
    if (!(command instanceof TakesPaths taker) || dashes < 0) {
      return line.parseArgs(words.toArray(new String[0]));
    }
    taker.paths(List.copyOf(words.subList(dashes + 1, words.size())));
    return line.parseArgs(words.subList(0, dashes).toArray(new String[0]));
  }

  private static String usageMessage(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      String word = unmatched.getUnmatched().get(0);
      return (unmatched.isUnknownOption() ? "unknown option '" : "unexpected word '") + word + "'";
    }
    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return "missing: "
          + String.join(
              " ",
              missing.getMissing().stream()
                  .map(
                      argument ->
                          argument.isOption()
                              ? ((CommandLine.Model.OptionSpec) argument).longestName()
                                  + " "
                                  + argument.paramLabel()
                              : argument.paramLabel())
                  .toList());
    }
    if (e instanceof MutuallyExclusiveArgsException) {
      return "these do not go together: "
          + text(e).replaceFirst("^Error: ", "").replaceFirst(" are mutually exclusive.*", "");
    }
    String message = text(e);
    return message.isEmpty()
        ? "wrong usage"
        : Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }

  private static int fail(
      Session session, int status, String message, Optional<String> hint, Throwable cause) {
    session.out().flush();
    PrintStream err = session.err();
    err.println("dm: " + Escapes.line(message.strip()));
    hint.ifPresent(text -> err.println("hint: " + Escapes.line(text)));
    if (session.verbose()) {
      cause.printStackTrace(err);
    }
    err.flush();
    return status;
  }

  private static String text(Exception e) {
    return Objects.requireNonNullElse(e.getMessage(), "");
  }
}
