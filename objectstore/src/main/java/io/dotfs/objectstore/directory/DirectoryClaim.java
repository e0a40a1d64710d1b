package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Optional;

/**
 * What a directory entry or an inner node says about the node that it names. Ids bind content, not
 * what others say about it: whoever takes a tree from a stranger holds each claim against the node.
 *
 * @param subtree the node's id and sums; not empty
 * @param level its level; absent for the top node of a directory, which nobody tells
 * @param after all names beneath it are greater than this; {@link ByteName#EMPTY} if that says
 *     nothing
 * @param lastName the last name beneath it; absent for a top node
 */
public record DirectoryClaim(
    DirectoryRef subtree, Optional<Integer> level, ByteName after, Optional<ByteName> lastName) {
  public DirectoryClaim {
    if (subtree.root().isEmpty()) {
      throw new IllegalArgumentException("an empty directory has no node");
    }
  }

  /** What is claimed of the top node of {@code directory}, which is not empty. */
  public static DirectoryClaim top(DirectoryRef directory) {
    return new DirectoryClaim(directory, Optional.empty(), ByteName.EMPTY, Optional.empty());
  }

  /** What {@code node}, which is the one that this claims, says about a child. */
  public DirectoryClaim child(DirectoryNode.Inner node, int index) {
    DirectoryNode.Child child = node.children().get(index);
    return new DirectoryClaim(
        child.subtree(),
        Optional.of(node.level() - 1),
        index == 0 ? after : node.children().get(index - 1).lastName(),
        Optional.of(child.lastName()));
  }

  /** The node's id. */
  public ObjectId id() {
    return subtree.root().orElseThrow();
  }

  /**
   * Reads the node and holds the claim against it.
   *
   * @throws CorruptObjectException if the node is malformed or is not as claimed
   */
  public DirectoryNode read(ObjectReader objects) throws StoreException {
    try {
      DirectoryNode node = DirectoryCodec.decode(objects.read(id(), ObjectType.DIRECTORY_NODE));
      Optional<String> contradiction = contradiction(node);
      if (contradiction.isPresent()) {
        throw CorruptObjectException.malformed(contradiction.get());
      }
      return node;
    } catch (CorruptObjectException e) {
      throw e.of(id());
    }
  }

  private Optional<String> contradiction(DirectoryNode node) {
    if (level.isPresent() && level.get() != node.level()) {
      return Optional.of("a node of level " + node.level() + " in place of one of " + level.get());
    }
    if (lastName.isPresent() && !lastName.get().equals(node.lastName())) {
      return Optional.of("its last name is not what its parent says");
    }
    if (firstName(node).compareTo(after) <= 0) {
      return Optional.of("its first name is not behind its predecessor's last");
    }
    try {
      if (!subtree.counts().equals(DirectoryNode.counts(node))
          || !subtree.totals().equals(DirectoryNode.totals(node))) {
        return Optional.of("its sums are not what its parent says");
      }
    } catch (ArithmeticException e) {
      return Optional.of("its sums exceed 2^63");
    }
    return Optional.empty();
  }

  /** The first name in a leaf; of an inner node the first that it mentions. */
  private static ByteName firstName(DirectoryNode node) {
    if (node instanceof DirectoryNode.Leaf leaf) {
      return leaf.entries().get(0).name();
    }
    return ((DirectoryNode.Inner) node).children().get(0).lastName();
  }
}
