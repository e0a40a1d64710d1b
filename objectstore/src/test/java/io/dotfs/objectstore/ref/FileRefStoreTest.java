package io.dotfs.objectstore.ref;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRefStoreTest extends RefStoreContract {
  private static final RefName REF = new RefName("heads/master");

  @TempDir private Path directory;

  @Override
  protected RefStore create() throws Exception {
    return FileRefStore.open(home());
  }

  @Override
  protected RefStore reopen(RefStore store) throws Exception {
    return FileRefStore.open(home());
  }

  private Path home() {
    return directory.resolve("new/refs");
  }

  @Test
  void nothingIsWrittenOutsideItsDirectory() throws Exception {
    RefStore refs = create();
    refs.update(List.of(RefUpdate.create(new RefName("a/b/c"), id(1), "x")));
    refs.update(List.of(RefUpdate.create(new RefName("a/b"), id(1), "x")));
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile))
          .allSatisfy(file -> assertThat(file).startsWith(home()))
          .hasSize(3);
    }
  }

  @Test
  void aWriterThatDiedBeforeTheRenameLeavesTheOldState() throws Exception {
    moveTimes(3);
    Files.writeString(home().resolve("refs.new"), "dotfs-refs 1\nsequence 4\nref torn");
    RefStore refs = reopen(create());
    assertThat(refs.get(REF)).contains(id(3));
    refs.update(List.of(RefUpdate.move(REF, id(3), id(4), "4")));
    assertThat(reasons(refs)).containsExactly("4", "3", "2", "1");
  }

  /** At lengths to which a power cut may have cut the line that was being appended. */
  @Test
  void aTornLastLineOfTheReflogIsMended() throws Exception {
    moveTimes(3);
    Path log = onlyLog();
    byte[] whole = Files.readAllBytes(log);
    byte[] table = Files.readAllBytes(home().resolve("refs"));
    // Of three batches the table itself carries the last; the log holds two, and was synced with
    // the second before the third happened. The cut is in the third's copy.
    moveOnce(create(), 3, 4);
    byte[] longer = Files.readAllBytes(log);
    assertThat(longer.length).isGreaterThan(whole.length);
    // From nothing lost, and only the line feed lost, to the whole line lost.
    int line = longer.length - whole.length;
    for (int lost = 0; lost <= line; lost += lost == 0 ? 1 : 5) {
      int length = longer.length - lost;
      for (boolean zeros : new boolean[] {false, true}) {
        byte[] torn = Arrays.copyOf(longer, length);
        Files.write(log, zeros ? Arrays.copyOf(torn, longer.length) : torn);
        Files.write(home().resolve("refs"), table);
        RefStore refs = reopen(create());
        assertThat(reasons(refs)).containsExactly("3", "2", "1");
        moveOnce(refs, 3, 4);
        assertThat(reasons(refs)).containsExactly("4", "3", "2", "1");
        assertThat(Files.readAllBytes(log)).isEqualTo(longer);
      }
    }
  }

  @Test
  void aTornHeaderOfTheReflogIsMended() throws Exception {
    moveTimes(1);
    byte[] table = Files.readAllBytes(home().resolve("refs"));
    moveOnce(create(), 1, 2);
    Path log = onlyLog();
    byte[] whole = Files.readAllBytes(log);
    int header = new String(whole, UTF_8).indexOf('\n');
    for (int length = 0; length <= header; length++) {
      Files.write(log, Arrays.copyOf(whole, length));
      Files.write(home().resolve("refs"), table);
      RefStore refs = reopen(create());
      assertThat(reasons(refs)).containsExactly("1");
      moveOnce(refs, 1, 2);
      assertThat(reasons(refs)).containsExactly("2", "1");
      assertThat(Files.readAllBytes(log)).isEqualTo(whole);
    }
  }

  @Test
  void damageInsideTheReflogIsAnError() throws Exception {
    moveTimes(5);
    Path log = onlyLog();
    byte[] bytes = Files.readAllBytes(log);
    int secondLine = new String(bytes, UTF_8).indexOf('\n') + 20;
    bytes[secondLine] ^= 1;
    Files.write(log, bytes);
    assertThatThrownBy(() -> create().reflog(REF, 10))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("damaged at offset");
  }

  /** Every byte of the table flipped in turn, and every length cut to. */
  @Test
  void aDamagedTableIsNeverBelieved() throws Exception {
    moveTimes(2);
    Path table = home().resolve("refs");
    byte[] good = Files.readAllBytes(table);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 4;
      Files.write(table, bad);
      assertThatThrownBy(() -> FileRefStore.open(home()))
          .as("flipped at %s", i)
          .isInstanceOfAny(StorageException.class, UnsupportedFormatException.class);
      Files.write(table, Arrays.copyOf(good, i));
      assertThatThrownBy(() -> FileRefStore.open(home()))
          .as("cut at %s", i)
          .isInstanceOf(StorageException.class);
    }
    Files.write(table, good);
    assertThat(create().get(REF)).contains(id(2));
  }

  /** Files that version 1 wrote, with a torn last line: made by hand from the format's page. */
  @Test
  void versionOneStaysReadable() throws Exception {
    Path golden = Path.of("src/test/resources/golden/v1/refs");
    try (Stream<Path> files = Files.walk(golden)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = home().resolve(golden.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    RefStore refs = create();
    RefName master = new RefName("dots/admin/shop/heads/master");
    RefName nested = new RefName("dots/admin/shop/heads/a/b");
    ObjectId one = ObjectId.fromHex("11".repeat(32));
    ObjectId two = ObjectId.fromHex("22".repeat(32));
    ObjectId three = ObjectId.fromHex("ab".repeat(32));
    assertThat(refs.list("")).containsExactly(Map.entry(nested, three), Map.entry(master, two));
    ReflogEntry made =
        new ReflogEntry(
            Instant.ofEpochSecond(-1, 999_999_999),
            Optional.empty(),
            Optional.of(one),
            "branch: made");
    ReflogEntry moved =
        new ReflogEntry(
            Instant.ofEpochSecond(1_700_000_003, 5),
            Optional.of(one),
            Optional.of(two),
            "commit: Größe  with spaces");
    assertThat(refs.reflog(master, 9)).containsExactly(moved, made);
    refs.update(List.of(RefUpdate.delete(master, two, "branch: gone")));
    assertThat(refs.reflog(master, 9).subList(1, 3)).containsExactly(moved, made);
    assertThat(refs.reflog(nested, 9)).hasSize(1);
  }

  @Test
  void aNewerFormatIsNamed() throws Exception {
    create();
    Files.writeString(home().resolve("refs"), "dotfs-refs 2\nwhatever\n");
    assertThatThrownBy(() -> FileRefStore.open(home()))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("newer dm");
  }

  @Test
  void theReflogHasTheTimeOfTheClockToTheNanosecond() throws Exception {
    Instant instant = Instant.ofEpochSecond(-5, 123_456_789);
    RefStore refs = FileRefStore.open(home(), Clock.fixed(instant, ZoneOffset.UTC));
    moveOnce(refs, 0, 1);
    moveOnce(refs, 1, 2);
    assertThat(refs.reflog(REF, 10)).extracting(ReflogEntry::time).containsOnly(instant);
  }

  /** Two other processes and this one count together. */
  @Test
  void processesDoNotLoseEachOthersUpdates() throws Exception {
    RefStore refs = create();
    int each = 40;
    List<Process> others = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      others.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xshare:auto",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  Counter.class.getName(),
                  home().toString(),
                  Integer.toString(each))
              .redirectErrorStream(true)
              .redirectOutput(new File(directory.toFile(), "out" + i))
              .start());
    }
    Counter.count(refs, each);
    for (int i = 0; i < others.size(); i++) {
      assertThat(others.get(i).waitFor(50, TimeUnit.SECONDS)).isTrue();
      assertThat(others.get(i).exitValue())
          .as(Files.readString(directory.resolve("out" + i)))
          .isZero();
    }
    assertThat(refs.get(REF)).contains(id(3 * each));
    Set<Optional<ObjectId>> values = new HashSet<>();
    refs.reflog(REF, 1000).forEach(entry -> values.add(entry.after()));
    assertThat(values).hasSize(3 * each);
  }

  /** Adds to a number that is kept in a ref. */
  static final class Counter {
    private Counter() {}

    public static void main(String[] args) throws Exception {
      count(FileRefStore.open(Path.of(args[0])), Integer.parseInt(args[1]));
    }

    static void count(RefStore refs, int times) throws Exception {
      for (int done = 0; done < times; ) {
        Optional<ObjectId> now = refs.get(REF);
        int value = now.map(i -> ByteBuffer.wrap(i.toBytes()).getInt()).orElse(0);
        try {
          refs.update(List.of(new RefUpdate(REF, now, Optional.of(id(value + 1)), "count")));
          done++;
        } catch (RefConflictException e) {
          Thread.onSpinWait();
        }
      }
    }
  }

  private void moveTimes(int times) throws Exception {
    RefStore refs = create();
    for (int i = 0; i < times; i++) {
      moveOnce(refs, i, i + 1);
    }
  }

  private static void moveOnce(RefStore refs, int from, int to) throws Exception {
    refs.update(
        List.of(
            new RefUpdate(
                REF,
                from == 0 ? Optional.empty() : Optional.of(id(from)),
                Optional.of(id(to)),
                Integer.toString(to))));
  }

  private static List<String> reasons(RefStore refs) throws Exception {
    List<String> reasons = new ArrayList<>();
    for (ReflogEntry entry : refs.reflog(REF, 100)) {
      reasons.add(entry.reason());
    }
    return reasons;
  }

  private Path onlyLog() throws IOException {
    try (Stream<Path> logs = Files.list(home().resolve("logs"))) {
      List<Path> all = logs.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }
}
