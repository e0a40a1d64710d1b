package io.dotfs.fusefs.commit;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.tree.FrozenInode;
import io.dotfs.fusefs.tree.FrozenTree;
import io.dotfs.fusefs.tree.Link;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.directory.DirectoryEditor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.NoContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Stores one frozen tree: the files that changed, then the directories above them from the bottom
 * up. One thread calls it; chunks are made by the workers.
 */
final class TreeWriter {
  private static final int RECORDS_PER_BATCH = 512;
  private static final int FILES_IN_FLIGHT = 64;
  private static final int RUNS_IN_FLIGHT = 8;

  /** Smaller files are not worth a look at what they took the place of. */
  private static final int MIN_REPLACED_BYTES = 1024;

  private static final long SMALL_FILE_BYTES = 4 << 20;

  private final WorkingTree tree;
  private final FrozenTree state;
  private final ObjectReader reader;
  private final ObjectSink sink;
  private final ExecutorService workers;

  private final Map<Long, EntryContent> contents = new HashMap<>();

  /** By directory that has to be written: names that did not change but lead to changes. */
  private final Map<Long, TreeSet<ByteName>> touched = new HashMap<>();

  /** By directory: names that changed, and where they lead now. */
  private final Map<Long, TreeMap<ByteName, Long>> renamed = new HashMap<>();

  /** What touched names lead to that did not change themselves. */
  private final Map<Link, Long> linked = new HashMap<>();

  private long changedInodes;

  TreeWriter(
      WorkingTree tree,
      FrozenTree state,
      ObjectReader reader,
      ObjectSink sink,
      ExecutorService workers) {
    this.tree = tree;
    this.state = state;
    this.reader = reader;
    this.sink = sink;
    this.workers = workers;
  }

  /** New contents by inode; after {@link #write}. */
  Map<Long, EntryContent> contents() {
    return contents;
  }

  long changedInodes() {
    return changedInodes;
  }

  /** Stores everything that changed and returns the directory of the subdots. */
  DirectoryRef write() throws IOException, StoreException, InterruptedException {
    FrozenTree.Changes changes = state.changes();
    renamed.putAll(changes.names());
    changedInodes = changes.inodes().size();
    List<FrozenInode> files = new ArrayList<>();
    Deque<Long> directories = new ArrayDeque<>();
    for (long number : changes.inodes()) {
      Optional<FrozenInode> found = state.inode(number);
      if (found.isEmpty()) {
        continue;
      }
      FrozenInode inode = found.get();
      if (inode.file().isPresent() && !inode.names().isEmpty()) {
        files.add(inode);
      }
      noteParents(inode, directories);
    }
    for (long directory : changes.names().keySet()) {
      if (touched.putIfAbsent(directory, new TreeSet<>()) == null) {
        directories.add(directory);
      }
    }
    while (!directories.isEmpty()) {
      Optional<FrozenInode> directory = state.inode(directories.remove());
      if (directory.isPresent()) {
        noteParents(directory.get(), directories);
      }
    }
    // What changed here and there comes first: later files may hold copies of it, as logs do, and
    // are then stored as differences to it.
    files.sort(Comparator.comparingDouble(file -> file.file().orElseThrow().changedShare()));
    writeFiles(files);
    return writeDirectories();
  }

  /** Every directory that has a name of the inode has to be written again. */
  private void noteParents(FrozenInode inode, Deque<Long> directories) throws IOException {
    inode.names().forEach(link -> noteParent(inode, link, directories));
  }

  private void noteParent(FrozenInode inode, Link link, Deque<Long> directories) {
    TreeSet<ByteName> names = touched.get(link.parent());
    if (names == null) {
      names = new TreeSet<>();
      touched.put(link.parent(), names);
      directories.add(link.parent());
    }
    if (!changedNames(link.parent()).containsKey(link.name())) {
      names.add(link.name());
      linked.put(link, inode.number());
    }
  }

