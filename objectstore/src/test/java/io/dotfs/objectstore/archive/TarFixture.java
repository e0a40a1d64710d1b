package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A store to import into, and tars made by hand. */
final class TarFixture implements AutoCloseable {
  static final ObjectId COMMIT = ObjectId.fromHex("ab".repeat(32));

  private final ObjectStore store;
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final Path scratch;

  TarFixture(Path directory) throws StoreException {
    store = ObjectStore.open(directory.resolve("store"));
    scratch = directory;
  }

  ObjectStore store() {
    return store;
  }

  TarImport.Imported load(InputStream tar)
      throws IOException, StoreException, InterruptedException {
    try (PackWriter pack = store.begin()) {
      TarImport.Imported imported =
          new TarImport(pack, scratch, workers, (members, bytes) -> {}).run(tar);
      pack.finish();
      return imported;
    }
  }

  TarImport.Imported load(byte[] tar) throws IOException, StoreException, InterruptedException {
    return load(new ByteArrayInputStream(tar));
  }

  static byte[] export(ObjectReader from, DirectoryRef tree, Optional<Attributes> top)
      throws IOException, StoreException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TarExport(from, out).write(COMMIT, tree, top);
    return out.toByteArray();
  }

  TreeEntry find(DirectoryRef tree, String path) throws StoreException {
    DirectoryRef at = tree;
    String[] names = path.split("/");
    for (int i = 0; i < names.length - 1; i++) {
      at =
          (DirectoryRef)
              new DirectoryReader(store).find(at, ByteName.of(names[i])).orElseThrow().content();
    }
    return new DirectoryReader(store)
        .find(at, ByteName.of(names[names.length - 1]))
        .orElseThrow(() -> new AssertionError("no " + path));
  }

  @Override
  public void close() throws StoreException {
    workers.shutdownNow();
    store.close();
  }

  /** A tar that is written member by member. */
  static final class Tar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final TarWriter writer = new TarWriter(out);

    private static Attributes attributes(FileType type) {
      return Attributes.of(type, 0644, new Owner(1000, 1000), new Mtime(1_000_000, 0));
    }

    Tar directory(String path) throws IOException {
      writer.member(ByteName.of(path), attributes(FileType.DIRECTORY), '5', ByteName.EMPTY);
      return this;
    }

    Tar file(String path, String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      writer.file(ByteName.of(path), attributes(FileType.REGULAR), SparseMap.whole(bytes.length));
      writer.data(bytes, bytes.length);
      writer.endOfData();
      return this;
    }

    Tar link(String path, String target) throws IOException {
      writer.member(ByteName.of(path), attributes(FileType.REGULAR), '1', ByteName.of(target));
      return this;
    }

    Tar symlink(String path, String target) throws IOException {
      writer.member(ByteName.of(path), attributes(FileType.SYMLINK), '2', ByteName.of(target));
      return this;
    }

    Tar type(String path, char type) throws IOException {
      writer.member(ByteName.of(path), attributes(FileType.REGULAR), type, ByteName.EMPTY);
      return this;
    }

    Tar raw(byte[] bytes) throws IOException {
      writer.data(bytes, bytes.length);
      return this;
    }

    /** What was written, without an end. */
    byte[] open() {
      return out.toByteArray();
    }

    byte[] bytes() throws IOException {
      writer.end();
      return out.toByteArray();
    }
  }
}
