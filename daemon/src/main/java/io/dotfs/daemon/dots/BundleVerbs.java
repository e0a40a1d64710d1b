package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.ArchiveMessages.BundleCreateRequest;
import io.dotfs.daemon.api.ArchiveMessages.BundleReply;
import io.dotfs.daemon.api.ArchiveMessages.BundleTakeRequest;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefUpdate;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.bundle.BadBundleException;
import io.dotfs.packstream.bundle.BundleIntake;
import io.dotfs.packstream.bundle.BundleWriter;
import io.dotfs.packstream.receive.Quarantine;
import io.dotfs.packstream.transfer.LocalDot;
import io.dotfs.packstream.transfer.Tracking;
import io.dotfs.packstream.wire.BundleHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Commits into files and out of them, for machines without a network. Thread safe. */
public final class BundleVerbs {
  private static final long TELL_EVERY_NANOS = 200_000_000;

  /** A directory's name that no remote can have. */
  private static final String QUARANTINE = "bundle.tmp";

  private final DotHome home;
  private final Revisions revisions;

  public BundleVerbs(DotHome home) {
    this.home = home;
    this.revisions = new Revisions(home);
  }

  public BundleReply create(BundleCreateRequest request, OutputStream out)
      throws DaemonException, TransferException, IOException, StoreException {
    long begin = System.nanoTime();
    Selected selected = home.select(request.selector());
    SortedMap<String, ObjectId> refs = new TreeMap<>();
    Set<ObjectId> without = new LinkedHashSet<>();
    if (request.all()) {
      home.refs(selected.id(), "heads/").forEach((name, id) -> refs.put("heads/" + name, id));
      home.refs(selected.id(), "tags/").forEach((name, id) -> refs.put("tags/" + name, id));
    }
    for (String word : request.refs()) {
      if (word.startsWith("^")) {
        without.add(revisions.resolve(selected, word.substring(1)));
      } else {
        addRef(selected, word, refs);
      }
    }
    if (refs.isEmpty()) {
      throw new DaemonException(
          ErrorKind.BAD_REQUEST,
          "no branch or tag is named",
          "dm bundle create FILE " + selected.branch());
    }
    DotName dot = new DotName(selected.id().namespace(), selected.id().dot());
    List<ObjectId> needed = new ArrayList<>(refs.values());
    needed.addAll(without);
    try (Hold untilWritten = home.objects().retention().hold(() -> needed)) {
      BundleWriter bundle = BundleWriter.prepare(home.objects(), dot, refs, List.copyOf(without));
      if (bundle.header().objects() == 0) {
        throw new DaemonException(
            ErrorKind.BAD_REQUEST, "the bundle would be empty: the other side has all of it");
      }
      bundle.writeTo(out);
      return reply(selected.id(), false, bundle.header(), begin);
    }
  }

  private void addRef(Selected selected, String word, SortedMap<String, ObjectId> refs)
      throws DaemonException, StoreException {
    String name = word.equals("HEAD") ? selected.branch() : word;
    boolean found = false;
    for (String kind : List.of("heads/", "tags/")) {
      Optional<ObjectId> id = Optional.ofNullable(home.refs(selected.id(), kind).get(name));
      id.ifPresent(value -> refs.put(kind + name, value));
      found |= id.isPresent();
    }
    if (!found) {
      throw new DaemonException(
          ErrorKind.UNKNOWN_BRANCH,
          "no branch or tag is called " + DotHome.oneLine(word),
          "dm branch NAME " + DotHome.oneLine(word) + " makes one of a commit");
    }
  }

  private static BundleReply reply(DotId id, boolean created, BundleHeader header, long begin) {
    Map<String, String> refs = new TreeMap<>();
    header.refs().forEach((ref, commit) -> refs.put(ref, commit.toHex()));
    return new BundleReply(
        id.toString(),
        created,
        refs,
        header.prerequisites().stream().map(ObjectId::toHex).toList(),
        header.objects(),
        header.bytes(),
        System.nanoTime() - begin);
  }

