package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Refusals as a client gets them. */
final class Errors {
  private Errors() {}

  /** The error that {@code call} must end with. */
  static ErrorRecord of(ErrorKind kind, ThrowingCallable call) {
    DaemonException failure = catchThrowableOfType(DaemonException.class, call);
    assertThat(failure).as("the call was expected to be refused").isNotNull();
    assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
    assertThat(failure.error().message()).doesNotContain("\n").isNotBlank();
    return failure.error();
  }
}
