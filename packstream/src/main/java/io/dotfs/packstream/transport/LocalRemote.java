package io.dotfs.packstream.transport;

import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.receive.DotHost;
import io.dotfs.packstream.wire.FetchQuery;
import io.dotfs.packstream.wire.FetchSelection;
import io.dotfs.packstream.wire.ListedCommit;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.ObjectListing;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.PushReceipt;
import io.dotfs.packstream.wire.RemoteDot;
import io.dotfs.packstream.wire.RemoteRefs;
import io.dotfs.packstream.wire.SessionId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A remote whose store this process opens itself: a {@code file://} directory. */
final class LocalRemote implements Remote {
  private final DotHost host;
  private final String user;

  LocalRemote(DotHost host, String user) {
    this.host = host;
    this.user = user;
  }

  @Override
  public String defaultNamespace() {
    return host.defaultNamespace(user);
  }

  @Override
  public List<RemoteDot> listDots() throws TransferException {
    return host.list(user);
  }

  @Override
  public RemoteRefs refs(DotName dot) throws TransferException {
    try (DotHost.Opened opened = host.forReading(user, dot)) {
      return opened.dot().refs(user, opened.writable());
    }
  }

  @Override
  public List<ListedCommit> commits(
      DotName dot, Collection<ObjectId> from, Collection<ObjectId> known, int limit)
      throws TransferException {
    try (DotHost.Opened opened = host.forReading(user, dot)) {
      List<ListedCommit> commits = new ArrayList<>();
      for (byte[] payload : opened.dot().commits(from, known, limit)) {
        ByteBuffer buffer = ByteBuffer.wrap(payload);
        commits.add(
            new ListedCommit(
                ObjectHasher.hash(ObjectType.COMMIT, buffer), CommitCodec.decode(buffer)));
      }
      return commits;
    } catch (StoreException e) {
      throw new RemoteFailure("the remote's store is damaged: " + e.getMessage());
    }
  }

  @Override
  public BitSet have(DotName dot, SessionId session, List<ObjectId> ids) throws TransferException {
    try (DotHost.Opened opened = host.forReading(user, dot)) {
      return opened.dot().have(user, session, ids);
    }
  }

  @Override
  public PushReceipt push(DotName dot, PushHeader header, ObjectSource objects)
      throws TransferException {
    try (DotHost.Opened opened = host.forWriting(user, dot);
        objects) {
      return opened.dot().push(user, header, objects);
    }
  }

  @Override
  public ObjectListing list(DotName dot, FetchQuery query) throws TransferException {
    DotHost.Opened opened = host.forReading(user, dot);
    try {
      ObjectListing listing = opened.dot().list(query);
      return new ObjectListing() {
        @Override
        public Optional<ListedObject> next() throws TransferException {
          return listing.next();
        }

        @Override
        public int checksum() {
          return listing.checksum();
        }

        @Override
        public void close() {
          listing.close();
          opened.close();
        }
      };
    } catch (TransferException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public ObjectSource fetch(DotName dot, FetchQuery query, FetchSelection selection)
      throws TransferException {
    DotHost.Opened opened = host.forReading(user, dot);
    try {
      ObjectSource source = opened.dot().fetch(query, selection);
      return new ObjectSource() {
        @Override
        public Optional<StoredObject> next() throws TransferException {
          return source.next();
        }

        @Override
        public void close() {
          source.close();
          opened.close();
        }
      };
    } catch (TransferException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public void close() {
    // Every question opens what it needs and closes it.
  }
}
