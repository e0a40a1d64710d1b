package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.commit.CommitRequest;
import io.dotfs.fusefs.commit.CommitResult;
import io.dotfs.fusefs.commit.Committer;
import io.dotfs.fusefs.overlay.Home;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.ref.RefName;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A home with one branch, for tests. */
final class TestHome implements AutoCloseable {
  static final RefName MASTER = new RefName("dots/admin/d/heads/master");
  final Home home;
  final WorkingTrees trees;
  final Committer committer;
  final WorkingTree tree;

  TestHome(Path directory) throws Exception {
    this(directory, 1 << 16);
  }

  /**
   * @param inodeRoom how many inodes stay in memory though nobody refers to them
   */
  TestHome(Path directory, int inodeRoom) throws Exception {
    home = Home.open(directory);
    trees = WorkingTrees.open(home, Clock.systemUTC(), inodeRoom);
    committer = Committer.open(home);
    tree = trees.openOrCreate("admin/d@master", Optional.empty());
  }

  Fs fs(String subdot) throws Exception {
    return new Fs(tree.view(subdot));
  }

  CommitResult commit() throws Exception {
    return commit(tree);
  }

  CommitResult commit(WorkingTree which) throws Exception {
    return committer.commit(
        which,
        new CommitRequest(
            MASTER, Stamp.utc("t", Instant.EPOCH), "message", new TreeMap<>(), List.of()));
  }

  interface Meanwhile {
    void run(long pauseNanos) throws Exception;
  }

  /** Commits, with something done between its instant and its end. */
  CommitResult commit(WorkingTree which, Meanwhile meanwhile) throws Exception {
    return committer.commit(
        which,
        new CommitRequest(
            MASTER, Stamp.utc("t", Instant.EPOCH), "message", new TreeMap<>(), List.of()),
        pause -> {
          try {
            meanwhile.run(pause);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  /** A throw-away tree over a commit. */
  Fs at(CommitResult commit, String subdot) throws Exception {
    return new Fs(trees.temporary(Optional.of(commit.id()), false).view(subdot));
  }

  @Override
  public void close() throws Exception {
    committer.close();
    trees.close();
    home.close();
  }
}
