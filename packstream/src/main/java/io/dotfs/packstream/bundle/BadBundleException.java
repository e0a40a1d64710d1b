package io.dotfs.packstream.bundle;

import java.io.IOException;
import java.io.Serial;

/** A file is no bundle, or none that can be taken; the message is a line for whoever gave it. */
public final class BadBundleException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  BadBundleException(String message) {
    super(message);
  }

  BadBundleException(String message, Throwable cause) {
    super(message, cause);
  }
}
