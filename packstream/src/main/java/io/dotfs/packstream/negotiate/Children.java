package io.dotfs.packstream.negotiate;

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
import java.util.function.Consumer;

/** Which objects an object names. Any number of threads. */
final class Children {
  private final ObjectReader objects;

  Children(ObjectReader objects) {
    this.objects = objects;
  }

  /** Hands every id that {@code id} names to {@code visitor}; one that it names twice, twice. */
  void of(ObjectId id, Consumer<ObjectId> visitor) throws StoreException {
    ObjectType type = objects.info(id).orElseThrow(() -> new MissingObjectException(id)).type();
    if (type == ObjectType.CHUNK) {
      return;
    }
    ByteBuffer payload = objects.read(id, type);
    switch (type) {
      case COMMIT -> {
        Commit commit = CommitCodec.decode(payload);
        commit.parents().forEach(visitor);
        commit.tree().root().ifPresent(visitor);
      }
      case TAG -> visitor.accept(TagCodec.decode(payload).target());
      case FILE_NODE -> file(FileNode.decode(payload), visitor);
      case DIRECTORY_NODE -> directory(DirectoryCodec.decode(payload), visitor);
      case CHUNK -> throw new IllegalStateException("a chunk names nothing");
    }
  }

  private static void file(FileNode node, Consumer<ObjectId> visitor) {
    for (int slot = 0; slot < node.slots(); slot++) {
      node.child(slot).ifPresent(visitor);
    }
  }

  private static void directory(DirectoryNode node, Consumer<ObjectId> visitor) {
    if (node instanceof DirectoryNode.Inner inner) {
      inner.children().forEach(child -> child.subtree().root().ifPresent(visitor));
    } else if (node instanceof DirectoryNode.Leaf leaf) {
      for (TreeEntry entry : leaf.entries()) {
        EntryContent content = entry.content();
        if (content instanceof FileContent file) {
          file.root().ifPresent(visitor);
        } else if (content instanceof DirectoryRef directory) {
          directory.root().ifPresent(visitor);
        }
      }
    }
  }
}
