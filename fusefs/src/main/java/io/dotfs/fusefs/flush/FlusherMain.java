package io.dotfs.fusefs.flush;

import io.dotfs.fusefs.flush.SharedMappings.FileKey;
import io.dotfs.fusefs.flush.SharedMappings.Place;
import io.dotfs.fusefs.mount.DeviceNumber;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The flusher's process. Reads requests from standard input, one line each, until its end:
 *
 * <pre>
 * request = "flush" milliseconds {major ":" minor}
 * answer  = {"error" text} "done" files-flushed processes-unreadable errors
 * </pre>
 */
public final class FlusherMain {
  private static final Path PROC = Path.of("/proc");

  private final PrintStream answers;
  private int flushed;
  private int errors;

  private FlusherMain(PrintStream answers) {
    this.answers = answers;
  }

  public static void main(String[] arguments) throws IOException {
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    // Loads the library now, not within the first request's time.
    SyncCalls.LIBC.close(-1);
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      String[] words = line.split(" ", -1);
      if (words.length < 2 || !words[0].equals("flush")) {
        throw new IOException("request not understood: " + line);
      }
      Set<DeviceNumber> devices =
          Arrays.stream(words).skip(2).map(FlusherMain::device).collect(Collectors.toSet());
      new FlusherMain(System.out).flush(Long.parseLong(words[1]), devices);
    }
  }

  private static DeviceNumber device(String word) {
    int colon = word.indexOf(':');
    return new DeviceNumber(
        Integer.parseInt(word.substring(0, colon)), Integer.parseInt(word.substring(colon + 1)));
  }

  private void flush(long timeoutMillis, Set<DeviceNumber> devices) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    int unreadable = 0;
    try {
      SharedMappings mappings = SharedMappings.find(PROC, devices);
      unreadable = mappings.unreadable();
      for (Map.Entry<FileKey, List<Place>> file : mappings.files().entrySet()) {
        if (System.nanoTime() - deadline >= 0) {
          error("the time was over before all files were written back");
          break;
        }
        flush(file.getKey(), file.getValue());
      }
    } catch (IOException e) {
      error("cannot list processes: " + e);
    }
    answers.println("done " + flushed + " " + unreadable + " " + errors);
    answers.flush();
  }

  private void flush(FileKey file, List<Place> places) {
    int fd = -1;
    String reason = "";
    for (Place place : places) {
      fd = open(place.mapFile().toString().getBytes(StandardCharsets.ISO_8859_1));
      if (fd < 0) {
        reason = SyncCalls.reason();
        fd = openByName(file, place.path());
      }
      if (fd >= 0) {
        break;
      }
    }
    String what = places.get(0).path();
    if (fd < 0) {
      // A file without a name is in no commit, and one that nobody maps any more was written back.
      if (!what.endsWith(" (deleted)") && places.stream().anyMatch(FlusherMain::stillThere)) {
        error("cannot open " + what + ": " + reason);
      }
      return;
    }
    if (SyncCalls.LIBC.sync_file_range(fd, 0, 0, SyncCalls.WRITE_AND_WAIT) == 0) {
      flushed++;
    } else {
      error("cannot write back " + what + ": " + SyncCalls.reason());
    }
    SyncCalls.LIBC.close(fd);
  }

  /** For ordinary users, who may not use map_files. The name may by now be another file's. */
  private static int openByName(FileKey file, String path) {
    if (!path.startsWith("/")) {
      return -1;
    }
    int fd = open(path.replace("\\012", "\n").getBytes(StandardCharsets.ISO_8859_1));
    if (fd < 0) {
      return -1;
    }
    try {
      Object inode = Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:ino");
      if (inode.equals(file.inode())) {
        return fd;
      }
    } catch (IOException e) {
      // As good as another file: it is closed, and the caller reports it.
    }
    SyncCalls.LIBC.close(fd);
    return -1;
  }

  private static int open(byte[] path) {
    return SyncCalls.LIBC.open(
        Arrays.copyOf(path, path.length + 1),
        SyncCalls.O_RDONLY | SyncCalls.O_NONBLOCK | SyncCalls.O_CLOEXEC);
  }

  private static boolean stillThere(Place place) {
    return Files.exists(place.mapFile(), LinkOption.NOFOLLOW_LINKS);
  }

  private void error(String text) {
    if (errors++ < FlushReport.MAX_ERRORS) {
      answers.println("error " + text.replace('\n', ' '));
    }
  }
}
