package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The branches and tags of a remote dot at one instant.
 *
 * @param refs by name: {@code heads/master}, {@code tags/v1}
 * @param writable whether this user may push
 * @param quarantined how many objects of this user's broken pushes are kept there
 */
public record RemoteRefs(SortedMap<String, ObjectId> refs, boolean writable, long quarantined) {
  public RemoteRefs {
    refs = Collections.unmodifiableSortedMap(new TreeMap<>(refs));
  }

  /** The tip of a branch. */
  public Optional<ObjectId> branch(String branch) {
    return Optional.ofNullable(refs.get("heads/" + branch));
  }
}
