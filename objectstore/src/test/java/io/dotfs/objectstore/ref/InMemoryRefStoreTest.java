package io.dotfs.objectstore.ref;

class InMemoryRefStoreTest extends RefStoreContract {
  @Override
  protected RefStore create() {
    return new InMemoryRefStore();
  }

  @Override
  protected RefStore reopen(RefStore store) {
    return store;
  }
}
