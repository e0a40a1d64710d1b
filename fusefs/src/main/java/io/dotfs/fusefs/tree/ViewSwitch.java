package io.dotfs.fusefs.tree;

import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows another tree through several views at one instant. From {@link #begin} to {@link #close} no
 * change and no opening gets through any of them: each either came before, and is seen by {@link
 * #isUnused} and by what the caller asks the tree, or it waits and finds the new tree.
 *
 * <p>For one thread. The caller sees to it that there is one at a time, and holds no lock that a
 * request wants.
 */
public final class ViewSwitch implements AutoCloseable {
  /** How long requests that are on their way may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<SubdotView> views;
  private final boolean forced;
  private final Map<SubdotView, Long> closed = new LinkedHashMap<>();
  private final Map<SubdotView, WorkingTree> before = new LinkedHashMap<>();
  private boolean kept;

  private ViewSwitch(Collection<SubdotView> views, boolean forced) {
    this.views = List.copyOf(views);
    this.forced = forced;
  }

  /**
   * Holds up requests.
   *
   * @param forced whether descriptors may be open: they keep what they had, and new ones for
   *     reading may come to the old tree by way of an open directory
   * @throws IOException if a request has not ended in time; nothing is held up then
   */
  public static ViewSwitch begin(Collection<SubdotView> views, boolean forced)
      throws IOException, InterruptedException {
    ViewSwitch begun = new ViewSwitch(views, forced);
    boolean done = false;
    try {
      for (SubdotView view : begun.views) {
        begun.closed.put(view, view.trees().closeDoor(PATIENCE));
      }
      done = true;
      return begun;
    } finally {
      if (!done) {
        begun.openDoors();
      }
    }
  }

  /** Whether no file and no directory is open through the views in what they show. */
  public boolean isUnused() {
    return views.stream().allMatch(view -> view.trees().now().opens().get() == 0);
  }

  /** Shows the same subdots of {@code tree}, which get them if need be; until {@link #close}. */
  public void to(WorkingTree tree) throws IOException, StoreException {
    for (SubdotView view : views) {
      before.putIfAbsent(view, view.tree());
      view.show(tree, forced);
    }
  }

  /** Leaves it so after {@link #close}, which otherwise takes it back. */
  public void keep() {
    kept = true;
  }

  /** Gives up before anything was switched. */
  public void release() {
    if (!before.isEmpty()) {
      throw new IllegalStateException("views are switched already");
    }
    openDoors();
  }

  /** Lets requests through again. */
  @Override
  public void close() throws IOException, StoreException {
    try {
      if (!kept) {
        for (Map.Entry<SubdotView, WorkingTree> switched : before.entrySet()) {
          switched.getKey().show(switched.getValue(), forced);
        }
      }
    } finally {
      openDoors();
    }
  }

  private void openDoors() {
    closed.forEach((view, stamp) -> view.trees().openDoor(stamp));
    closed.clear();
  }
}
