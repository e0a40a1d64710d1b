package io.dotfs.daemon.mounts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.RecordJson;
import io.dotfs.fusefs.overlay.Registry;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.error.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories that show all subdots of a branch ({@code .__root__}), each as a mount of its own in
 * a directory of its name. What the branch gains or loses appears and goes there. Recorded in the
 * home. Callers hold the dot's lock; listings take none.
 */
public final class RootDirectories {
  private static final Logger LOG = LoggerFactory.getLogger(RootDirectories.class);
  private static final String KEY = "root/";

  private final Registry registry;
  private final HomeMounts mounts;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private List<MountSpec> roots = List.of();

  /** Knows the directories that {@code registry} has recorded. */
  public RootDirectories(Registry registry, HomeMounts mounts) throws IOException {
    this.registry = registry;
    this.mounts = mounts;
    List<MountSpec> recorded = new ArrayList<>();
    for (byte[] value : registry.list(KEY).values()) {
      recorded.add(RecordJson.read(new ByteArrayInputStream(value), MountSpec.class));
    }
    synchronized (lock) {
      roots = List.copyOf(recorded);
    }
  }

  /**
   * Brings each directory up to date after a start, when the mounts that were recorded are back.
   *
   * @param source what a directory has to show now
   */
  public void restore(HomeMounts.TreeSource source) {
    for (MountSpec root : roots(spec -> true)) {
      try {
        HomeMounts.Restorable now = source.of(root);
        complete(now.spec(), now.tree());
      } catch (IOException | StoreException | DaemonException e) {
        LOG.warn("cannot show all of {} at {} again", root.dot(), root.directory(), e);
      }
    }
  }

  /** Keeps a directory up to date from now on; its subdots have been mounted. */
  public void add(MountSpec root) throws IOException {
    synchronized (lock) {
      record(root);
      List<MountSpec> now = new ArrayList<>(without(root.directory()));
      now.add(root);
      roots = List.copyOf(now);
    }
  }

  /** Forgets a directory, if it was one; its mounts stay. */
  public void remove(String directory) throws IOException {
    synchronized (lock) {
      registry.update(Map.of(KEY + directory, Optional.empty()));
      roots = without(directory);
    }
  }

  /** Forgets the directories of a dot that is deleted. */
  public void removeAll(String dot) throws IOException {
    for (MountSpec root : roots(spec -> spec.dot().equals(dot))) {
      remove(root.directory());
    }
  }

  /** Shows a branch's subdots, as they are now, wherever all of them are to be shown. */
  public void refresh(String dot, String branch, WorkingTree tree)
      throws IOException, StoreException {
    for (MountSpec root : roots(spec -> spec.shows(dot, branch))) {
      complete(root, tree);
    }
  }

  /**
   * Takes away, before a switch, what the tree to switch to does not have: a mount that is left
   * would make its subdot there.
   *
   * @param wanted the subdots of that tree
   */
  public void prune(Predicate<MountSpec> which, List<String> wanted) {
    for (MountSpec root : roots(which)) {
      for (MountInfo mount : shown(root)) {
        if (!wanted.contains(mount.subdot())) {
          takeAway(Path.of(mount.directory()));
        }
      }
    }
  }

  /** Points the directories that {@code which} picks at another working tree, that of a branch. */
  public void switchTo(Predicate<MountSpec> which, WorkingTree tree, String branch)
      throws IOException, StoreException {
    replace(which, spec -> spec.withBranch(branch));
    for (MountSpec root : roots(which)) {
      complete(root, tree);
    }
  }

  /** Notes that a branch has another name. */
  public void branchRenamed(String dot, String oldName, String newName) throws IOException {
    replace(
        spec -> spec.dot().equals(dot) && spec.branch().equals(oldName),
        spec -> spec.withBranch(newName));
  }

  private void replace(Predicate<MountSpec> which, UnaryOperator<MountSpec> change)
      throws IOException {
    synchronized (lock) {
      List<MountSpec> now = new ArrayList<>();
      for (MountSpec root : roots) {
        MountSpec changed = which.test(root) ? change.apply(root) : root;
        if (!changed.equals(root)) {
          record(changed);
        }
        now.add(changed);
      }
      roots = List.copyOf(now);
    }
  }

  private List<MountInfo> shown(MountSpec root) {
    return mounts.list(spec -> spec.directory().equals(below(root, spec.subdot())));
  }

  /** What cannot be shown is said in the log: nobody asked for it just now. */
  private void complete(MountSpec root, WorkingTree tree) throws IOException, StoreException {
    List<MountInfo> shown = shown(root);
    for (String subdot : tree.subdots()) {
      String directory = below(root, subdot);
      if (shown.stream().noneMatch(mount -> mount.directory().equals(directory))) {
        try {
          Files.createDirectories(Path.of(directory));
          mounts.mount(root.withPlace(directory, subdot), tree);
        } catch (DaemonException | IOException | StoreException e) {
          LOG.warn("cannot show {}.{} at {}", root.dot(), subdot, directory, e);
        }
      }
    }
  }

  private void takeAway(Path directory) {
    try {
      mounts.unmount(directory.toString(), false);
      Files.delete(directory);
    } catch (DirectoryNotEmptyException e) {
      LOG.info("{} holds files of its own and stays", directory);
    } catch (DaemonException | IOException e) {
      LOG.warn("cannot take {} away", directory, e);
    }
  }

  private static String below(MountSpec root, String subdot) {
    return Path.of(root.directory()).resolve(subdot).toString();
  }

  private List<MountSpec> roots(Predicate<MountSpec> which) {
    synchronized (lock) {
      return roots.stream().filter(which).toList();
    }
  }

  @GuardedBy("lock")
  private List<MountSpec> without(String directory) {
    return roots.stream().filter(root -> !root.directory().equals(directory)).toList();
  }

  @GuardedBy("lock")
  private void record(MountSpec root) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    RecordJson.write(json, root);
    registry.update(Map.of(KEY + root.directory(), Optional.of(json.toByteArray())));
  }
}
