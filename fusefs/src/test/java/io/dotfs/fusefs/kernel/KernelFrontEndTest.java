package io.dotfs.fusefs.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dotfs.fusefs.mount.MountException;
import io.dotfs.fusefs.mount.MountOptions;
import io.dotfs.fusefs.mount.MountTable;
import io.dotfs.fusefs.mount.Mounter;
import io.dotfs.fusefs.testing.ChildProcess;
import io.dotfs.fusefs.testing.RequiresFuse;
import io.dotfs.fusefs.testing.TestMount;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.OpenReply;
import io.dotfs.fusefs.vfs.RequestContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole front end on a real mount, over a file system in memory. */
@RequiresFuse
@Timeout(300)
class KernelFrontEndTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private static Path programs;
  private static Path operations;

  @BeforeAll
  static void compile() throws Exception {
    if (ChildProcess.compilerPresent()) {
      operations = ChildProcess.compile(KernelFrontEndTest.class, "operations.c", programs);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "names",
        "data",
        "big",
        "ranges",
        "attributes",
        "listing",
        "mapping",
        "locks",
        "setid"
      })
  void behavesAsALocalFileSystem(String group) throws Exception {
    assumeTrue(operations != null, "no C compiler");
    boolean root = System.getProperty("user.name").equals("root");
    assumeTrue(root || !group.equals("setid"), "needs root");
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    try (TestMount mount =
        new TestMount(Mounter.kernel(), fileSystem, o -> o.withAllowOther(root))) {
      ChildProcess.run("\"$1\" \"$2\" \"$3\"", operations, group, mount.directory());
      assertThat(fileSystem.await(LIMIT, () -> fileSystem.handlesHeld() == 0)).isTrue();
      ChildProcess.run("rm -rf \"$1\"/*", mount.directory());
      assertThat(fileSystem.await(LIMIT, () -> fileSystem.nodeCount() == 1))
          .as("inodes are given up once they are removed and forgotten")
          .isTrue();
    }
    assertThat(fileSystem.unmountedLatch().getCount()).isZero();
  }

  @Test
  void manyProcessesAtOnce() throws Exception {
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    try (TestMount mount = TestMount.of(fileSystem)) {
      String output =
          ChildProcess.run(
              """
              cd "$1"
              for i in 1 2 3 4 5 6 7 8; do
                (mkdir $i; cd $i; j=0
                 while [ $j -lt 60 ]; do j=$((j+1)); echo $i.$j > n; mv n $j; read x < $j; done) &
              done
              wait
              cat */* | sort -u | wc -l
              """,
              mount.directory());
      assertThat(output.strip()).isEqualTo("480");
    }
  }

  @Test
  void anErrorOfTheFileSystemIsTheCallersAndNobodyElses() throws Exception {
    MemoryFileSystem fileSystem =
        new MemoryFileSystem() {
          @Override
          public void lookup(RequestContext context, long parent, byte[] name, EntryReply reply)
              throws FileSystemException {
            switch (new String(name, StandardCharsets.UTF_8)) {
              case "defect" -> throw new IllegalStateException("thrown by the test");
              case "failure" -> throw new AssertionError("thrown by the test");
              case "stale" -> throw FileSystemException.of(Errno.ESTALE);
              case "unheard-of" -> throw FileSystemException.of(4000);
              default -> super.lookup(context, parent, name, reply);
            }
          }
        };
    try (TestMount mount = TestMount.of(fileSystem)) {
      String script = "LC_ALL=C stat \"$1\" 2>&1 || true";
      for (String name : List.of("defect", "failure", "unheard-of")) {
        assertThat(ChildProcess.run(script, mount.resolve(name))).contains("Input/output error");
      }
      assertThat(ChildProcess.run(script, mount.resolve("stale"))).contains("Stale file handle");
      assertThat(ChildProcess.run(script, mount.resolve("none"))).contains("No such file");
      ChildProcess.run("echo on > \"$1\" && grep on \"$1\"", mount.resolve("file"));
    }
  }

  /** Opens and reads of a file named {@code slow} wait until released or interrupted. */
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // waits without the lock
  private static final class SlowFileSystem extends MemoryFileSystem {
    final Semaphore waiting = new Semaphore(0);
    final CountDownLatch release = new CountDownLatch(1);
    final AtomicInteger interruptions = new AtomicInteger();
    volatile boolean slowOpen;

    /** Whether it says that it blocks, as a file system should where it knows. */
    volatile boolean announces = true;

    @Override
    public int read(
        RequestContext context, long nodeId, long handle, long offset, int size, long address)
        throws FileSystemException {
      block(context, nodeId);
      return super.read(context, nodeId, handle, offset, size, address);
    }

    @Override
    public void open(RequestContext context, long nodeId, int flags, OpenReply reply)
        throws FileSystemException {
      if (slowOpen) {
        block(context, nodeId);
      }
      super.open(context, nodeId, flags, reply);
    }

    private void block(RequestContext context, long nodeId) throws FileSystemException {
      if (nodeId != nodeOf("slow")) {
        return;
      }
      if (announces) {
        context.aboutToBlock();
      }
      waiting.release();
      try {
        while (!release.await(5, TimeUnit.MILLISECONDS)) {
          if (context.interrupted()) {
            interruptions.incrementAndGet();
            throw FileSystemException.of(Errno.EINTR);
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    void awaitWaiting(int readers) throws InterruptedException {
      assertThat(waiting.tryAcquire(readers, LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Bypasses the page cache, whose lock would let one slow read through at a time. */
  private static final String READ_SLOW = "dd if=\"$1\" iflag=direct bs=4096 status=none";

  @Test
  void blockedRequestsStallNobodyElse() throws Exception {
    SlowFileSystem fileSystem = new SlowFileSystem();
    stallsNobodyElse(fileSystem);
    assertThat(fileSystem.interruptions).hasValue(0);
  }

  @Test
  void requestsThatBlockUnexpectedlyStallNobodyElse() throws Exception {
    SlowFileSystem fileSystem = new SlowFileSystem();
    fileSystem.announces = false;
    stallsNobodyElse(fileSystem);
    assertThat(fileSystem.interruptions).hasValue(0);
  }

  private static void stallsNobodyElse(SlowFileSystem fileSystem) throws Exception {
    int count = Runtime.getRuntime().availableProcessors() + 3;
    List<ChildProcess> readers = new ArrayList<>();
    try (TestMount mount = TestMount.of(fileSystem)) {
      try {
        ChildProcess.run("echo content > \"$1\"", mount.resolve("slow"));
        for (int i = 0; i < count; i++) {
          readers.add(ChildProcess.shell(READ_SLOW, mount.resolve("slow")));
        }
        fileSystem.awaitWaiting(count);
        ChildProcess.run("echo on > \"$1\" && grep on \"$1\"", mount.resolve("file"));
        fileSystem.release.countDown();
        for (ChildProcess reader : readers) {
          assertThat(reader.await().success()).isEqualTo("content\n");
        }
      } finally {
        fileSystem.release.countDown();
        readers.forEach(ChildProcess::close);
      }
    }
  }

  @Test
  void anInterruptedCallerEndsItsOwnWait() throws Exception {
    SlowFileSystem fileSystem = new SlowFileSystem();
    try (TestMount mount = TestMount.of(fileSystem)) {
      ChildProcess.run("echo content > \"$1\"", mount.resolve("slow"));
      fileSystem.slowOpen = true;
      try (ChildProcess first = ChildProcess.shell("exec cat \"$1\"", mount.resolve("slow"));
          ChildProcess second = ChildProcess.shell("exec cat \"$1\"", mount.resolve("slow"))) {
        fileSystem.awaitWaiting(2);
        first.process().destroyForcibly();
        assertThat(first.await().status()).isEqualTo(128 + 9);
        assertThat(fileSystem.interruptions).hasValue(1);
        fileSystem.release.countDown();
        assertThat(second.await().success()).isEqualTo("content\n");
      } finally {
        fileSystem.release.countDown();
      }
    }
    assertThat(fileSystem.interruptions).hasValue(1);
  }

  @Test
  void anAbortedMountEndsWithRequestsInFlight() throws Exception {
    SlowFileSystem fileSystem = new SlowFileSystem();
    try (TestMount mount = TestMount.of(fileSystem)) {
      ChildProcess.run("echo content > \"$1\"", mount.resolve("slow"));
      try (ChildProcess reader = ChildProcess.shell(READ_SLOW, mount.resolve("slow"))) {
        fileSystem.awaitWaiting(1);
        mount.mount().abort();
        assertThat(reader.await().status()).isNotZero();
        assertThat(mount.mount().awaitEnd(LIMIT)).isTrue();
      } finally {
        fileSystem.release.countDown();
      }
    }
    assertThat(fileSystem.interruptions).hasValue(1);
  }

  @Test
  void aMountInUseIsDetachedLazilyAndServedToItsEnd() throws Exception {
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    try (TestMount mount = TestMount.of(fileSystem)) {
      try (ChildProcess user =
          ChildProcess.shell(
              "cd \"$1\" && echo ready > here && read x && cat here", mount.directory())) {
        ChildProcess.run("until [ -e \"$1\" ]; do :; done", mount.resolve("here"));
        assertThatThrownBy(() -> mount.mount().unmount(false))
            .isInstanceOfSatisfying(
                MountException.class,
                e -> assertThat(e.reason()).isEqualTo(MountException.Reason.BUSY));
        mount.mount().unmount(true);
        assertThat(MountTable.read().at(mount.directory())).isEmpty();
        assertThat(mount.mount().ended()).isFalse();
        try (var stdin = user.process().getOutputStream()) {
          stdin.write('\n');
        }
        assertThat(user.await().success()).isEqualTo("ready\n");
      }
      assertThat(mount.mount().awaitEnd(LIMIT)).isTrue();
      mount.mount().unmount(false);
    }
  }

  @Test
  void invalidatedContentIsReadAgain() throws Exception {
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    fileSystem.validNanos = TimeUnit.HOURS.toNanos(1);
    try (TestMount mount = TestMount.of(fileSystem)) {
      ChildProcess.run("printf old > \"$1\"; cat \"$1\"", mount.resolve("f"));
      fileSystem.replaceContent("f", "new");
      assertThat(ChildProcess.run("cat \"$1\"", mount.resolve("f"))).isEqualTo("old");
      fileSystem.kernel().invalidateInode(fileSystem.nodeOf("f"), 0, 0);
      fileSystem.kernel().awaitDelivery();
      assertThat(ChildProcess.run("cat \"$1\"", mount.resolve("f"))).isEqualTo("new");
    }
  }

  @Test
  void invalidatedNamesAreLookedUpAgain() throws Exception {
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    fileSystem.validNanos = TimeUnit.HOURS.toNanos(1);
    try (TestMount mount = TestMount.of(fileSystem)) {
      ChildProcess.run("cd \"$1\" && echo 1 > a && echo 2 > b && cat a b", mount.directory());
      fileSystem.renameSilently("a", "a2");
      fileSystem.renameSilently("b", "b2");
      String look = "cd \"$1\"; for f in a b; do test -e $f && printf $f; done; true";
      assertThat(ChildProcess.run(look, mount.directory())).isEqualTo("ab");
      fileSystem.kernel().invalidateEntry(1, new byte[] {'a'});
      fileSystem.kernel().awaitDelivery();
      assertThat(ChildProcess.run(look, mount.directory())).isEqualTo("b");
      fileSystem.kernel().invalidateAllNames();
      fileSystem.kernel().awaitDelivery();
      assertThat(ChildProcess.run(look, mount.directory())).isEmpty();
    }
  }

  @Test
  void withZeroTimeoutsChangesBehindTheKernelsBackAreSeenAtOnce() throws Exception {
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    fileSystem.validNanos = TimeUnit.HOURS.toNanos(1);
    try (TestMount mount =
        new TestMount(Mounter.kernel(), fileSystem, o -> o.withZeroTimeouts(true))) {
      ChildProcess.run(
          "cd \"$1\" && echo 1 > a && printf older > f && cat a f && ls -l", mount.directory());
      fileSystem.renameSilently("a", "a2");
      String look = "cd \"$1\"; for f in a a2; do test -e $f && printf $f; done; true";
      assertThat(ChildProcess.run(look, mount.directory())).isEqualTo("a2");
      fileSystem.replaceContent("f", "new");
      assertThat(ChildProcess.run("stat -c %s \"$1\"", mount.resolve("f"))).isEqualTo("3\n");
      assertThat(ChildProcess.run("cat \"$1\"", mount.resolve("f"))).isEqualTo("new");
    }
  }

  @Test
  void aMountIsNeitherCoveredNorEnteredByItsServer() throws Exception {
    try (TestMount mount = TestMount.of(new MemoryFileSystem())) {
      ChildProcess.run("mkdir \"$1\"", mount.resolve("inner"));
      for (Path place : List.of(mount.directory(), mount.resolve("inner"))) {
        assertThatThrownBy(
                () ->
                    Mounter.kernel()
                        .mount(MountOptions.of(place, "dotfs-test"), new MemoryFileSystem()))
            .isInstanceOf(MountException.class);
      }
    }
  }

  @Test
  void aReadOnlyMountRefusesChanges() throws Exception {
    try (TestMount mount =
        new TestMount(Mounter.kernel(), new MemoryFileSystem(), o -> o.withReadOnly(true))) {
      assertThat(ChildProcess.run("LC_ALL=C mkdir \"$1\" 2>&1 || true", mount.resolve("d")))
          .contains("Read-only file system");
    }
  }

  @Test
  void noThreadsAndDescriptorsAreLeft() throws Exception {
    try (TestMount mount = TestMount.of(new MemoryFileSystem())) {
      ChildProcess.run("ls \"$1\"", mount.directory());
    }
    long before = descriptors();
    for (int i = 0; i < 5; i++) {
      try (TestMount mount = TestMount.of(new MemoryFileSystem())) {
        ChildProcess.run("ls \"$1\"", mount.directory());
      }
    }
    assertThat(descriptors()).isEqualTo(before);
    assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
        .noneMatch(name -> name.startsWith("dotfs-test-notify"));
  }

  private static long descriptors() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.map(KernelFrontEndTest::target).filter("/dev/fuse"::equals).count();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }
}
