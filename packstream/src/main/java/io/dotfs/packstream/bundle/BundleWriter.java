package io.dotfs.packstream.bundle;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.LocalFailure;
import io.dotfs.packstream.negotiate.ObjectList;
import io.dotfs.packstream.wire.BundleHeader;
import io.dotfs.packstream.wire.FrameEncoder;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.MessageCodec;
import io.dotfs.packstream.wire.ObjectSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Makes bundles of what a store holds. One thread. */
public final class BundleWriter {
  static final String FIRST_LINE = "dotfs bundle 1\n";

  private final ObjectStore store;
  private final BundleHeader header;
  private final ObjectList objects;

  private BundleWriter(ObjectStore store, BundleHeader header, ObjectList objects) {
    this.store = store;
    this.header = header;
    this.objects = objects;
  }

  /**
   * Finds what belongs into a bundle: all that the refs reach and the prerequisites do not.
   *
   * @param refs by their names, {@code heads/BRANCH} and {@code tags/TAG}
   * @param prerequisites commits that the store has with all they name
   */
  public static BundleWriter prepare(
      ObjectStore store,
      DotName dot,
      SortedMap<String, ObjectId> refs,
      List<ObjectId> prerequisites)
      throws StoreException {
    ObjectList objects = new ObjectList(store::scratch);
    new ObjectWalk(store)
        .missing(
            refs.values(),
            prerequisites,
            (id, type) ->
                objects.add(
                    new ListedObject(id, type, store.info(id).orElseThrow().storedBytes())));
    return new BundleWriter(
        store,
        new BundleHeader(dot, refs, prerequisites, objects.size(), objects.storedBytes()),
        objects);
  }

  /** What the bundle will say first. */
  public BundleHeader header() {
    return header;
  }

  /** Writes all of it; {@code out} stays the caller's. */
  public void writeTo(OutputStream out) throws IOException, TransferException {
    out.write(FIRST_LINE.getBytes(StandardCharsets.US_ASCII));
    try (FrameEncoder stream =
        FrameEncoder.pack(new Source()).precededBy(MessageCodec.encodeBundleHeader(header))) {
      stream.transferTo(out);
      if (stream.failure().isPresent()) {
        throw stream.failure().get();
      }
    }
    out.flush();
  }

  private final class Source implements ObjectSource {
    private long position;

    @Override
    public Optional<StoredObject> next() throws TransferException {
      if (position == objects.size()) {
        return Optional.empty();
      }
      try {
        return Optional.of(store.readStored(objects.get(position++).id()));
      } catch (StoreException e) {
        throw new LocalFailure("the local store failed: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      position = objects.size();
    }
  }
}