  private void writeFiles(List<FrozenInode> files)
      throws IOException, StoreException, InterruptedException {
    Deque<Map.Entry<Long, Future<FileContent>>> running = new ArrayDeque<>();
    try {
      for (FrozenInode file : files) {
        if (running.size() >= FILES_IN_FLIGHT) {
          await(running.remove());
        }
        if (file.file().orElseThrow().sizeBytes() > SMALL_FILE_BYTES) {
          contents.put(file.number(), writeLarge(writer(file, replacedBy(file))));
        } else {
          Optional<FileContent> replaced = replacedBy(file);
          running.add(
              Map.entry(file.number(), workers.submit(() -> writer(file, replaced).write())));
        }
      }
      while (!running.isEmpty()) {
        await(running.remove());
      }
    } finally {
      // After a failure nothing may go on with the frozen state, which its owner ends now.
      for (Map.Entry<Long, Future<FileContent>> left : running) {
        left.getValue().cancel(false);
        awaitEnd(left.getValue());
      }
    }
  }

  private FileWriter writer(FrozenInode file, Optional<FileContent> replaced)
      throws IOException, StoreException {
    return new FileWriter(state, file, reader, sink, replaced);
  }

  /** What the base commit has under a name of a file that no commit holds. */
  private Optional<FileContent> replacedBy(FrozenInode file) throws IOException, StoreException {
    if (!file.file().orElseThrow().isWhole()
        || file.file().orElseThrow().sizeBytes() < MIN_REPLACED_BYTES) {
      return Optional.empty();
    }
    Optional<Link> link = file.names().one();
    if (link.isEmpty()) {
      return Optional.empty();
    }
    Optional<FrozenInode> directory = state.inode(link.get().parent());
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    return new DirectoryReader(reader)
        .find(directory.get().base(), link.get().name())
        .map(TreeEntry::content)
        .flatMap(
            content ->
                content instanceof FileContent before ? Optional.of(before) : Optional.empty());
  }

  private static void awaitEnd(Future<?> future) throws InterruptedException {
    if (!future.isCancelled()) {
      try {
        future.get();
      } catch (ExecutionException e) {
        // The first failure is the one to report.
        return;
      }
    }
  }

  private void await(Map.Entry<Long, Future<FileContent>> file)
      throws IOException, StoreException, InterruptedException {
    state.check();
    contents.put(file.getKey(), result(file.getValue()));
  }

  /** The runs of one file go through all workers; results are added in order. */
  private FileContent writeLarge(FileWriter writer)
      throws IOException, StoreException, InterruptedException {
    record Running(FileWriter.Run run, Future<List<Optional<ObjectId>>> ids) {}
    Deque<Running> running = new ArrayDeque<>();
    try {
      Optional<FileWriter.Run> next = writer.nextRun();
      while (next.isPresent() || !running.isEmpty()) {
        if (next.isPresent() && running.size() < RUNS_IN_FLIGHT) {
          FileWriter.Run run = next.get();
          running.add(new Running(run, workers.submit(() -> writer.store(run))));
          next = writer.nextRun();
        } else {
          state.check();
          Running oldest = running.element();
          writer.add(oldest.run(), result(oldest.ids()));
          running.remove();
        }
      }
      return writer.finish();
    } finally {
      for (Running left : running) {
        left.ids().cancel(false);
        awaitEnd(left.ids());
      }
    }
  }

