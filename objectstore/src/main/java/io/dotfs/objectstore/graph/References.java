package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.codec.TagCodec;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Which objects an object names. Any number of threads. */
public final class References {
  private final ObjectReader objects;

  /** Takes ids, one by one. */
  @FunctionalInterface
  public interface Visitor {
    void visit(ObjectId id) throws StoreException;
  }

  public References(ObjectReader objects) {
    this.objects = objects;
  }

  /** Hands every id that {@code id} names to {@code visitor}; one that it names twice, twice. */
  public void of(ObjectId id, Visitor visitor) throws StoreException {
    ObjectType type = objects.info(id).orElseThrow(() -> new MissingObjectException(id)).type();
    if (type != ObjectType.CHUNK) {
      of(type, objects.read(id, type), visitor);
    }
  }

  /** As {@link #of(ObjectId, Visitor)}, for an object that was read already. */
  public static void of(ObjectType type, ByteBuffer payload, Visitor visitor)
      throws StoreException {
    switch (type) {
      case COMMIT -> {
        Commit commit = CommitCodec.decode(payload);
        for (ObjectId parent : commit.parents()) {
          visitor.visit(parent);
        }
        visit(commit.tree().root(), visitor);
      }
      case TAG -> visitor.visit(TagCodec.decode(payload).target());
      case FILE_NODE -> file(FileNode.decode(payload), visitor);
      case DIRECTORY_NODE -> directory(DirectoryCodec.decode(payload), visitor);
      case CHUNK -> {}
    }
  }

  private static void visit(Optional<ObjectId> id, Visitor visitor) throws StoreException {
    if (id.isPresent()) {
      visitor.visit(id.get());
    }
  }

  private static void file(FileNode node, Visitor visitor) throws StoreException {
    for (int slot = 0; slot < node.slots(); slot++) {
      visit(node.child(slot), visitor);
    }
  }

  private static void directory(DirectoryNode node, Visitor visitor) throws StoreException {
    if (node instanceof DirectoryNode.Inner inner) {
      for (DirectoryNode.Child child : inner.children()) {
        visit(child.subtree().root(), visitor);
      }
    } else if (node instanceof DirectoryNode.Leaf leaf) {
      for (TreeEntry entry : leaf.entries()) {
        EntryContent content = entry.content();
        if (content instanceof FileContent file) {
          visit(file.root(), visitor);
        } else if (content instanceof DirectoryRef directory) {
          visit(directory.root(), visitor);
        }
      }
    }
  }
}
