package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.ArchiveMessages.BundleCreateRequest;
import io.dotfs.daemon.api.ArchiveMessages.BundleReply;
import io.dotfs.daemon.api.ArchiveMessages.BundleTakeRequest;
import io.dotfs.daemon.api.ArchiveMessages.ExportRequest;
import io.dotfs.daemon.api.ArchiveMessages.ImportRequest;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.RestoreRequest;
import io.dotfs.daemon.api.ByteStreams;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotDeleteRequest;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.GcMessages.GcReply;
import io.dotfs.daemon.api.GcMessages.GcRequest;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.CommitRequest;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.ServerMessages.FsckRequest;
import io.dotfs.daemon.api.SigningMessages.SignRequest;
import io.dotfs.daemon.api.SigningMessages.SignatureWanted;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.receive.Quarantine;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gc of everything that is not needed, in the middle of what takes its time. */
@Timeout(300)
class GcTest {
  private static final String SIGNATURE = "-----BEGIN SSH SIGNATURE-----\nAAAA\n";

  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = TestDaemon.start();
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private GcReply gc() throws DaemonException {
    return daemon.client.gc(
        new GcRequest(false, true, Optional.of(0L), Optional.of(0L), Optional.of(0L)),
        ProgressListener.NONE);
  }

  private void check() throws DaemonException {
    assertThat(daemon.client.fsck(new FsckRequest(), ProgressListener.NONE).damage()).isEmpty();
  }

  /** A tar of 40 files of noise, always the same. */
  private byte[] tar() throws Exception {
    Path source = daemon.directory("source");
    Random random = new Random(1);
    for (int i = 0; i < 40; i++) {
      byte[] bytes = new byte[50_000];
      random.nextBytes(bytes);
      Files.write(source.resolve("file-" + i), bytes);
    }
    Path tar = daemon.directory("tars").resolve("data.tar");
    Shell.run("cd '" + source + "' && tar --sort=name --mtime=@1 -cf '" + tar + "' .");
    return Files.readAllBytes(tar);
  }

  private void importTar(String name, ByteStreams.Source source) throws Exception {
    daemon.client.importTar(
        new ImportRequest(name, "imported", Map.of(), Optional.empty(), false),
        source,
        ProgressListener.NONE);
  }

  @Test
  void whatAnImportFoundStays() throws Exception {
    byte[] tar = tar();
    importTar("before", out -> out.write(tar));
    long held = gc().bytes();
    daemon.client.dotDelete(new DotDeleteRequest("before"));
    // Everything is there still, and needed by nobody: what the import finds it does not store.
    int most = tar.length - 100_000;
    importTar(
        "after",
        out -> {
          out.write(tar, 0, most);
          out.flush();
          try {
            gc();
          } catch (DaemonException e) {
            throw new IOException(e);
          }
          out.write(tar, most, tar.length - most);
        });
    check();
    assertThat(gc().bytes()).isGreaterThan(held / 2);
    check();
    daemon.client.dotDelete(new DotDeleteRequest("after"));
    gc();
    assertThat(gc().objects()).isZero();
  }

