package io.dotfs.cli.settings;

import java.util.Arrays;
import java.util.Optional;

/** A setting that {@code dm config} reads and writes. */
public enum Setting {
  /** The file of the key that {@code --sign} signs with. */
  SIGNING_KEY("signing", "key", true),
  /** The file that says whose signatures are trusted. */
  SIGNING_ALLOWED_SIGNERS("signing", "allowedSigners", true),
  /** The command that long output goes through on a terminal. */
  CORE_PAGER("core", "pager", false);

  private final String group;
  private final String field;
  private final boolean file;

  Setting(String group, String field, boolean file) {
    this.group = group;
    this.field = field;
    this.file = file;
  }

  String group() {
    return group;
  }

  String field() {
    return field;
  }

  /** Whether the value names a file. */
  public boolean isFile() {
    return file;
  }

  /** {@code group.field}, as the user writes it. */
  public String key() {
    return group + "." + field;
  }

  /** The setting of that name, in any case of letters, as git has it. */
  public static Optional<Setting> named(String key) {
    return Arrays.stream(values())
        .filter(setting -> setting.key().equalsIgnoreCase(key))
        .findFirst();
  }
}
