package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.directory.DirectoryEditor;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Builds the directories of a tree whose entries come in the order of {@link PathKey}. Memory
 * follows the depth. One thread, once.
 */
final class SortedTree {
  private final ObjectReader reader;
  private final ObjectSink sink;
  private final Attributes implied;

  /** The open directories, the deepest first; the last is the top. */
  private final Deque<Open> path = new ArrayDeque<>();

  /** A directory that takes entries. */
  private static final class Open {
    private final ByteName name;
    private final DirectoryEditor editor;
    private Attributes attributes;
    private ByteName last = ByteName.EMPTY;

    Open(ByteName name, Attributes attributes, DirectoryEditor editor) {
      this.name = name;
      this.attributes = attributes;
      this.editor = editor;
    }

    void put(TreeEntry entry) throws StoreException {
      last = entry.name();
      editor.put(entry);
    }
  }

  /**
   * Begins.
   *
   * @param implied attributes of directories that are only named as part of paths
   */
  SortedTree(ObjectReader reader, ObjectSink sink, Attributes implied) throws StoreException {
    this.reader = reader;
    this.sink = sink;
    this.implied = implied;
    push(ByteName.EMPTY, implied);
  }

  private void push(ByteName name, Attributes attributes) throws StoreException {
    path.push(new Open(name, attributes, DirectoryEditor.edit(reader, sink, DirectoryRef.EMPTY)));
  }

  /**
   * Adds an entry; a directory comes empty, and what is in it later.
   *
   * @throws BadArchiveException if its name is there already, or leads through something that is no
   *     directory; but a directory may come again, and has the later attributes
   */
  void add(byte[] key, TreeEntry entry) throws BadArchiveException, StoreException {
    List<ByteName> names = PathKey.names(key);
    boolean directory = entry.content() instanceof DirectoryRef;
    closeDownTo(commonDepth(names));
    int depth = path.size() - 1;
    if (depth == names.size()) {
      if (!directory) {
        throw twice(key);
      }
      path.element().attributes = entry.attributes();
      return;
    }
    for (int i = depth; i < names.size() - 1; i++) {
      if (path.element().last.equals(names.get(i))) {
        throw new BadArchiveException(
            PathKey.shown(key) + " in the tar leads through something that is no directory");
      }
      push(names.get(i), implied);
    }
    ByteName name = names.get(names.size() - 1);
    if (path.element().last.equals(name)) {
      throw twice(key);
    }
    if (directory) {
      push(name, entry.attributes());
    } else {
      path.element().put(entry);
    }
  }

  private static BadArchiveException twice(byte[] key) {
    return new BadArchiveException(PathKey.shown(key) + " is in the tar twice");
  }

  /** How many of the open directories beneath the top are on the way to an entry. */
  private int commonDepth(List<ByteName> names) {
    int depth = 0;
    Iterator<Open> open = path.descendingIterator();
    open.next();
    while (open.hasNext() && depth < names.size() && open.next().name.equals(names.get(depth))) {
      depth++;
    }
    return depth;
  }

  private void closeDownTo(int depth) throws StoreException {
    while (path.size() - 1 > depth) {
      Open done = path.pop();
      path.element().put(new TreeEntry(done.name, done.attributes, done.editor.finish()));
    }
  }

  /** Stores what is open; the directory at the top. */
  DirectoryRef finish() throws StoreException {
    closeDownTo(0);
    return path.element().editor.finish();
  }
}
