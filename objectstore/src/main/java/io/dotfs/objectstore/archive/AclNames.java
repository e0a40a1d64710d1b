package io.dotfs.objectstore.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Numbers of the users and groups that access control lists in tars may name: GNU tar writes their
 * names, whatever it is told about owners. Looked up in files of the form of passwd(5).
 */
final class AclNames {
  private static final int NUMBER_FIELD = 2;

  private final Path users;
  private final Path groups;

  AclNames(Path users, Path groups) {
    this.users = users;
    this.groups = groups;
  }

  /** Those of this host. */
  static AclNames ofHost() {
    return new AclNames(Path.of("/etc/passwd"), Path.of("/etc/group"));
  }

  Optional<Integer> user(String name) {
    return find(users, name);
  }

  Optional<Integer> group(String name) {
    return find(groups, name);
  }

  private static Optional<Integer> find(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length > NUMBER_FIELD && fields[0].equals(name)) {
          return Optional.of(Integer.parseUnsignedInt(fields[NUMBER_FIELD]));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // no such file here: nobody is known by name
    }
    return Optional.empty();
  }
}
