package io.dotfs.daemon.api;

/** What sort of failure an {@link ErrorRecord} tells of, for programs that react to it. */
public enum ErrorKind {
  /** A name that breaks the grammar {@code [namespace/]dot[@branch][.subdot]}. */
  INVALID_NAME,
  /** No dot was named and none is current. */
  NO_CURRENT_DOT,
  UNKNOWN_DOT,
  UNKNOWN_SUBDOT,
  UNKNOWN_BRANCH,
  UNKNOWN_REVISION,
  /** A prefix of an id that fits several commits. */
  AMBIGUOUS_REVISION,
  UNKNOWN_PATH,
  ALREADY_EXISTS,
  /** Uncommitted data stands in the way. */
  DIRTY,
  /** A process has something open on the mounts concerned. */
  IN_USE,
  /** A dot or branch is mounted, so it cannot go away. */
  MOUNTED,
  NOT_MOUNTED,
  /** Commits would be lost. */
  WOULD_LOSE_COMMITS,
  /** The two sides have commits that the other lacks. */
  DIVERGED,
  /** A ref moved while the request was at work. */
  CONFLICT,
  /** A remote refused the credentials, or the host refused the operation. */
  PERMISSION_DENIED,
  REMOTE_UNREACHABLE,
  /** A remote answered with something that cannot be right. */
  REMOTE_ERROR,
  /** Stored data is damaged. */
  CORRUPT,
  NO_SPACE,
  UNSUPPORTED,
  BAD_REQUEST,
  CANCELLED,
  /** The daemon is not there, or went away before it had answered. */
  DAEMON_UNREACHABLE,
  /** What came over the socket is not an answer of this protocol. */
  PROTOCOL,
  /** A fault of the daemon's own; its log has the stack trace. */
  INTERNAL
}
