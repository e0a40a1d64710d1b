package io.dotfs.packstream.transport;

import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.wire.FetchQuery;
import io.dotfs.packstream.wire.FetchSelection;
import io.dotfs.packstream.wire.FrameEncoder;
import io.dotfs.packstream.wire.ListedCommit;
import io.dotfs.packstream.wire.ListingReader;
import io.dotfs.packstream.wire.MessageCodec;
import io.dotfs.packstream.wire.ObjectListing;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PackReader;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.PushReceipt;
import io.dotfs.packstream.wire.RemoteDot;
import io.dotfs.packstream.wire.RemoteRefs;
import io.dotfs.packstream.wire.SessionId;
import io.dotfs.packstream.wire.WireLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A remote at the other end of a connection: every question and answer in its form on the wire. */
final class WireRemote implements Remote {
  private final Exchange exchange;
  private final String user;

  WireRemote(Exchange exchange, String user) {
    this.exchange = exchange;
    this.user = user;
  }

  @Override
  public String defaultNamespace() {
    return user;
  }

  @Override
  public List<RemoteDot> listDots() throws TransferException {
    return MessageCodec.decodeDots(ask(Operation.DOTS, Optional.empty(), new byte[0]));
  }

  @Override
  public RemoteRefs refs(DotName dot) throws TransferException {
    return MessageCodec.decodeRefs(ask(Operation.REFS, Optional.of(dot), new byte[0]));
  }

  @Override
  public List<ListedCommit> commits(
      DotName dot, Collection<ObjectId> from, Collection<ObjectId> known, int limit)
      throws TransferException {
    byte[] query =
        MessageCodec.encodeCommitsQuery(
            new MessageCodec.CommitsQuery(List.copyOf(from), List.copyOf(known), limit));
    List<ListedCommit> commits = new ArrayList<>();
    for (byte[] payload :
        MessageCodec.decodeCommits(ask(Operation.COMMITS, Optional.of(dot), query))) {
      ByteBuffer buffer = ByteBuffer.wrap(payload);
      try {
        commits.add(
            new ListedCommit(
                ObjectHasher.hash(ObjectType.COMMIT, buffer), CommitCodec.decode(buffer)));
      } catch (StoreException e) {
        throw new CorruptTransfer("a commit that is none: " + e.getMessage());
      }
    }
    return commits;
  }

  @Override
  public BitSet have(DotName dot, SessionId session, List<ObjectId> ids) throws TransferException {
    byte[] query = MessageCodec.encodeHaveQuery(new MessageCodec.HaveQuery(session, ids));
    return MessageCodec.decodeHave(ask(Operation.HAVE, Optional.of(dot), query));
  }

  @Override
  public PushReceipt push(DotName dot, PushHeader header, ObjectSource objects)
      throws TransferException {
    try (FrameEncoder body =
        FrameEncoder.pack(objects).precededBy(MessageCodec.encodePushHeader(header))) {
      byte[] answer;
      try {
        answer = whole(exchange.call(Operation.PUSH, Optional.of(dot), body));
      } catch (TransferException e) {
        // If this side could not go on, that is what happened; the rest followed from it.
        throw body.failure().orElse(e);
      }
      return MessageCodec.decodePushReceipt(answer);
    }
  }

  @Override
  public ObjectListing list(DotName dot, FetchQuery query) throws TransferException {
    byte[] request = MessageCodec.encodeFetchQuery(query);
    return new ListingReader(
        exchange.call(Operation.LIST, Optional.of(dot), new ByteArrayInputStream(request)), dot);
  }

  @Override
  public ObjectSource fetch(DotName dot, FetchQuery query, FetchSelection selection)
      throws TransferException {
    byte[] request = MessageCodec.encodeFetchChoice(new MessageCodec.FetchChoice(query, selection));
    return new PackReader(
        exchange.call(Operation.FETCH, Optional.of(dot), new ByteArrayInputStream(request)), dot);
  }

  @Override
  public void close() {
    exchange.close();
  }

  private byte[] ask(Operation operation, Optional<DotName> dot, byte[] request)
      throws TransferException {
    return whole(exchange.call(operation, dot, new ByteArrayInputStream(request)));
  }

  private static byte[] whole(InputStream answer) throws TransferException {
    try (answer) {
      byte[] message = answer.readNBytes(WireLimits.MAX_MESSAGE_BYTES + 1);
      if (message.length > WireLimits.MAX_MESSAGE_BYTES) {
        throw new CorruptTransfer(
            "an answer of more than " + WireLimits.MAX_MESSAGE_BYTES + " bytes");
      }
      return message;
    } catch (IOException e) {
      throw new Unreachable("the connection broke", e);
    }
  }
}
