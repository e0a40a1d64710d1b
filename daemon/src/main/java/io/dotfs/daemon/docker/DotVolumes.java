package io.dotfs.daemon.docker;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotDeleteRequest;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.MountMessages.MountRequest;
import io.dotfs.daemon.api.MountMessages.UnmountRequest;
import io.dotfs.daemon.dots.DotVerbs;
import io.dotfs.daemon.dots.FullName;
import io.dotfs.daemon.dots.MountVerbs;
import io.dotfs.daemon.dots.RemoteVerbs;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.packstream.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Volumes on this home's dots, through the verbs that everybody uses. */
public final class DotVolumes implements VolumeData {
  private final DotVerbs dots;
  private final MountVerbs mountVerbs;
  private final HomeMounts mounts;
  private final RemoteVerbs remotes;
  private final VolumeSources sources;

  public DotVolumes(
      DotVerbs dots,
      MountVerbs mountVerbs,
      HomeMounts mounts,
      RemoteVerbs remotes,
      VolumeSources sources) {
    this.dots = dots;
    this.mountVerbs = mountVerbs;
    this.mounts = mounts;
    this.remotes = remotes;
    this.sources = sources;
  }

  /** A dot that somebody else makes at the same time is as good. */
  @Override
  public void create(String volume, Map<String, String> options)
      throws DaemonException, TransferException, IOException, StoreException, InterruptedException {
    String dot = FullName.parse(volume).dot().toString();
    if (dots.exists(dot)) {
      return;
    }
    Optional<String> from = Optional.ofNullable(options.get("from"));
    try {
      if (from.isPresent()) {
        remotes.clone(sources.request(from.get(), dot), progress -> {});
      } else {
        dots.init(new InitRequest(dot));
      }
    } catch (DaemonException e) {
      if (e.kind() != ErrorKind.ALREADY_EXISTS) {
        throw e;
      }
    }
  }

  @Override
  public void mount(String volume, Path directory, boolean readOnly)
      throws DaemonException, IOException, StoreException, InterruptedException {
    mountVerbs.mount(
        new MountRequest(
            volume,
            directory.toString(),
            Optional.empty(),
            readOnly,
            true,
            Optional.empty(),
            false,
            false,
            false));
  }

  @Override
  public boolean isMounted(Path directory) {
    List<MountInfo> there = at(directory);
    return !there.isEmpty() && there.stream().allMatch(mount -> mount.problem().isEmpty());
  }

  /** The mount of a subdot at the directory, or those of {@code __root__} beneath it. */
  private List<MountInfo> at(Path directory) {
    return mounts.list(spec -> Path.of(spec.directory()).startsWith(directory));
  }

  @Override
  public void unmount(Path directory) throws DaemonException, IOException {
    List<MountInfo> there = at(directory);
    if (there.isEmpty()) {
      return;
    }
    mountVerbs.unmount(new UnmountRequest(directory.toString(), false));
    for (MountInfo mount : there) {
      Files.deleteIfExists(Path.of(mount.directory()));
    }
  }

  @Override
  public void discardAnonymous(String volume)
      throws DaemonException, IOException, StoreException, InterruptedException {
    if (!dots.exists(volume)) {
      return;
    }
    DotShowReply shown = dots.show(new DotShowRequest(Optional.of(volume)));
    if (shown.summary().commits() == 0 && shown.remoteBranches().isEmpty()) {
      dots.delete(new DotDeleteRequest(volume));
    }
  }
}