  private static <T> T result(Future<T> future)
      throws IOException, StoreException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException store) {
        throw store;
      }
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new StorageException("a commit worker failed", false, e);
    }
  }

  /** One directory on the way down: what to do when its changed subdirectories are done. */
  private record Level(FrozenInode directory, Deque<FrozenInode> children) {}

  private DirectoryRef writeDirectories() throws IOException, StoreException {
    long rootNumber = WorkingTree.rootInode(tree.id());
    FrozenInode root =
        state.inode(rootNumber).orElseThrow(() -> new IOException("tree without a root"));
    Deque<Level> path = new ArrayDeque<>();
    path.push(new Level(root, changedSubdirectories(root)));
    while (true) {
      Level level = path.element();
      if (level.children().isEmpty()) {
        DirectoryRef written = writeDirectory(level.directory());
        path.pop();
        if (path.isEmpty()) {
          return written;
        }
      } else {
        FrozenInode child = level.children().pop();
        path.push(new Level(child, changedSubdirectories(child)));
      }
    }
  }

  private Deque<FrozenInode> changedSubdirectories(FrozenInode directory) throws IOException {
    Deque<FrozenInode> children = new ArrayDeque<>();
    for (ByteName name : touchedNames(directory)) {
      Optional<FrozenInode> child = child(directory, name);
      if (child.isPresent()
          && child.get().attributes().type() == FileType.DIRECTORY
          && touched.containsKey(child.get().number())) {
        children.add(child.get());
      }
    }
    return children;
  }

  private SortedMap<ByteName, Long> changedNames(long directory) {
    TreeMap<ByteName, Long> names = renamed.get(directory);
    return names == null ? Collections.emptySortedMap() : names;
  }

  private SortedSet<ByteName> touchedNames(FrozenInode directory) {
    TreeSet<ByteName> unchanged = touched.getOrDefault(directory.number(), new TreeSet<>());
    TreeMap<ByteName, Long> changed = renamed.get(directory.number());
    if (changed == null) {
      return unchanged;
    }
    if (unchanged.isEmpty()) {
      return changed.navigableKeySet();
    }
    TreeSet<ByteName> all = new TreeSet<>(unchanged);
    all.addAll(changed.keySet());
    return all;
  }

  /** What a touched name leads to in the frozen state. */
  private Optional<FrozenInode> child(FrozenInode directory, ByteName name) throws IOException {
    Long changed = changedNames(directory.number()).get(name);
    if (changed != null) {
      return changed == 0 ? Optional.empty() : state.inode(changed);
    }
    Long unchanged = linked.get(new Link(directory.number(), name));
    return unchanged == null ? Optional.empty() : state.inode(unchanged);
  }

  private DirectoryRef writeDirectory(FrozenInode directory) throws IOException, StoreException {
    SortedSet<ByteName> names = touchedNames(directory);
    DirectoryRef written = directory.base();
    if (!names.isEmpty()) {
      DirectoryEditor editor = DirectoryEditor.edit(reader, sink, directory.base());
      for (ByteName name : names) {
        Optional<FrozenInode> child = child(directory, name);
        if (child.isPresent()) {
          editor.put(entry(name, child.get()));
        } else {
          editor.remove(name);
        }
      }
      written = editor.finish();
    }
    contents.put(directory.number(), written);
    return written;
  }

  private TreeEntry entry(ByteName name, FrozenInode inode) {
    Attributes attributes = inode.attributes();
    EntryContent content =
        switch (attributes.type()) {
          case REGULAR, DIRECTORY -> {
            EntryContent written = contents.get(inode.number());
            if (written == null) {
              written = inode.file().isPresent() ? inode.file().get().base() : inode.base();
            }
            yield written;
          }
          case SYMLINK -> new SymlinkTarget(inode.target());
          case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> NoContent.NONE;
        };
    return new TreeEntry(name, attributes, content);
  }

  /** Writes the rows by which inodes take their new content once the commit stands. */
  void recordContents() throws IOException {
    try (MetaBatch batch = tree.metadata().newBatch()) {
      int rows = 0;
      for (Map.Entry<Long, EntryContent> content : contents.entrySet()) {
        Optional<FrozenInode> inode = state.inode(content.getKey());
        if (inode.isPresent()) {
          state.putContent(batch, inode.get(), content.getValue());
        }
        if (++rows % RECORDS_PER_BATCH == 0) {
          tree.metadata().write(batch);
        }
      }
      if (!batch.isEmpty()) {
        tree.metadata().write(batch);
      }
    }
  }
}
