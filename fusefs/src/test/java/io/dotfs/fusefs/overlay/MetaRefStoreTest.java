package io.dotfs.fusefs.overlay;

import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.ref.RefStoreContract;
import io.dotfs.objectstore.store.Retention;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A home's refs keep the contract. */
class MetaRefStoreTest extends RefStoreContract {
  @TempDir private Path directory;
  private final Deque<MetaStore> open = new ArrayDeque<>();

  @Override
  protected RefStore create() throws Exception {
    open.push(RocksMetaStore.open(directory.resolve("meta")));
    return new MetaRefStore(open.element(), new Retention(), Clock.systemUTC());
  }

  @Override
  protected RefStore reopen(RefStore store) throws Exception {
    open.pop().close();
    return create();
  }

  @AfterEach
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
