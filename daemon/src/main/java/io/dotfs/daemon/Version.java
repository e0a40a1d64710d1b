package io.dotfs.daemon;

import java.util.Optional;

/** The version of the product, from the jar's manifest. */
final class Version {
  private Version() {}

  static String current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("0.1.0-SNAPSHOT");
  }
}
