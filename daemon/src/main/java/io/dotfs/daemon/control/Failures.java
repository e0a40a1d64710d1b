package io.dotfs.daemon.control;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.fusefs.mount.MountException;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.packstream.TransferException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where failures become what a client is told. Thread safe. */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /** What to tell of {@code failure}; what nobody expected goes to the log as well. */
  public ErrorRecord toError(Throwable failure) {
    if (failure instanceof DaemonException known) {
      return known.error();
    }
    if (failure instanceof MountException mount) {
      return ofMount(mount);
    }
    if (failure instanceof StoreException store) {
      return ofStore(store);
    }
    if (failure instanceof TransferException transfer) {
      return ofTransfer(transfer);
    }
    if (failure instanceof InvalidPathException path) {
      return new ErrorRecord(ErrorKind.BAD_REQUEST, "not a path: " + oneLine(path.getInput()));
    }
    if (failure instanceof CancellationException) {
      return new ErrorRecord(ErrorKind.CANCELLED, "cancelled");
    }
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return new ErrorRecord(ErrorKind.CANCELLED, "interrupted: the daemon is being stopped");
    }
    if (failure instanceof IOException io) {
      return ofIo(io);
    }
    LOG.error("a request failed", failure);
    return new ErrorRecord(
        ErrorKind.INTERNAL,
        "internal error: " + oneLine(failure.toString()),
        "dm daemon status names the log");
  }

  /** HTTP status of an answer that is an error. */
  static int status(ErrorKind kind) {
    return switch (kind) {
      case INVALID_NAME, NO_CURRENT_DOT, BAD_REQUEST, UNSUPPORTED -> 400;
      case PERMISSION_DENIED -> 403;
      case UNKNOWN_DOT, UNKNOWN_SUBDOT, UNKNOWN_BRANCH, UNKNOWN_REVISION, UNKNOWN_PATH -> 404;
      case AMBIGUOUS_REVISION,
          ALREADY_EXISTS,
          DIRTY,
          IN_USE,
          MOUNTED,
          NOT_MOUNTED,
          WOULD_LOSE_COMMITS,
          DIVERGED,
          CONFLICT ->
          409;
      case REMOTE_UNREACHABLE, REMOTE_ERROR -> 502;
      case NO_SPACE -> 507;
      case CANCELLED, DAEMON_UNREACHABLE -> 503;
      case CORRUPT, PROTOCOL, INTERNAL -> 500;
    };
  }

  private static ErrorRecord ofMount(MountException failure) {
    String message = oneLine(String.valueOf(failure.getMessage()));
    return switch (failure.reason()) {
      case NOT_PERMITTED, UNSUPPORTED ->
          new ErrorRecord(ErrorKind.PERMISSION_DENIED, message, "dm doctor");
      case BAD_MOUNT_POINT -> new ErrorRecord(ErrorKind.NOT_MOUNTED, message);
      case BUSY -> new ErrorRecord(ErrorKind.IN_USE, message, "dm unmount --force");
      case FAILED -> new ErrorRecord(ErrorKind.INTERNAL, message);
    };
  }

  private static ErrorRecord ofStore(StoreException failure) {
    String message = oneLine(String.valueOf(failure.getMessage()));
    if (failure instanceof CorruptObjectException || failure instanceof MissingObjectException) {
      LOG.error("damaged store", failure);
      return new ErrorRecord(ErrorKind.CORRUPT, message, "dm fsck");
    }
    if (failure instanceof RefConflictException) {
      return new ErrorRecord(ErrorKind.CONFLICT, message, "try again");
    }
    if (failure instanceof UnsupportedFormatException) {
      return new ErrorRecord(ErrorKind.UNSUPPORTED, message);
    }
    return failure.getCause() instanceof IOException io
        ? ofIo(io)
        : new ErrorRecord(ErrorKind.INTERNAL, "storage failure: " + message);
  }

  private static ErrorRecord ofTransfer(TransferException failure) {
    String message = oneLine(String.valueOf(failure.getMessage()));
    ErrorKind kind = ErrorKind.REMOTE_ERROR;
    if (failure instanceof TransferException.PermissionDenied) {
      kind = ErrorKind.PERMISSION_DENIED;
    } else if (failure instanceof TransferException.UnknownDot) {
      kind = ErrorKind.UNKNOWN_DOT;
    } else if (failure instanceof TransferException.UnknownRef) {
      kind = ErrorKind.UNKNOWN_BRANCH;
    } else if (failure instanceof TransferException.Unreachable) {
      kind = ErrorKind.REMOTE_UNREACHABLE;
    } else if (failure instanceof TransferException.NonFastForward) {
      kind = ErrorKind.DIVERGED;
    } else if (failure instanceof TransferException.RefConflict) {
      kind = ErrorKind.CONFLICT;
    } else if (failure instanceof TransferException.BadUrl) {
      kind = ErrorKind.BAD_REQUEST;
    } else if (failure instanceof TransferException.LocalFailure local) {
      return local.getCause() instanceof StoreException store
          ? ofStore(store)
          : new ErrorRecord(ErrorKind.INTERNAL, message);
    }
    return new ErrorRecord(kind, message, failure.hint());
  }

  private static ErrorRecord ofIo(IOException failure) {
    String text = oneLine(String.valueOf(failure.getMessage()));
    if (text.toLowerCase(Locale.ROOT).contains("no space left")) {
      return new ErrorRecord(ErrorKind.NO_SPACE, "no space left where the data is stored");
    }
    if (failure instanceof AccessDeniedException) {
      return new ErrorRecord(ErrorKind.PERMISSION_DENIED, "permission denied: " + text);
    }
    LOG.error("a request failed", failure);
    String what = failure instanceof FileSystemException ? failure.toString() : text;
    return new ErrorRecord(ErrorKind.INTERNAL, "storage failure: " + oneLine(what));
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
