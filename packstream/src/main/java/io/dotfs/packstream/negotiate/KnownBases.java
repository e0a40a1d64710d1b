package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.object.ObjectId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Objects that the other side is known to have, since a walk found them in place of what it is
 * about to get: differences to them may be sent. Some are enough; at most {@value #MAX_IDS} are
 * noted, about 100 bytes each. One thread notes; any number may ask afterwards.
 */
public final class KnownBases {
  private static final int MAX_IDS = 1 << 17;

  private final Set<ObjectId> ids = new HashSet<>();

  /** Notes what an older commit has in place of an object that is to be sent. */
  public void note(Optional<ObjectId> before) {
    if (ids.size() < MAX_IDS) {
      before.ifPresent(ids::add);
    }
  }

  /** Forgets what is itself to be sent: that may come after what is made from it. */
  public void forget(ObjectList sent) {
    for (long i = 0; i < sent.size() && !ids.isEmpty(); i++) {
      ids.remove(sent.get(i).id());
    }
  }

  public boolean contains(ObjectId id) {
    return ids.contains(id);
  }
}
