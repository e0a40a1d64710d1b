package io.dotfs.hub;

import io.dotfs.hub.account.HubException;
import io.dotfs.hub.cli.HubCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * The program {@code dm hub}. Exit status 0, 1 when something cannot be done, 2 for wrong usage.
 */
public final class HubMain {
  private static final String LOG_SETTING = "logback.configurationFile";

  private HubMain() {}

  /** Runs what the words after {@code dm hub} say. */
  public static void main(String[] arguments) {
    if (System.getProperty(LOG_SETTING) == null) {
      System.setProperty(LOG_SETTING, "io/dotfs/hub/logback.xml");
    }
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(out, err, arguments));
  }

  /** As {@link #main}, without ending the process; returns the exit status. */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(new HubCommand());
    line.setOut(out);
    line.setErr(err);
    line.setParameterExceptionHandler(
        (failure, words) -> {
          err.println("dm: " + failure.getMessage());
          err.println(
              "hint: " + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
          return 2;
        });
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof HubException) {
            err.println("dm: " + failure.getMessage());
            return 1;
          }
          throw failure;
        });
    return line.execute(arguments);
  }
}
