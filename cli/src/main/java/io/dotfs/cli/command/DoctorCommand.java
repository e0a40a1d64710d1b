package io.dotfs.cli.command;

import io.dotfs.cli.render.Documents.Finding;
import io.dotfs.cli.render.Documents.HostReport;
import io.dotfs.cli.render.Documents.State;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.Figures;
import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.api.DaemonLauncher;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description =
        "Check what this host has and lacks, and say how to mend it. Exit status 1 if something required is missing.",
    footer = "  dm doctor")
final class DoctorCommand extends DmCommand {
  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  DoctorCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  @Override
  int run() throws CommandException {
    DaemonEndpoint endpoint = session().endpoint();
    HostCheck check =
        new HostCheck(
            Path.of("/"),
            "root".equals(System.getProperty("user.name")),
            session().environment("PATH"));
    List<Finding> findings = check.all(endpoint.home(), new DaemonLauncher(endpoint).listens());
    boolean healthy = findings.stream().noneMatch(finding -> finding.state() == State.MISSING);
    if (json) {
      session().json(new HostReport(healthy, findings));
      return healthy ? Main.DONE : Main.FAILED;
    }
    for (Finding finding : findings) {
      session().out().println(word(finding.state()) + Escapes.line(finding.what()));
      Optional<String> mend = finding.mend();
      if (mend.isPresent()) {
        session().out().println("         mend: " + mend.get());
      }
    }
    if (!healthy) {
      long missing = findings.stream().filter(finding -> finding.state() == State.MISSING).count();
      throw CommandException.failed(
          Figures.count(missing, "thing is", "things are") + " missing on this host");
    }
    return Main.DONE;
  }

  private static String word(State state) {
    return switch (state) {
      case FINE -> "ok       ";
      case ADVICE -> "advice   ";
      case MISSING -> "MISSING  ";
    };
  }
}
