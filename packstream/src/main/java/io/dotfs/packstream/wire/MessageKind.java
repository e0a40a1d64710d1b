package io.dotfs.packstream.wire;

/** What a message or a stream is. The code is part of the format and never changes. */
public enum MessageKind {
  DOTS(1),
  REFS(2),
  COMMITS_QUERY(3),
  COMMITS(4),
  HAVE_QUERY(5),
  HAVE(6),
  PUSH_HEADER(7),
  PUSH_RECEIPT(8),
  FETCH_QUERY(9),
  FETCH_CHOICE(10),
  ERROR(11),
  BUNDLE_HEADER(12),
  /** A stream of objects. */
  PACK_STREAM(32),
  /** A stream of ids. */
  LISTING_STREAM(33);

  private final int code;

  MessageKind(int code) {
    this.code = code;
  }

  /** The byte that stands for this kind. */
  public int code() {
    return code;
  }
}
