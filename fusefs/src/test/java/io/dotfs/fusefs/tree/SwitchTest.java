package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.fusefs.commit.CommitResult;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.OpenReply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What mounts show, and what descriptors do, before, while and after another tree is shown. */
class SwitchTest {
  private static final int ESTALE = 116;
  private static final int READ = 0;
  private static final int WRITE = 2;

  @TempDir Path directory;
  private TestHome home;
  private SubdotView view;
  private Fs fs;

  @BeforeEach
  void open() throws Exception {
    home = new TestHome(directory);
    view = home.tree.view("db");
    fs = new Fs(view);
  }

  @AfterEach
  void close() throws Exception {
    home.close();
  }

  private static void stale(org.assertj.core.api.ThrowableAssert.ThrowingCallable operation) {
    assertThatThrownBy(operation)
        .isInstanceOfSatisfying(
            FileSystemException.class, e -> assertThat(e.errno()).isEqualTo(ESTALE));
  }

  private void switchTo(WorkingTree tree, boolean forced) throws Exception {
    try (ViewSwitch held = ViewSwitch.begin(List.of(view), forced)) {
      held.to(tree);
      held.keep();
    }
  }

  private WorkingTree emptyTree(String key) throws Exception {
    return home.trees.openOrCreate(key, Optional.empty());
  }

  @Test
  void laterLookUpsFindTheOtherTree() throws Exception {
    fs.put("a", "here");
    WorkingTree other = emptyTree("admin/d@other");
    new Fs(other.view("db")).put("b", "there");
    switchTo(other, false);
    assertThat(fs.list("")).containsExactly("b");
    assertThat(fs.text("b")).isEqualTo("there");
    switchTo(home.tree, false);
    assertThat(fs.list("")).containsExactly("a");
  }

  @Test
  void openDescriptorsKeepWhatTheyHadAndSayEstaleForWrites() throws Exception {
    fs.put("a", "here");
    long node = fs.open("a");
    switchTo(emptyTree("admin/d@other"), true);
    assertThat(fs.read(node, 0, 10)).isEqualTo(Fs.bytes("here"));
    assertThat(fs.stat(node).size).isEqualTo(4);
    stale(() -> fs.write(node, 0, new byte[1]));
    stale(() -> fs.truncate(node, 0));
    stale(() -> fs.view.open(Fs.CONTEXT, node, WRITE, new OpenReply()));
    fs.view.open(Fs.CONTEXT, node, READ, new OpenReply());
    fs.close(node);
    fs.close(node);
    switchTo(home.tree, true);
    assertThat(fs.text("a")).isEqualTo("here");
  }

  @Test
  void aPathThatWasLookedUpBeforeTheSwitchIsLookedUpAnew() throws Exception {
    fs.put("a", "here");
    long node = fs.node("a");
    switchTo(emptyTree("admin/d@other"), false);
    // Upon ESTALE the kernel walks the path again, asking for every name.
    stale(() -> fs.view.open(Fs.CONTEXT, node, READ, new OpenReply()));
    assertThat(fs.exists("a")).isFalse();
  }

  @Test
  void whatIsOpenIsSeen() throws Exception {
    fs.put("a", "x");
    fs.mkdir("d");
    long node = fs.open("a");
    assertThat(isUnused()).isFalse();
    fs.close(node);
    assertThat(isUnused()).isTrue();
    OpenReply listing = new OpenReply();
    fs.view.opendir(Fs.CONTEXT, fs.node("d"), 0, listing);
    assertThat(isUnused()).isFalse();
    fs.view.releasedir(Fs.CONTEXT, fs.node("d"), listing.handle);
    assertThat(isUnused()).isTrue();
    long created = fs.create("c");
    assertThat(isUnused()).isFalse();
    fs.close(created);
    assertThat(isUnused()).isTrue();
  }

  private boolean isUnused() throws Exception {
    try (ViewSwitch held = ViewSwitch.begin(List.of(view), false)) {
      return held.isUnused();
    }
  }

  @Test
  void aSwitchThatIsNotKeptIsTakenBack() throws Exception {
    fs.put("a", "here");
    try (ViewSwitch held = ViewSwitch.begin(List.of(view), false)) {
      held.to(emptyTree("admin/d@other"));
    }
    assertThat(fs.text("a")).isEqualTo("here");
    fs.put("b", "again");
  }

  @Test
  void anUnmountedViewLetsItsDescriptorsGo() throws Exception {
    fs.put("a", "x");
    fs.open("a");
    fs.view.opendir(Fs.CONTEXT, 1, 0, new OpenReply());
    fs.unlink("a");
    view.close();
    assertThat(home.tree.isUnused()).isTrue();
  }

  /**
   * Writers make files, in bursts, while the branch is moved to its own last commit, as a reset
   * does: a file that was acknowledged is in the tree that is shown at the end.
   */
  @Test
  void noWriteFallsBetweenTheLookAndTheSwitch() throws Exception {
    ExecutorService writers = Executors.newFixedThreadPool(3);
    AtomicBoolean stop = new AtomicBoolean();
    Semaphore turns = new Semaphore(0);
    ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
    List<Future<?>> running = new ArrayList<>();
    for (int w = 0; w < 3; w++) {
      int writer = w;
      running.add(
          writers.submit(
              () -> {
                for (int i = 0; ; i++) {
                  turns.acquire();
                  if (stop.get()) {
                    return writer;
                  }
                  String name = "w" + writer + "-" + i;
                  write(name);
                  acknowledged.add(name);
                }
              }));
    }
    int switched = 0;
    int refused = 0;
    WorkingTree tree = home.tree;
    try {
      while (switched < 25 && running.stream().noneMatch(Future::isDone)) {
        CommitResult commit = home.commit(tree);
        if (turns.availablePermits() == 0) {
          turns.release(20);
        }
        try (ViewSwitch held = ViewSwitch.begin(List.of(view), false)) {
          if (held.isUnused() && !tree.hasChanges()) {
            tree = home.trees.reset("admin/d@master", Optional.of(commit.id()));
            held.to(tree);
            held.keep();
            switched++;
          } else {
            refused++;
          }
        }
      }
    } finally {
      stop.set(true);
      turns.release(3);
      for (Future<?> writer : running) {
        writer.get();
      }
      writers.shutdown();
    }
    assertThat(switched).isEqualTo(25);
    assertThat(refused).isPositive();
    assertThat(fs.list("")).containsAll(acknowledged);
  }

  /** Creates, writes and closes, again where the switch came in between. */
  private void write(String name) throws FileSystemException {
    long node = fs.create(name);
    try {
      fs.write(node, 0, Fs.bytes(name));
    } finally {
      fs.close(node);
    }
  }
}
