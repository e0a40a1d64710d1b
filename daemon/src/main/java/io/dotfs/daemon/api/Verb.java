package io.dotfs.daemon.api;

import java.util.Locale;

/** The verbs of the control protocol; each is a path under {@code /v1/}. */
public enum Verb {
  PING,
  SHUTDOWN,
  FSCK,
  GC,
  INIT,
  LIST,
  STATUS,
  DOT_SHOW,
  DOT_DELETE,
  DOT_RENAME,
  FORK,
  COMMIT,
  SIGN,
  LOG,
  SHOW,
  DIFF,
  REFLOG,
  RESOLVE,
  BRANCH_LIST,
  BRANCH_CREATE,
  BRANCH_DELETE,
  BRANCH_RENAME,
  CHECKOUT,
  RESTORE,
  RESET,
  MERGE,
  TAG_LIST,
  TAG_CREATE,
  TAG_DELETE,
  MOUNT,
  UNMOUNT,
  MOUNT_LIST,
  PUSH,
  PULL,
  FETCH,
  CLONE,
  REMOTE_LIST,
  VERIFY,
  IMPORT,
  EXPORT,
  BUNDLE_CREATE,
  BUNDLE_TAKE,
  SET_UPSTREAM;

  /** The verb as it stands in the path: lower case, words joined by a hyphen. */
  public String path() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
