package io.dotfs.fusefs.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dotfs.fusefs.testing.ChildProcess;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares our offsets, codes and flags with those of this host's linux/fuse.h. */
class FuseLayoutTest {
  private static final Path HEADER = Path.of("/usr/include/linux/fuse.h");

  /** What headers before a protocol minor lack, by the header's name. */
  private static final Map<String, Integer> SINCE =
      Map.ofEntries(
          Map.entry("fuse_ext_header", 38),
          Map.entry("fuse_supp_groups", 38),
          Map.entry("total_extlen", 38),
          Map.entry("FUSE_EXT_GROUPS", 38),
          Map.entry("FUSE_CREATE_SUPP_GROUP", 38),
          Map.entry("FUSE_STATX", 39),
          Map.entry("FUSE_DIRECT_IO_ALLOW_MMAP", 39),
          Map.entry("FUSE_HAS_RESEND", 40),
          Map.entry("FUSE_NOTIFY_INC_EPOCH", 44),
          Map.entry("FUSE_COPY_FILE_RANGE_64", 45),
          Map.entry("fuse_copy_file_range_out", 45));

  /** In Debian's 6.1 headers version 38 lacks these, which came with 6.3 under the same number. */
  private static final List<String> LATE_IN_38 =
      List.of("fuse_supp_groups", "FUSE_EXT_GROUPS", "FUSE_CREATE_SUPP_GROUP");

  private record Check(String name, String expression, long ours) {}

  @Test
  void agreesWithTheHeader(@TempDir Path directory) throws Exception {
    assumeTrue(ChildProcess.compilerPresent(), "no C compiler");
    assumeTrue(Files.isReadable(HEADER), "no " + HEADER);
    int minor =
        Integer.parseInt(
            ChildProcess.run("sed -n 's/^#define FUSE_KERNEL_MINOR_VERSION //p' \"$1\"", HEADER)
                .strip());
    assumeTrue(minor >= 36, "linux/fuse.h is too old: 7." + minor);
    List<Check> checks = new ArrayList<>();
    structures(checks);
    constants(checks, Opcode.class, "FUSE_");
    constants(checks, ProtocolFlags.class, "FUSE_");
    checks.removeIf(check -> missing(check, minor));
    StringBuilder code =
        new StringBuilder(
            "#include <linux/fuse.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n");
    for (Check check : checks) {
      code.append("  printf(\"%lld\\n\", (long long)(").append(check.expression).append("));\n");
    }
    Path source = Files.writeString(directory.resolve("layout.c"), code.append("}\n"));
    Path program = directory.resolve("layout");
    ChildProcess.run("cc -o \"$1\" \"$2\"", program, source);
    List<String> theirs = ChildProcess.run("\"$1\"", program).lines().toList();
    assertThat(checks).hasSizeGreaterThan(200);
    List<String> ours =
        checks.stream().map(check -> check.expression + " = " + check.ours).toList();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < checks.size(); i++) {
      expected.add(checks.get(i).expression + " = " + theirs.get(i));
    }
    assertThat(ours).isEqualTo(expected);
  }

  private static boolean missing(Check check, int minor) {
    return SINCE.entrySet().stream()
        .filter(since -> check.name.contains(since.getKey()))
        .anyMatch(
            since ->
                since.getValue() > minor || (minor == 38 && LATE_IN_38.contains(since.getKey())));
  }

  private static void structures(List<Check> checks) throws IllegalAccessException {
    for (Class<?> struct : FuseLayout.class.getDeclaredClasses()) {
      String name =
          "fuse_"
              + struct.getSimpleName().replaceAll("(?<=.)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      // The header has no underscore before digits, nor have we.
      for (Field field : struct.getDeclaredFields()) {
        field.setAccessible(true);
        long ours = field.getInt(null);
        String member = field.getName().toLowerCase(Locale.ROOT);
        String expression =
            switch (field.getName()) {
              case "SIZEOF" -> "sizeof(struct " + name + ")";
              case "COMPAT_SIZE" -> "FUSE_COMPAT_SETXATTR_IN_SIZE";
              default -> "offsetof(struct " + name + ", " + member + ")";
            };
        checks.add(new Check(expression, expression, ours));
      }
    }
  }

  private static void constants(List<Check> checks, Class<?> owner, String prefix)
      throws IllegalAccessException {
    for (Field field : owner.getDeclaredFields()) {
      if (field.isSynthetic()) {
        continue;
      }
      field.setAccessible(true);
      String name =
          field.getName().startsWith("FOPEN_") ? field.getName() : prefix + field.getName();
      checks.add(new Check(name, name, ((Number) field.get(null)).longValue()));
    }
  }
}
