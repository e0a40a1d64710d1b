package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.objectstore.object.Stamp;
import java.time.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/** Who makes commits and tags when a request does not say. */
public record Author(String name, Clock clock, ZoneId zone) {
  /** The given name, or this one's, at this moment. */
  Stamp stamp(Optional<String> given) {
    ZoneOffset offset = zone.getRules().getOffset(clock.instant());
    int minutes = offset.getTotalSeconds() / 60;
    return new Stamp(given.orElse(name), clock.instant(), ZoneOffset.ofTotalSeconds(minutes * 60));
  }

  /** As {@link #stamp}, refusing what a commit cannot hold. */
  Stamp checkedStamp(Optional<String> given) throws DaemonException {
    try {
      return stamp(given);
    } catch (IllegalArgumentException e) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, "bad author: " + e.getMessage());
    }
  }
}