  public BundleReply take(BundleTakeRequest request, InputStream in, ProgressSink progress)
      throws DaemonException, IOException, StoreException, InterruptedException {
    long begin = System.nanoTime();
    FullName.checkPart(request.remoteName(), "remote");
    try {
      BundleHeader header = BundleIntake.header(in);
      DotId id = FullName.parseDot(request.dot().orElse(header.dot().toString()));
      if (request.verifyOnly()) {
        receive(id, header, in, progress, (intake, tips) -> {}); // judged, and dropped
        return reply(id, false, header, begin);
      }
      FullName.checkNotReserved(id.dot());
      FullName.checkNotReserved(id.namespace());
      boolean created;
      try (DotLocks.Held held = home.locks().lock(id)) {
        created = home.registry().dot(id).isEmpty();
        if (created) {
          home.purge(id, "bundle: left over");
        }
        boolean done = false;
        try {
          LocalDot local = local(id);
          receive(
              id,
              header,
              in,
              progress,
              (intake, tips) -> {
                intake.install(tips);
                Tracking.follow(local, request.remoteName(), header.refs());
              });
          if (created) {
            checkOut(id, header);
          }
          done = true;
        } finally {
          if (created && !done) {
            home.purge(id, "bundle: given up");
          }
        }
      }
      return reply(id, created, header, begin);
    } catch (BadBundleException e) {
      throw new DaemonException(
          new ErrorRecord(ErrorKind.BAD_REQUEST, DotHome.oneLine(String.valueOf(e.getMessage()))),
          e);
    } catch (ClientGoneException e) {
      throw e.failure;
    }
  }

  private LocalDot local(DotId id) {
    return new LocalDot(home.objects(), home.refs(), id.refPrefix(), quarantine(id));
  }

  private Path quarantine(DotId id) {
    return home.quarantines().resolve(id.namespace()).resolve(id.dot());
  }

  /** What is done with a bundle that was found good. */
  private interface Landing {
    void land(BundleIntake intake, Set<ObjectId> tips) throws StoreException;
  }

  private void receive(
      DotId id, BundleHeader header, InputStream in, ProgressSink progress, Landing landing)
      throws DaemonException, IOException, StoreException {
    Set<ObjectId> tips = new LinkedHashSet<>();
    // What the bundle builds on stays until refs name what came of it.
    try (Hold untilNamed =
            home.objects()
                .retention()
                .hold(
                    () -> {
                      tips.addAll(home.refs(id, "").values());
                      return tips;
                    });
        BundleIntake intake =
            BundleIntake.open(
                header, in, home.objects(), Quarantine.open(quarantine(id).resolve(QUARANTINE)))) {
      List<ObjectId> lacking = intake.lacking(tips);
      if (!lacking.isEmpty()) {
        throw new DaemonException(
            ErrorKind.UNKNOWN_REVISION,
            "the bundle builds on commit "
                + lacking.get(0).toHex().substring(0, 12)
                + ", which "
                + id.display()
                + " does not have",
            "take the bundle first that brings it, or name the dot that has it");
      }
      intake.read(tips, new Teller(progress, header));
      landing.land(intake, tips);
    }
  }

  private void checkOut(DotId id, BundleHeader header)
      throws DaemonException, IOException, StoreException {
    List<String> branches = new ArrayList<>();
    for (String ref : header.refs().keySet()) {
      if (ref.startsWith("heads/")) {
        branches.add(ref.substring("heads/".length()));
      }
    }
    if (branches.isEmpty()) {
      throw new DaemonException(
          ErrorKind.UNKNOWN_BRANCH,
          "the bundle has no branch to begin a dot with",
          "dm bundle unbundle --dot DOT, of a dot that is there");
    }
    String branch =
        branches.contains(FullName.FIRST_BRANCH) ? FullName.FIRST_BRANCH : branches.get(0);
    ObjectId tip =
        Optional.ofNullable(header.refs().get("heads/" + branch))
            .orElseThrow(() -> new IllegalStateException("no " + branch));
    home.refs()
        .update(
            List.of(RefUpdate.create(new RefName(id.head(branch)), tip, "clone: from a bundle")));
    home.registry()
        .putDot(
            id, new DotRecord(branch, home.clock().instant().getEpochSecond(), Optional.empty()));
  }

  /** Tells the client now and then. */
  private static final class Teller implements BundleIntake.Watcher {
    private final ProgressSink progress;
    private final BundleHeader header;
    private long last = System.nanoTime();

    Teller(ProgressSink progress, BundleHeader header) {
      this.progress = progress;
      this.header = header;
    }

    @Override
    public void received(long objects, long bytes) throws IOException {
      long now = System.nanoTime();
      if (now - last < TELL_EVERY_NANOS) {
        return;
      }
      last = now;
      try {
        progress.progress(
            new Progress(
                "Reading", "the bundle", bytes, header.bytes(), objects, header.objects()));
      } catch (DaemonException e) {
        throw new ClientGoneException(e);
      }
    }
  }

  /** Ends the reading of a bundle whose sender has gone. */
  private static final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;
    private final DaemonException failure;

    ClientGoneException(DaemonException failure) {
      super(failure);
      this.failure = failure;
    }
  }
}
