package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.RemoteMessages.VerifyRequest;
import io.dotfs.daemon.api.ServerMessages.Damage;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.ref.InMemoryRefStore;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transfer.Fetch;
import io.dotfs.packstream.transfer.FetchRequest;
import io.dotfs.packstream.transfer.FetchResult;
import io.dotfs.packstream.transfer.LocalDot;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.wire.RemoteDot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Integrity of what a remote holds: every dot there that the user may read is fetched whole into a
 * store of its own, where each object is checked against its id and nothing may be missing, and
 * dropped again. It takes the time and, for a while, the space of a clone. One at a time; thread
 * safe.
 */
public final class VerifyVerb {
  private final DotHome home;
  private final Path scratch;

  /** Drops what a daemon that died in the middle has left behind. */
  public VerifyVerb(DotHome home) throws IOException {
    this.home = home;
    this.scratch = home.home().directory().resolve("verify");
    drop();
  }

  public synchronized FsckReply verify(VerifyRequest request, ProgressSink progress)
      throws TransferException, DaemonException, IOException, StoreException {
    long objects = 0;
    long bytes = 0;
    long refs = 0;
    List<Damage> damage = new ArrayList<>();
    try (Remote remote = RemoteVerbs.open(request.remote())) {
      for (RemoteDot dot : remote.listDots()) {
        try {
          FetchResult result = fetch(remote, dot.name(), request.remote().name(), progress);
          objects += result.summary().objects();
          bytes += result.summary().bytes();
          refs += result.fetched().size();
        } catch (TransferException.CorruptTransfer
            | TransferException.Incomplete
            | TransferException.RemoteFailure e) {
          damage.add(new Damage(dot.name().toString(), "", 0, String.valueOf(e.getMessage())));
        } finally {
          drop();
        }
      }
    }
    return new FsckReply(objects, bytes, refs, damage);
  }

  private FetchResult fetch(Remote remote, DotName dot, String name, ProgressSink progress)
      throws TransferException, StoreException {
    try (ObjectStore store = ObjectStore.open(scratch.resolve("objects"))) {
      LocalDot here =
          new LocalDot(
              store,
              new InMemoryRefStore(home.clock()),
              DotId.REFS + dot,
              scratch.resolve("quarantine"));
      return new Fetch(remote, here)
          .run(
              new FetchRequest(dot, Optional.empty(), true, name),
              new TransferProgress(progress, name + ":" + dot));
    }
  }

  private void drop() throws IOException {
    if (!Files.exists(scratch)) {
      return;
    }
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
