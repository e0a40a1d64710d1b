package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotRenameRequest;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.ForkRequest;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.RootDirectories;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What gives history another name: renaming a dot, and forking one. Both take the time of a dot's
 * refs, whatever they lead to. Thread safe.
 */
public final class NameVerbs {
  private final DotHome home;
  private final HomeMounts mounts;
  private final RootDirectories roots;

  public NameVerbs(DotHome home, HomeMounts mounts, RootDirectories roots) {
    this.home = home;
    this.mounts = mounts;
    this.roots = roots;
  }

  /** Refused while the dot is mounted. */
  public DotSummary rename(DotRenameRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId from = FullName.parseDot(request.oldName());
    DotId to = checkedNew(request.newName());
    boolean inOrder = from.compareTo(to) < 0;
    try (DotLocks.Held first = home.locks().lock(inOrder ? from : to);
        DotLocks.Held second = home.locks().lock(inOrder ? to : from)) {
      home.requireDot(from);
      DotVerbs.requireAbsent(home, to);
      DotVerbs.requireUnmounted(mounts, from);
      roots.removeAll(from.toString());
      home.purge(to, "dot rename: left over");
      DotRenameIntent intent =
          new DotRenameIntent(from.namespace(), from.dot(), to.namespace(), to.dot());
      home.registry().putDotRename(intent);
      finish(intent);
      return home.summary(to, home.requireDot(to));
    }
  }

  /** Does what is left to do of a rename; doing it again does nothing. */
  private void finish(DotRenameIntent intent) throws IOException, StoreException {
    DotId from = intent.from();
    DotId to = intent.to();
    String prefix = DotHome.treeKey(from, "");
    for (String key : home.trees().keys()) {
      if (key.startsWith(prefix)) {
        home.trees().rename(key, DotHome.treeKey(to, key.substring(prefix.length())));
      }
    }
    String reason = "dot: renamed " + from + " to " + to;
    List<RefUpdate> updates = new ArrayList<>();
    for (Map.Entry<String, ObjectId> ref : home.refs(from, "").entrySet()) {
      RefName old = new RefName(from.refPrefix() + "/" + ref.getKey());
      updates.add(RefUpdate.delete(old, ref.getValue(), reason));
      updates.add(create(to, ref, reason));
    }
    home.refs().update(updates);
    home.registry().renameDot(intent);
  }

  private static RefUpdate create(DotId dot, Map.Entry<String, ObjectId> ref, String reason) {
    return RefUpdate.create(
        new RefName(dot.refPrefix() + "/" + ref.getKey()), ref.getValue(), reason);
  }

  private static DotId checkedNew(String name) throws DaemonException {
    DotId id = FullName.parseDot(name);
    FullName.checkNotReserved(id.dot());
    FullName.checkNotReserved(id.namespace());
    return id;
  }

  /** Branches and tags of the source as they are now; its uncommitted data stays with it. */
  public DotSummary fork(ForkRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId source = FullName.parseDot(request.source());
    DotId fork = checkedNew(request.newName());
    try (DotLocks.Held held = home.locks().lock(fork)) {
      DotRecord dot = home.requireDot(source);
      DotVerbs.requireAbsent(home, fork);
      home.purge(fork, "fork: left over");
      List<RefUpdate> updates = new ArrayList<>();
      for (Map.Entry<String, ObjectId> ref : home.refs(source, "").entrySet()) {
        if (ref.getKey().startsWith("heads/") || ref.getKey().startsWith("tags/")) {
          updates.add(create(fork, ref, "fork: of " + source));
        }
      }
      home.refs().update(updates);
      long now = home.clock().instant().getEpochSecond();
      home.registry().putDot(fork, new DotRecord(dot.branch(), now, Optional.empty()));
      return home.summary(fork, home.requireDot(fork));
    }
  }

  /** Finishes renames that a daemon died in the middle of; before mounts come back. */
  public void recover() throws IOException, StoreException {
    for (DotRenameIntent intent : home.registry().dotRenames()) {
      finish(intent);
    }
  }
}
