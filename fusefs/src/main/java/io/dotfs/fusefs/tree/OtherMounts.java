package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.tree.ShownTrees.Shown;
import io.dotfs.fusefs.vfs.KernelCache;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells the other mounts of a subdot what was changed through one of them, so that the kernel's
 * caches of all show the same. Messages are only queued; where a subdot has one mount, as usual,
 * nothing is made up. Thread safe.
 */
final class OtherMounts {
  private final SubdotView self;

  OtherMounts(SubdotView self) {
    this.self = self;
  }

  private void tell(Shown in, Consumer<KernelCache> message) {
    for (SubdotView view : in.tree().views()) {
      if (isOther(view)) {
        view.kernel().ifPresent(message);
      }
    }
  }

  private boolean isOther(SubdotView view) {
    return view != self && view.subdot().equals(self.subdot());
  }

  private boolean none(Shown in) {
    List<SubdotView> views = in.tree().views();
    if (views.size() <= 1) {
      return true;
    }
    for (SubdotView view : views) {
      if (isOther(view)) {
        return false;
      }
    }
    return true;
  }

  /** Attributes changed. */
  void attributes(Shown in, Inode inode) {
    if (!none(in)) {
      long node = in.nodeOf(inode);
      tell(in, cache -> cache.invalidateInode(node, -1, 0));
    }
  }

  /** An inode lost a name; it may be gone. */
  void removed(Shown in, long number) {
    if (!none(in)) {
      tell(in, cache -> cache.invalidateInode(number, -1, 0));
    }
  }

  /** Bytes changed; to the end of the file where {@code length} is 0. */
  void data(Shown in, Inode inode, long offset, long length) {
    if (!none(in)) {
      long node = in.nodeOf(inode);
      tell(in, cache -> cache.invalidateInode(node, offset, length));
    }
  }

  /** A name came, went or leads elsewhere. */
  void name(Shown in, Inode parent, byte[] name) {
    if (!none(in)) {
      long node = in.nodeOf(parent);
      tell(in, cache -> dropName(cache, node, name));
    }
  }

  /** Drops a name and what is known of its directory. */
  static void dropName(KernelCache cache, long parentNode, byte[] name) {
    cache.invalidateEntry(parentNode, name);
    cache.invalidateInode(parentNode, 0, 0);
  }
}
