package io.dotfs.cli.render;

import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.RemoteMessages.RemoteDotInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code --json} prints where it is not an answer of the daemon as it came. The names of the
 * fields are what scripts rely on: they may be added to, not changed.
 */
public final class Documents {
  private Documents() {}

  /** {@code dm list} of this host; {@code currentDot} is {@code namespace/dot}. */
  public record DotList(String currentRemote, Optional<String> currentDot, List<DotSummary> dots) {}

  /** {@code dm list} of another remote. */
  public record RemoteDotList(String currentRemote, List<RemoteDotInfo> dots) {}

  /** {@code dm remote}. */
  public record RemoteList(String current, List<RemoteLine> remotes) {}

  /** A remote, without its key; {@code user} where the address has one. */
  public record RemoteLine(String name, String url, Optional<String> user) {}

  /** {@code dm config}. */
  public record SettingList(Map<String, String> settings) {}

  /** {@code dm version}; {@code daemon} is absent while it does not run. */
  public record Versions(String client, String java, Optional<String> daemon) {}

  /** {@code dm doctor}; {@code healthy} if nothing is missing. */
  public record HostReport(boolean healthy, List<Finding> findings) {}

  /** How a finding weighs. */
  public enum State {
    FINE,
    /** Works without, but less well, or not for everything. */
    ADVICE,
    MISSING
  }

  /** One thing that {@code dm doctor} looked at; {@code mend} for what is not as it should be. */
  public record Finding(State state, String what, Optional<String> mend) {
    public static Finding fine(String what) {
      return new Finding(State.FINE, what, Optional.empty());
    }

    public static Finding advice(String what, String mend) {
      return new Finding(State.ADVICE, what, Optional.of(mend));
    }

    public static Finding missing(String what, String mend) {
      return new Finding(State.MISSING, what, Optional.of(mend));
    }
  }
}
