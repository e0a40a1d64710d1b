package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.ArchiveMessages.ImportRequest;
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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
