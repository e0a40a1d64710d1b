package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.fusefs.commit.CommitRequest;
import io.dotfs.fusefs.commit.CommitResult;
import io.dotfs.fusefs.commit.CommitSigner;
import io.dotfs.fusefs.commit.Committer;
import io.dotfs.fusefs.flush.FlushReport;
import io.dotfs.fusefs.flush.Flusher;
import io.dotfs.fusefs.mount.DeviceNumber;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.ref.RefName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Commit: mapped pages are written back, then all subdots are frozen at one instant and stored. */
public final class CommitVerb {
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(30);
  private static final Pattern METADATA_KEY = Pattern.compile("[a-z][A-Za-z0-9_.-]{0,127}");

  private final DotHome home;
  private final HomeMounts mounts;
  private final Committer committer;
  private final Flusher flusher;
  private final Author author;
  private final ContainerPause containers;
  private final Signatures signatures;

  public CommitVerb(
      DotHome home,
      HomeMounts mounts,
      Committer committer,
      Flusher flusher,
      Author author,
      ContainerPause containers,
      Signatures signatures) {
    this.home = home;
    this.mounts = mounts;
    this.committer = committer;
    this.flusher = flusher;
    this.author = author;
    this.containers = containers;
    this.signatures = signatures;
  }

  public CommitReply commit(
      io.dotfs.daemon.api.HistoryMessages.CommitRequest request, ProgressSink progress)
      throws DaemonException, IOException, StoreException, InterruptedException {
    long begin = System.nanoTime();
    Stamp stamp = author.checkedStamp(request.author());
    check(request.message(), request.metadata(), stamp);
    Selected first = home.select(request.selector());
    SortedMap<String, String> metadata = metadata(request, first);
    try (DotLocks.Held held = home.locks().lock(first.id())) {
      Selected selected = home.select(request.selector());
      WorkingTree tree = home.tree(selected.id(), selected.branch());
      Optional<ObjectId> parent = tree.base();
      List<String> warnings = flush(selected);
      progress.progress(
          new Progress(
              "Committing", selected.id() + "@" + selected.branch(), 0, tree.dirtyBytes(), 0, 0));
      CommitResult result =
          committer.commit(
              tree,
              new CommitRequest(
                  new RefName(selected.ref()),
                  stamp,
                  request.message(),
                  metadata,
                  List.of(),
                  request.sign() ? signatures.signer(progress) : CommitSigner.NONE));
      return new CommitReply(
          selected.id().toString(),
          selected.branch(),
          result.id().toHex(),
          parent.map(ObjectId::toHex),
          result.pauseNanos(),
          result.stored().storedBytes(),
          result.stored().objects(),
          System.nanoTime() - begin,
          warnings);
    } catch (Signatures.UnsignedException e) {
      throw e.reason();
    }
  }

  /** What the user said, and what is known besides; the user's word holds. */
  private SortedMap<String, String> metadata(
      io.dotfs.daemon.api.HistoryMessages.CommitRequest request, Selected selected) {
    SortedMap<String, String> metadata =
        request.noProvenance()
            ? new TreeMap<>()
            : containers.provenance(
                spec -> spec.shows(selected.id().toString(), selected.branch()));
    metadata.putAll(request.metadata());
    return metadata;
  }

  static void check(String message, Map<String, String> metadata, Stamp stamp)
      throws DaemonException {
    if (message.isBlank()) {
      throw new DaemonException(
          ErrorKind.BAD_REQUEST, "a commit needs a message", "dm commit -m MESSAGE");
    }
    for (String key : metadata.keySet()) {
      if (!METADATA_KEY.matcher(key).matches()) {
        throw new DaemonException(
            ErrorKind.BAD_REQUEST,
            "invalid metadata key '" + DotHome.oneLine(key) + "'",
            "keys start with a lower-case letter: -d key=value");
      }
    }
    try {
      new Commit(
          DirectoryRef.EMPTY,
          List.of(),
          1,
          stamp,
          message,
          new TreeMap<>(metadata),
          Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, "not for a commit: " + e.getMessage());
    }
  }

  /** What programs have stored through mappings and not yet synced is brought here first. */
  private List<String> flush(Selected selected) throws InterruptedException {
    List<DeviceNumber> devices =
        mounts.devices(spec -> spec.shows(selected.id().toString(), selected.branch()));
    if (devices.isEmpty()) {
      return List.of();
    }
    FlushReport report = flusher.flush(devices, FLUSH_TIMEOUT);
    List<String> warnings = new ArrayList<>();
    switch (report.outcome()) {
      case COMPLETE -> {}
      case PARTIAL -> report.errors().forEach(e -> warnings.add("not written back: " + e));
      case TIMED_OUT ->
          warnings.add("writing back mapped files took too long; some may be missing");
      case FAILED ->
          warnings.add("mapped files were not written back: " + String.join("; ", report.errors()));
    }
    return warnings;
  }
}
