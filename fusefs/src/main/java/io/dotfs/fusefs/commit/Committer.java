package io.dotfs.fusefs.commit;

import io.dotfs.fusefs.overlay.Home;
import io.dotfs.fusefs.tree.FrozenTree;
import io.dotfs.fusefs.tree.Generations;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.pack.PutStatistics;
import io.dotfs.objectstore.ref.RefUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Commits working trees. Writers go on meanwhile; commits of one tree take turns, those of
 * different trees run side by side. Thread safe. The caller closes it, after its last commit.
 */
public final class Committer implements AutoCloseable {
  private final Home home;
  private final ExecutorService workers;
  private final PackMerger merger;

  private Committer(Home home, ExecutorService workers) {
    this.home = home;
    this.workers = workers;
    merger = new PackMerger(home.objects());
  }

  /** A committer that hashes and compresses on all processors. */
  public static Committer open(Home home) {
    AtomicLong count = new AtomicLong();
    ExecutorService workers =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            task -> {
              Thread thread = new Thread(task, "commit-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    return new Committer(home, workers);
  }

  /**
   * Stores the tree as it is at one instant, and moves the branch. On return commit and ref are
   * durable; on an exception nothing is visible and everything is as uncommitted as before.
   *
   * @throws io.dotfs.objectstore.error.RefConflictException if the ref is not the tree's base
   * @throws IOException if the home cannot be read or written, or the commit gave way to a writer
   */
  public CommitResult commit(WorkingTree tree, CommitRequest request)
      throws IOException, StoreException, InterruptedException {
    return commit(tree, request, CommitObserver.NONE);
  }

  /** As {@link #commit(WorkingTree, CommitRequest)}, with somebody watching. */
  public CommitResult commit(WorkingTree tree, CommitRequest request, CommitObserver observer)
      throws IOException, StoreException, InterruptedException {
    tree.generations().lock();
    try (PackWriter pack = home.objects().begin()) {
      Optional<ObjectId> base = tree.base();
      Generations.Frozen frozen = tree.generations().freeze();
      FrozenTree state = frozen.tree();
      TreeWriter writer;
      ObjectId id;
      PutStatistics stored;
      boolean stands = false;
      try {
        observer.frozen(frozen.pauseNanos());
        writer = new TreeWriter(tree, state, pack.reader(), pack, workers);
        Commit commit = commitObject(request, base, writer);
        id = pack.put(ObjectType.COMMIT, CommitCodec.encode(commit));
        state.check();
        stored = pack.finish();
        writer.recordContents();
        stands = true;
      } finally {
        if (!stands) {
          tree.generations().abandon(state);
        }
      }
      RefUpdate update =
          new RefUpdate(request.ref(), base, Optional.of(id), reason(request.message()));
      tree.generations().committed(state, id, List.of(update), writer.contents());
      merger.wake();
      return new CommitResult(id, frozen.pauseNanos(), stored, writer.changedInodes());
    } finally {
      tree.generations().unlock();
    }
  }

  private Commit commitObject(CommitRequest request, Optional<ObjectId> base, TreeWriter writer)
      throws IOException, StoreException, InterruptedException {
    List<ObjectId> parents = new ArrayList<>();
    base.ifPresent(parents::add);
    parents.addAll(request.mergedParents());
    long generation = 1;
    for (ObjectId parent : parents) {
      Commit before = CommitCodec.decode(home.objects().read(parent, ObjectType.COMMIT));
      generation = Math.max(generation, before.generation() + 1);
    }
    Commit unsigned =
        new Commit(
            writer.write(),
            parents,
            generation,
            request.author(),
            request.message(),
            request.metadata(),
            Optional.empty());
    return unsigned.withSignature(request.signer().sign(CommitCodec.encode(unsigned)));
  }

  private static String reason(String message) {
    String line = message.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", " ");
    String text = "commit: " + line;
    return text.substring(0, Math.min(text.length(), RefUpdate.MAX_REASON_LENGTH));
  }

  /**
   * The working data as it stands, to compare with commits: what changed is stored for as long as
   * the snapshot is open. The caller closes it.
   */
  public LiveSnapshot capture(WorkingTree tree)
      throws IOException, StoreException, InterruptedException {
    tree.generations().lock();
    try {
      PackWriter pack = home.objects().begin();
      boolean stands = false;
      try {
        FrozenTree state = tree.generations().freeze().tree();
        LiveSnapshot snapshot;
        try {
          snapshot =
              new LiveSnapshot(
                  new TreeWriter(tree, state, pack.reader(), pack, workers).write(), pack);
          state.check();
        } finally {
          tree.generations().abandon(state);
        }
        stands = true;
        return snapshot;
      } finally {
        if (!stands) {
          pack.abort();
        }
      }
    } finally {
      tree.generations().unlock();
    }
  }

  @Override
  public void close() {
    workers.shutdown();
    merger.close();
  }
}
