package io.dotfs.hub.account;

import java.util.Locale;

/** What a grant permits: each also what the ones after it do. */
public enum Access {
  OWNER,
  WRITE,
  READ;

  /** Whether it permits to push. */
  public boolean mayWrite() {
    return this != READ;
  }

  /** As it is stored and typed: {@code owner}, {@code write}, {@code read}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The access that {@code word} stands for, which the database has checked. */
  public static Access of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
