package io.dotfs.packstream.testing;

import io.dotfs.objectstore.chunk.BlockSize;
import io.dotfs.objectstore.chunk.FileEditor;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.directory.DirectoryEditor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.pack.PutStatistics;
import io.dotfs.objectstore.ref.InMemoryRefStore;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.ref.RefUpdate;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.transfer.LocalDot;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A small home without mounts: commits are made straight into its store. */
public final class TestHome implements AutoCloseable {
  private final Path directory;
  private final ObjectStore store;
  private final RefStore refs = new InMemoryRefStore();
  private PutStatistics lastStored = new PutStatistics(0, 0, 0, 0, 0);
  private long clock = 1_700_000_000;

  public TestHome(Path directory) throws StoreException {
    this.directory = directory;
    store = ObjectStore.open(directory.resolve("objects"));
  }

  public ObjectStore store() {
    return store;
  }

  public RefStore refs() {
    return refs;
  }

  public LocalDot dot(String name) {
    return new LocalDot(
        store, refs, "dots/admin/" + name, directory.resolve("quarantine").resolve(name));
  }

  /** What the last commit put into the store. */
  public PutStatistics lastStored() {
    return lastStored;
  }

  public Optional<ObjectId> ref(String dot, String ref) throws StoreException {
    return refs.get(new RefName("dots/admin/" + dot + "/" + ref));
  }

  public void setRef(String dot, String ref, ObjectId id) throws StoreException {
    RefName name = new RefName("dots/admin/" + dot + "/" + ref);
    refs.update(List.of(new RefUpdate(name, refs.get(name), Optional.of(id), "test")));
  }

  /** Commits a tree with one subdot, {@code db}, that holds {@code files}; moves the branch. */
  public ObjectId commit(String dot, String branch, Map<String, byte[]> files)
      throws StoreException {
    SortedMap<String, FileContent> contents = new TreeMap<>();
    try (PackWriter writer = store.begin()) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        contents.put(file.getKey(), write(writer, file.getValue()));
      }
      ObjectId id = commit(writer, dot, branch, contents);
      lastStored = writer.finish();
      setRef(dot, "heads/" + branch, id);
      return id;
    }
  }

  /** As {@link #commit}, with contents that are stored already or were put into {@code writer}. */
  public ObjectId commit(
      PackWriter writer, String dot, String branch, SortedMap<String, FileContent> files)
      throws StoreException {
    Optional<ObjectId> parent = ref(dot, "heads/" + branch);
    return commit(writer.reader(), writer, parent.map(List::of).orElse(List.of()), files);
  }

  private ObjectId commit(
      ObjectReader reader,
      ObjectSink sink,
      List<ObjectId> parents,
      SortedMap<String, FileContent> files)
      throws StoreException {
    Owner owner = new Owner(0, 0);
    DirectoryEditor subdot = DirectoryEditor.edit(reader, sink, DirectoryRef.EMPTY);
    for (Map.Entry<String, FileContent> file : files.entrySet()) {
      subdot.put(
          new TreeEntry(
              ByteName.of(file.getKey()),
              Attributes.of(FileType.REGULAR, 0644, owner, Mtime.EPOCH),
              file.getValue()));
    }
    DirectoryEditor root = DirectoryEditor.edit(reader, sink, DirectoryRef.EMPTY);
    root.put(
        new TreeEntry(
            ByteName.of("db"),
            Attributes.of(FileType.DIRECTORY, 0755, owner, Mtime.EPOCH),
            subdot.finish()));
    Commit commit =
        new Commit(
            root.finish(),
            parents,
            new History(reader).generationOver(parents),
            Stamp.utc("Ann <ann@example.org>", Instant.ofEpochSecond(clock++)),
            "state " + clock,
            new TreeMap<>(),
            Optional.empty());
    return sink.put(ObjectType.COMMIT, CommitCodec.encode(commit));
  }

  public FileContent write(PackWriter writer, byte[] bytes) throws StoreException {
    FileEditor editor = FileEditor.edit(writer.reader(), writer, FileContent.EMPTY, bytes.length);
    int block = BlockSize.DEFAULT.bytes();
    for (int i = 0; i * (long) block < bytes.length; i++) {
      editor.data(i, ByteBuffer.wrap(bytes, i * block, Math.min(block, bytes.length - i * block)));
    }
    return editor.finish();
  }

  /** The bytes of a file of a commit. */
  public byte[] read(ObjectId commit, String file) throws StoreException {
    FileContent content = content(commit, file);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(content.sizeBytes()));
    FileReader reader = new FileReader(store);
    while (bytes.hasRemaining()) {
      if (reader.read(content, bytes.position(), bytes) <= 0) {
        throw new IllegalStateException("the file ends early");
      }
    }
    return bytes.array();
  }

  public FileContent content(ObjectId commit, String file) throws StoreException {
    DirectoryReader directories = new DirectoryReader(store);
    Commit read = CommitCodec.decode(store.read(commit, ObjectType.COMMIT));
    TreeEntry subdot = directories.find(read.tree(), ByteName.of("db")).orElseThrow();
    TreeEntry entry =
        directories.find((DirectoryRef) subdot.content(), ByteName.of(file)).orElseThrow();
    return (FileContent) entry.content();
  }

  @Override
  public void close() throws StoreException {
    store.close();
  }
}
