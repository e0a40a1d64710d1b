package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.MetaCursor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The names that an inode had at the freeze of a commit: made in constant time, by whoever sets the
 * inode aside, and gone through once by the commit.
 */
public final class FrozenNames {
  private final List<Link> few;
  private final boolean none;
  private Optional<MetaCursor> more;

  /**
   * @param more names with rows of their own, in the state of this moment; closed by {@link #close}
   */
  FrozenNames(List<Link> few, Optional<MetaCursor> more) {
    this.few = few;
    this.more = more;
    this.none = few.isEmpty() && more.isEmpty();
  }

  /** Whether there were none: it was only open. */
  public boolean isEmpty() {
    return none;
  }

  /** One of the names that have no rows of their own. */
  public Optional<Link> one() {
    return few.stream().findFirst();
  }

  /** What is done with each name. */
  public interface Visitor {
    void visit(Link link) throws IOException;
  }

  /** Goes through all names; those with rows of their own come the first time alone. */
  public synchronized void forEach(Visitor visitor) throws IOException {
    for (Link link : few) {
      visitor.visit(link);
    }
    if (more.isPresent()) {
      while (more.get().next()) {
        visitor.visit(Keys.linkOf(more.get().key()));
      }
      close();
    }
  }

  /** Lets the database go. */
  synchronized void close() {
    more.ifPresent(MetaCursor::close);
    more = Optional.empty();
  }
}
