package io.dotfs.daemon.dots;

/**
 * A dot is about to get another name, in its refs, its working trees and its record; so that a
 * daemon that died in between finishes it when it starts.
 */
public record DotRenameIntent(String namespace, String dot, String newNamespace, String newDot) {
  DotId from() {
    return new DotId(namespace, dot);
  }

  DotId to() {
    return new DotId(newNamespace, newDot);
  }
}
