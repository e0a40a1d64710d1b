package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keeps the local refs that remember where a remote's refs are. */
public final class Tracking {
  private static final int TRIES = 8;

  private Tracking() {}

  /**
   * Sets {@code PREFIX/remotes/NAME/BRANCH} for each branch among {@code there}, and makes {@code
   * PREFIX/tags/TAG} for each tag that is not here yet.
   *
   * @param there refs of the remote by their names there
   * @return the refs that moved, by their full local names
   */
  public static SortedMap<String, ObjectId> follow(
      LocalDot local, String remoteName, SortedMap<String, ObjectId> there) throws StoreException {
    for (int tries = 1; ; tries++) {
      SortedMap<String, ObjectId> moved = new TreeMap<>();
      List<RefUpdate> batch = new ArrayList<>();
      for (Map.Entry<String, ObjectId> entry : there.entrySet()) {
        boolean branch = entry.getKey().startsWith("heads/");
        String name =
            branch
                ? local.refPrefix() + "/remotes/" + remoteName + entry.getKey().substring(5)
                : local.refPrefix() + "/" + entry.getKey();
        Optional<ObjectId> old = local.refs().get(new RefName(name));
        if (old.equals(Optional.of(entry.getValue())) || (!branch && old.isPresent())) {
          continue;
        }
        batch.add(
            new RefUpdate(
                new RefName(name), old, Optional.of(entry.getValue()), "as on " + remoteName));
        moved.put(name, entry.getValue());
      }
      try {
        local.refs().update(batch);
        return moved;
      } catch (RefConflictException e) {
        // Another transfer of this home moved one at the same moment: look again.
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }
}
