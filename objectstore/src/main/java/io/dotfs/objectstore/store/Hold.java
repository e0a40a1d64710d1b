package io.dotfs.objectstore.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.object.ObjectId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * An operation under way whose result no ref names yet: a commit, a transfer. While it is open, no
 * garbage collection removes the ids it was opened with and what they reach, nor objects that
 * writers found in the store instead of storing them, nor packs that were finished meanwhile. The
 * caller closes it once its ref has moved. Thread safe.
 */
public final class Hold implements AutoCloseable {
  private final Retention retention;
  private final PinnedIds found = new PinnedIds();

  @GuardedBy("this")
  private final Set<ObjectId> roots = new HashSet<>();

  @GuardedBy("this")
  private final Set<String> packs = new HashSet<>();

  Hold(Retention retention) {
    this.retention = retention;
  }

  synchronized void addRoots(Collection<ObjectId> ids) {
    roots.addAll(ids);
  }

  synchronized Set<ObjectId> roots() {
    return Set.copyOf(roots);
  }

  synchronized void addPacks(Collection<String> names) {
    packs.addAll(names);
  }

  /** Holds {@code names} as well if they take the place of a pack that is held. */
  synchronized void replacePacks(Set<String> old, Collection<String> names) {
    if (!Collections.disjoint(packs, old)) {
      packs.addAll(names);
    }
  }

  synchronized Set<String> packs() {
    return Set.copyOf(packs);
  }

  PinnedIds found() {
    return found;
  }

  /** Takes over what another one holds that ends first: this one may have been built upon it. */
  void absorb(Hold other) {
    addRoots(other.roots());
    addPacks(other.packs());
    found.addAll(other.found);
  }

  /** Ends it. Does nothing the second time. */
  @Override
  public void close() {
    retention.end(this);
  }
}
