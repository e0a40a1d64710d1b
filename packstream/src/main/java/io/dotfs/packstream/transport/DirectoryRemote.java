package io.dotfs.packstream.transport;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.wire.FetchQuery;
import io.dotfs.packstream.wire.ListedCommit;
import io.dotfs.packstream.wire.ObjectListing;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.PushReceipt;
import io.dotfs.packstream.wire.RemoteDot;
import io.dotfs.packstream.wire.RemoteRefs;
import io.dotfs.packstream.wire.SessionId;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/** A remote. */
final class DirectoryRemote implements Remote {
  DirectoryRemote(java.nio.file.Path place, Credentials credentials) {
    throw new UnsupportedOperationException(place.toString() + credentials);
  }

  @Override
  public String defaultNamespace() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<RemoteDot> listDots() {
    throw new UnsupportedOperationException();
  }

  @Override
  public RemoteRefs refs(DotName dot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ListedCommit> commits(
      DotName dot, Collection<ObjectId> from, Collection<ObjectId> known, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BitSet have(DotName dot, SessionId session, List<ObjectId> ids) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PushReceipt push(DotName dot, PushHeader header, ObjectSource objects) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectListing list(DotName dot, FetchQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectSource fetch(DotName dot, FetchQuery query, BitSet chosen) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