  @Test
  void whatACommitWaitsToHaveSignedStays() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    daemon.init("signed");
    Path mount = daemon.mount("signed");
    Shell.run(
        "seq 30000 > '"
            + mount
            + "/old'; head -c 300000 /dev/zero | tr '\\0' a > '"
            + mount
            + "/data'");
    CommitReply first = daemon.commit("signed", "first");
    byte[] noiseTar = tar();
    importTar("other", out -> out.write(noiseTar));
    daemon.client.dotDelete(new DotDeleteRequest("other"));
    // The data of what was deleted comes again, on a mount.
    Shell.run(
        "cp '"
            + daemon.directory("source")
            + "'/* '"
            + mount
            + "'; seq 7 30000 > '"
            + mount
            + "/old'");
    AtomicInteger asked = new AtomicInteger();
    CommitReply signed =
        daemon.client.commit(
            new CommitRequest(
                DotSelector.of("signed"), "second", Map.of(), Optional.empty(), false, true),
            new ProgressListener() {
              @Override
              public void progress(Progress progress) {}

              @Override
              public void wanted(SignatureWanted wanted) throws DaemonException {
                gc();
                asked.incrementAndGet();
                daemon.client.sign(new SignRequest(wanted.token(), Optional.of(SIGNATURE)));
              }
            });
    assertThat(asked.get()).isOne();
    assertThat(signed.parent()).contains(first.id());
    check();
    gc();
    check();
    assertThat(Shell.run("cd '" + mount + "' && cat file-* | cksum"))
        .isEqualTo(Shell.run("cd '" + daemon.directory("source") + "' && cat file-* | cksum"));
  }

  /** A dot with one commit of a file of noise, which a mount shows; returns where. */
  private Path dotWithData(String dot) throws Exception {
    daemon.init(dot);
    Path mount = daemon.mount(dot);
    Shell.run("head -c 3000000 /dev/urandom > '" + mount + "/data'");
    return mount;
  }

  private void deleteBranch(String dot, String branch) throws DaemonException {
    daemon.client.branchDelete(new BranchDeleteRequest(Optional.of(dot), branch, true));
  }

  private void checkout(String dot, String branch, boolean create) throws DaemonException {
    daemon.client.checkout(
        new CheckoutRequest(Optional.of(dot), branch, create, Optional.empty(), false, false));
  }

  private static String sum(String file) throws Exception {
    return Shell.run("cksum < '" + file + "'");
  }

  @Test
  void whatMountsShowStays() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    Path mount = dotWithData("shown");
    CommitReply first = daemon.commit("shown", "first");
    checkout("shown", "away", true);
    Shell.run("head -c 3000000 /dev/urandom > '" + mount + "/more'");
    CommitReply away = daemon.commit("shown", "away");
    String sum = sum(mount + "/more");
    checkout("shown", "master", false);
    Path at = daemon.directory("at");
    Path copy = daemon.directory("copy");
    daemon.mountAt("shown", at, away.id(), true, false);
    daemon.mountAt("shown", copy, away.id(), false, false);
    deleteBranch("shown", "away");
    gc();
    assertThat(sum(at + "/more")).isEqualTo(sum);
    assertThat(sum(copy + "/more")).isEqualTo(sum);
    // Not only what they have looked at: the commit itself.
    try (ObjectStore store = ObjectStore.open(daemon.endpoint().home().resolve("objects"))) {
      assertThat(store.contains(ObjectId.fromHex(away.id()))).isTrue();
    }
    daemon.unmount(at);
    gc();
    assertThat(sum(copy + "/more")).isEqualTo(sum);
    daemon.unmount(copy);
    assertThat(gc().unneededObjects()).isGreaterThan(100);
    check();
    assertThat(gc().unneededObjects()).isZero();
    assertThat(first.id()).isNotEqualTo(away.id());
  }

  @Test
  void whatWasRestoredStaysUntilItIsReplaced() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    Path mount = dotWithData("restored");
    daemon.commit("restored", "first");
    checkout("restored", "away", true);
    Shell.run("mkdir '" + mount + "/directory'");
    Shell.run("head -c 3000000 /dev/urandom > '" + mount + "/directory/more'");
    Shell.run("head -c 3000000 /dev/urandom > '" + mount + "/more'");
    CommitReply away = daemon.commit("restored", "away");
    String sum = sum(mount + "/more");
    String below = sum(mount + "/directory/more");
    checkout("restored", "master", false);
    daemon.client.restore(
        new RestoreRequest(
            DotSelector.of("restored"),
            Optional.of(away.id()),
            List.of("__default__/more", "__default__/directory")));
    deleteBranch("restored", "away");
    gc();
    assertThat(sum(mount + "/more")).isEqualTo(sum);
    assertThat(sum(mount + "/directory/more")).isEqualTo(below);
    daemon.commit("restored", "taken over");
    gc();
    check();
    assertThat(sum(mount + "/more")).isEqualTo(sum);
    assertThat(sum(mount + "/directory/more")).isEqualTo(below);
  }

  @Test
  void whatAnExportIsWritingStays() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    byte[] noise = new byte[20_000_000];
    new Random(3).nextBytes(noise);
    Path source = daemon.directory("exported");
    Files.write(source.resolve("data"), noise);
    Path tar = daemon.directory("tars").resolve("data.tar");
    Shell.run("cd '" + source + "' && tar --mtime=@1 -cf '" + tar + "' .");
    byte[] bytes = Files.readAllBytes(tar);
    importTar("exported", out -> out.write(bytes));
    Path out = daemon.directory("tars").resolve("out.tar");
    AtomicInteger collected = new AtomicInteger();
    try (OutputStream file = Files.newOutputStream(out)) {
      daemon.client.exportTar(
          new ExportRequest("exported", Optional.empty()),
          new FilterOutputStream(file) {
            @Override
            public void write(byte[] part, int offset, int length) throws IOException {
              if (collected.getAndIncrement() == 0) {
                deleteAndCollect("exported");
              }
              file.write(part, offset, length);
            }
          });
    }
    assertThat(collected.get()).isGreaterThan(1);
    Path back = daemon.directory("back");
    Shell.run("tar -xf '" + out + "' -C '" + back + "'");
    assertThat(Files.readAllBytes(back.resolve("data"))).isEqualTo(noise);
    gc();
    assertThat(gc().objects()).isZero();
  }

  private void deleteAndCollect(String dot) throws IOException {
    try {
      daemon.client.dotDelete(new DotDeleteRequest(dot));
      gc();
    } catch (DaemonException e) {
      throw new IOException(e);
    }
  }

  @Test
  void whatABundleBuildsOnStays() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    Path mount = dotWithData("bundled");
    CommitReply first = daemon.commit("bundled", "first");
    Shell.run("head -c 3000000 /dev/urandom > '" + mount + "/more'");
    daemon.commit("bundled", "second");
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    daemon.client.bundleCreate(
        new BundleCreateRequest(
            DotSelector.of("bundled"), List.of("master", "^" + first.id()), false),
        bundle);
    byte[] bytes = bundle.toByteArray();
    daemon.unmount(mount);
    AtomicInteger collected = new AtomicInteger();
    BundleReply verified =
        daemon.client.bundleTake(
            new BundleTakeRequest(Optional.of("bundled"), "bundle", true),
            out -> {
              out.write(bytes, 0, bytes.length / 2);
              out.flush();
              awaitQuarantine();
              deleteAndCollect("bundled");
              collected.incrementAndGet();
              out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
            },
            ProgressListener.NONE);
    assertThat(collected.get()).isOne();
    assertThat(verified.prerequisites()).containsExactly(first.id());
    gc();
    assertThat(gc().objects()).isZero();
  }

  /** Waits until the daemon has begun to take a bundle in: then it has looked at the refs. */
  private void awaitQuarantine() throws IOException {
    Path quarantine = daemon.endpoint().home().resolve("quarantine/admin/bundled/bundle.tmp");
    long end = System.nanoTime() + 60_000_000_000L;
    while (!Files.isDirectory(quarantine)) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static ByteBuffer noise(int last) {
    byte[] bytes = new byte[16384];
    new Random(2).nextBytes(bytes);
    bytes[bytes.length - 1] = (byte) last;
    return ByteBuffer.wrap(bytes);
  }

  @Test
  void whatAnInterruptedTransferLeansOnStays() throws Exception {
    Path home = daemon.endpoint().home();
    Path kept = home.resolve("quarantine").resolve("admin").resolve("fetched").resolve("origin");
    ObjectId base;
    ObjectId difference;
    try (ObjectStore store = ObjectStore.open(home.resolve("objects"))) {
      try (PackWriter writer = store.begin()) {
        base = writer.put(ObjectType.CHUNK, noise(1));
        writer.put(ObjectType.CHUNK, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        writer.finish();
      }
      try (Quarantine quarantine = Quarantine.open(kept, store);
          PackWriter writer = quarantine.begin()) {
        difference = writer.put(ObjectType.CHUNK, noise(2), Optional.of(base));
        writer.finish();
      }
    }
    assertThat(gc().unneededObjects()).isOne();
    try (ObjectStore store = ObjectStore.open(home.resolve("objects"));
        Quarantine quarantine = Quarantine.open(kept, store)) {
      assertThat(store.contains(base)).isTrue();
      assertThat(quarantine.objects().read(difference, ObjectType.CHUNK)).isEqualTo(noise(2));
      quarantine.discard();
    }
    gc();
    try (ObjectStore store = ObjectStore.open(home.resolve("objects"))) {
      assertThat(store.contains(base)).isFalse();
    }
  }
}
