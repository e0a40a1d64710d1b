package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.commit.CommitResult;
import io.dotfs.fusefs.mount.MountOptions;
import io.dotfs.fusefs.mount.Mounter;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Serves subdots of one tree by hand: HOME (SUBDOT DIRECTORY)…; then on standard input {@code
 * commit}, {@code status}, {@code at ID SUBDOT DIRECTORY}, {@code quit}.
 */
public final class ServeTree {
  private ServeTree() {}

  public static void main(String[] arguments) throws Exception {
    TestHome home = new TestHome(Path.of(arguments[0]));
    List<io.dotfs.fusefs.mount.MountedFileSystem> mounts = new ArrayList<>();
    for (int i = 1; i + 1 < arguments.length; i += 2) {
      mounts.add(
          Mounter.kernel()
              .mount(
                  MountOptions.of(Path.of(arguments[i + 1]), "dotfs:" + arguments[i])
                      .withAllowOther(true)
                      .withPosixAcl(true),
                  home.tree.view(arguments[i])));
    }
    System.out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
      String[] words = line.split(" ", -1);
      long begin = System.nanoTime();
      switch (words[0]) {
        case "commit" -> {
          CommitResult result = home.commit();
          System.out.printf(
              "%s pause %.1f us, %.1f ms, %s, %d inodes%n",
              result.id(),
              result.pauseNanos() / 1e3,
              (System.nanoTime() - begin) / 1e6,
              result.stored(),
              result.changedInodes());
        }
        case "at" ->
            mounts.add(
                Mounter.kernel()
                    .mount(
                        MountOptions.of(Path.of(words[3]), "dotfs:at").withAllowOther(true),
                        home.trees
                            .temporary(
                                Optional.of(io.dotfs.objectstore.object.ObjectId.fromHex(words[1])),
                                false)
                            .view(words[2])));
        case "status" ->
            System.out.println(home.tree.dirtyBytes() + " dirty, " + home.tree.hasChanges());
        default -> System.out.println("what?");
      }
      System.out.flush();
    }
    for (var mount : mounts) {
      mount.unmount(true);
      mount.awaitEnd(java.time.Duration.ofSeconds(10));
    }
    home.close();
    System.out.println("ended");
  }
}
