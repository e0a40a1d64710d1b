package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Each short message to bytes and back. Every {@code decode…} throws {@link
 * TransferException.ProtocolMismatch} for another protocol or version and {@link
 * TransferException.CorruptTransfer} for bytes that are no such message; every {@code encode…}
 * throws {@link IllegalArgumentException} beyond the limits.
 */
public final class MessageCodec {
  private MessageCodec() {}

  /** What a client asks about a history. */
  public record CommitsQuery(List<ObjectId> from, List<ObjectId> known, int limit) {
    public CommitsQuery {
      from = List.copyOf(from);
      known = List.copyOf(known);
      WireLimits.check("limit", limit, WireLimits.MAX_COMMITS);
    }
  }

  /** What a pusher asks about objects. */
  public record HaveQuery(SessionId session, List<ObjectId> ids) {
    public HaveQuery {
      ids = List.copyOf(ids);
    }
  }

  /** What a fetcher asks for after a listing. */
  public record FetchChoice(FetchQuery query, FetchSelection selection) {}

  public static byte[] encodeDots(List<RemoteDot> dots) {
    WireLimits.check("dots", dots.size(), WireLimits.MAX_DOTS);
    MessageWriter out = new MessageWriter(MessageKind.DOTS).u32(dots.size());
    for (RemoteDot dot : dots) {
      out.text(dot.name().namespace()).text(dot.name().dot()).flag(dot.writable());
    }
    return out.finish();
  }

