package io.dotfs.packstream.bundle;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.ConnectivityCheck;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.negotiate.ReachableCommits;
import io.dotfs.packstream.receive.Intake;
import io.dotfs.packstream.receive.Quarantine;
import io.dotfs.packstream.wire.BundleHeader;
import io.dotfs.packstream.wire.MessageCodec;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PackReader;
import io.dotfs.packstream.wire.WireLimits;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a bundle that nobody vouches for: as with a fetch, each object is compared with its id and
 * all of them together are judged for completeness, in a quarantine, before anything becomes
 * visible. What the bundle may build upon is what the refs reach that it is for, and nothing else
 * that the store holds. One thread, once.
 */
public final class BundleIntake implements AutoCloseable {
  private static final int MAX_MISSING_LISTED = 1;

  private final BundleHeader header;
  private final InputStream in;
  private final ObjectStore store;
  private final Quarantine quarantine;

  /** Told of each object. */
  @FunctionalInterface
  public interface Watcher {
    /**
     * Called after each object.
     *
     * @throws IOException to give up
     */
    void received(long objects, long bytes) throws IOException;
  }

  private BundleIntake(
      BundleHeader header, InputStream in, ObjectStore store, Quarantine quarantine) {
    this.header = header;
    this.in = in;
    this.store = store;
    this.quarantine = quarantine;
  }

  /**
   * Reads what stands first.
   *
   * @throws BadBundleException if it is no bundle
   */
  public static BundleHeader header(InputStream in) throws IOException {
    byte[] line = in.readNBytes(BundleWriter.FIRST_LINE.length());
    String first = new String(line, StandardCharsets.ISO_8859_1);
    if (first.startsWith("dotfs bundle ") && !first.equals(BundleWriter.FIRST_LINE)) {
      throw new BadBundleException("the bundle was written by a newer dm");
    } else if (!first.equals(BundleWriter.FIRST_LINE)) {
      throw new BadBundleException("this is no bundle");
    }
    try {
      int length = new DataInputStream(in).readInt();
      if (length < 0 || length > WireLimits.MAX_MESSAGE_BYTES) {
        throw new BadBundleException("the bundle is damaged: its header has an impossible length");
      }
      byte[] message = in.readNBytes(length);
      if (message.length < length) {
        throw truncated();
      }
      return MessageCodec.decodeBundleHeader(message);
    } catch (EOFException e) {
      throw truncated();
    } catch (TransferException e) {
      throw damaged(e);
    }
  }

  private static BadBundleException truncated() {
    return new BadBundleException("the bundle ends too early: it is not whole");
  }

  private static BadBundleException damaged(Exception cause) {
    String why = String.valueOf(cause.getMessage()).replaceFirst("^the transfer[^:]*: ", "");
    return new BadBundleException("the bundle is damaged: " + why, cause);
  }

  /**
   * Makes ready to read what follows the header.
   *
   * @param quarantine is closed, with all that is in it gone, when this is closed
   */
  public static BundleIntake open(
      BundleHeader header, InputStream in, ObjectStore store, Quarantine quarantine) {
    return new BundleIntake(header, in, store, quarantine);
  }

  /** The prerequisites that {@code tips} do not reach. */
  public List<ObjectId> lacking(Collection<ObjectId> tips) throws StoreException {
    List<ObjectId> lacking = new ArrayList<>(header.prerequisites());
    lacking.removeAll(new ReachableCommits(store).among(header.prerequisites(), tips));
    return lacking;
  }

  /**
   * Reads all objects and judges them.
   *
   * @param tips commits and tags that the store has with all they name, for the bundle to build on
   * @throws BadBundleException if something is damaged or not there
   */
  public void read(Set<ObjectId> tips, Watcher watcher) throws IOException, StoreException {
    long objects = 0;
    long bytes = 0;
    try (ObjectSource source = new PackReader(in, header.dot());
        Intake intake = new Intake(quarantine)) {
      for (Optional<StoredObject> next = source.next(); next.isPresent(); next = source.next()) {
        objects++;
        bytes += next.get().bytes().remaining();
        intake.put(next.get());
        watcher.received(objects, bytes);
      }
    } catch (Unreachable e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause; // whoever sends the bundle has gone
      }
      throw truncated();
    } catch (TransferException | CorruptObjectException e) {
      throw damaged(e);
    }
    if (objects != header.objects()) {
      throw new BadBundleException("the bundle is damaged: it does not hold what it says");
    }
    try {
      List<ObjectId> missing =
          new ConnectivityCheck(quarantine.objects(), store)
              .missing(header.refs().values(), tips, MAX_MISSING_LISTED);
      if (!missing.isEmpty()) {
        throw new BadBundleException(
            "the bundle is not complete: object " + missing.get(0) + " is not in it");
      }
    } catch (CorruptObjectException e) {
      throw damaged(e);
    }
  }

  /** Lets in what was read: durable and visible in the store on return. */
  public void install(Set<ObjectId> tips) throws StoreException {
    quarantine.install(store, header.refs().values(), tips);
  }

  @Override
  public void close() {
    quarantine.discard();
    quarantine.close();
  }
}