  public static List<RemoteDot> decodeDots(byte[] message) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.DOTS,
        in -> {
          int count = in.count(WireLimits.MAX_DOTS);
          List<RemoteDot> dots = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            dots.add(new RemoteDot(new DotName(in.text(), in.text()), in.flag()));
          }
          return dots;
        });
  }

  public static byte[] encodeRefs(RemoteRefs refs) {
    WireLimits.check("refs", refs.refs().size(), WireLimits.MAX_REFS);
    MessageWriter out =
        new MessageWriter(MessageKind.REFS)
            .flag(refs.writable())
            .u64(refs.quarantined())
            .u32(refs.refs().size());
    for (Map.Entry<String, ObjectId> ref : refs.refs().entrySet()) {
      out.text(ref.getKey()).id(ref.getValue());
    }
    return out.finish();
  }

  public static RemoteRefs decodeRefs(byte[] message) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.REFS,
        in -> {
          boolean writable = in.flag();
          long quarantined = in.u64();
          int count = in.count(WireLimits.MAX_REFS);
          SortedMap<String, ObjectId> refs = new TreeMap<>();
          for (int i = 0; i < count; i++) {
            String name = in.text();
            if (!RefUpdate.isRef(name) || refs.put(name, in.id()) != null) {
              throw new IllegalArgumentException("a ref's name that is none, or a ref twice");
            }
          }
          return new RemoteRefs(refs, writable, quarantined);
        });
  }

  public static byte[] encodeBundleHeader(BundleHeader header) {
    MessageWriter out =
        new MessageWriter(MessageKind.BUNDLE_HEADER)
            .text(header.dot().namespace())
            .text(header.dot().dot())
            .u64(header.objects())
            .u64(header.bytes())
            .ids(header.prerequisites(), WireLimits.MAX_COMMITS)
            .u32(header.refs().size());
    header.refs().forEach((ref, id) -> out.text(ref).id(id));
    return out.finish();
  }

  public static BundleHeader decodeBundleHeader(byte[] message) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.BUNDLE_HEADER,
        in -> {
          DotName dot = new DotName(in.text(), in.text());
          long objects = in.u64();
          long bytes = in.u64();
          List<ObjectId> prerequisites = in.ids(WireLimits.MAX_COMMITS);
          int count = in.count(WireLimits.MAX_REFS);
          SortedMap<String, ObjectId> refs = new TreeMap<>();
          for (int i = 0; i < count; i++) {
            String name = in.text();
            if (!RefUpdate.isRef(name) || refs.put(name, in.id()) != null) {
              throw new IllegalArgumentException("a ref's name that is none, or a ref twice");
            }
          }
          return new BundleHeader(dot, refs, prerequisites, objects, bytes);
        });
  }

  public static byte[] encodeCommitsQuery(CommitsQuery query) {
    return new MessageWriter(MessageKind.COMMITS_QUERY)
        .ids(query.from(), WireLimits.MAX_REFS)
        .ids(query.known(), WireLimits.MAX_REFS)
        .u32(query.limit())
        .finish();
  }

  public static CommitsQuery decodeCommitsQuery(byte[] message) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.COMMITS_QUERY,
        in ->
            new CommitsQuery(
                in.ids(WireLimits.MAX_REFS),
                in.ids(WireLimits.MAX_REFS),
                in.count(WireLimits.MAX_COMMITS)));
  }

  /** Commits travel as their canonical payloads; the reader computes the ids. */
  public static byte[] encodeCommits(List<byte[]> payloads) {
    WireLimits.check("commits", payloads.size(), WireLimits.MAX_COMMITS);
    MessageWriter out = new MessageWriter(MessageKind.COMMITS).u32(payloads.size());
    payloads.forEach(payload -> out.blob(payload, WireLimits.MAX_COMMIT_BYTES));
    return out.finish();
  }

  public static List<byte[]> decodeCommits(byte[] message) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.COMMITS,
        in -> {
          int count = in.count(WireLimits.MAX_COMMITS);
          List<byte[]> payloads = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            payloads.add(in.blob(WireLimits.MAX_COMMIT_BYTES));
          }
          return payloads;
        });
  }

  public static byte[] encodeHaveQuery(HaveQuery query) {
    return session(new MessageWriter(MessageKind.HAVE_QUERY), query.session())
        .ids(query.ids(), WireLimits.MAX_HAVES)
        .finish();
  }

  public static HaveQuery decodeHaveQuery(byte[] message) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.HAVE_QUERY,
        in -> new HaveQuery(session(in), in.ids(WireLimits.MAX_HAVES)));
  }

  /** One bit for each id asked about, in their order. */
  public static byte[] encodeHave(BitSet have) {
    return new MessageWriter(MessageKind.HAVE)
        .blob(have.toByteArray(), WireLimits.MAX_HAVES / 8)
        .finish();
  }

  public static BitSet decodeHave(byte[] message) throws TransferException {
    return MessageReader.read(
        message, MessageKind.HAVE, in -> BitSet.valueOf(in.blob(WireLimits.MAX_HAVES / 8)));
  }

  public static byte[] encodePushHeader(PushHeader header) {
    MessageWriter out =
        session(new MessageWriter(MessageKind.PUSH_HEADER), header.session())
            .u64(header.objects())
            .u64(header.bytes())
            .u32(header.updates().size());
    for (RefUpdate update : header.updates()) {
      out.text(update.ref())
          .optionalId(update.expectedOld())
          .id(update.target())
          .flag(update.force());
    }
    return out.finish();
  }

  public static PushHeader decodePushHeader(byte[] message) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.PUSH_HEADER,
        in -> {
          SessionId session = session(in);
          long objects = in.u64();
          long bytes = in.u64();
          int count = in.count(WireLimits.MAX_REFS);
          List<RefUpdate> updates = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            updates.add(new RefUpdate(in.text(), in.optionalId(), in.id(), in.flag()));
          }
          return new PushHeader(session, updates, objects, bytes);
        });
  }

  public static byte[] encodePushReceipt(PushReceipt receipt) {
    return new MessageWriter(MessageKind.PUSH_RECEIPT)
        .u64(receipt.received())
        .u64(receipt.resumed())
        .finish();
  }

  public static PushReceipt decodePushReceipt(byte[] message) throws TransferException {
    return MessageReader.read(
        message, MessageKind.PUSH_RECEIPT, in -> new PushReceipt(in.u64(), in.u64()));
  }

  public static byte[] encodeFetchQuery(FetchQuery query) {
    return query(new MessageWriter(MessageKind.FETCH_QUERY), query).finish();
  }

  public static FetchQuery decodeFetchQuery(byte[] message) throws TransferException {
    return MessageReader.read(message, MessageKind.FETCH_QUERY, MessageCodec::query);
  }

  /** The positions are a bit map, so that a choice among 30 million objects fits a message. */
  public static byte[] encodeFetchChoice(FetchChoice choice) {
    return query(new MessageWriter(MessageKind.FETCH_CHOICE), choice.query())
        .u64(choice.selection().listed())
        .u32(choice.selection().checksum())
        .blob(choice.selection().chosen().toByteArray(), WireLimits.MAX_MESSAGE_BYTES)
        .finish();
  }

  public static FetchChoice decodeFetchChoice(byte[] message) throws TransferException {
    return MessageReader.read(
        message,
        MessageKind.FETCH_CHOICE,
        in -> {
          FetchQuery query = query(in);
          long listed = in.u64();
          int checksum = in.word32();
          BitSet chosen = BitSet.valueOf(in.blob(WireLimits.MAX_MESSAGE_BYTES));
          return new FetchChoice(query, new FetchSelection(chosen, listed, checksum));
        });
  }

  private static MessageWriter query(MessageWriter out, FetchQuery query) {
    return out.ids(query.wants(), WireLimits.MAX_REFS).ids(query.haves(), WireLimits.MAX_COMMITS);
  }

  private static FetchQuery query(MessageReader in) {
    return new FetchQuery(in.ids(WireLimits.MAX_REFS), in.ids(WireLimits.MAX_COMMITS));
  }

  private static MessageWriter session(MessageWriter out, SessionId session) {
    return out.u64(session.high()).u64(session.low());
  }

  private static SessionId session(MessageReader in) {
    return new SessionId(in.word(), in.word());
  }
}
