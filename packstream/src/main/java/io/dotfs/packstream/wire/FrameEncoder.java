package io.dotfs.packstream.wire;

import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.TransferException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Objects or a listing as a stream of bytes, made while it is read: memory for one object. Should
 * the source fail, the stream ends with an error frame instead of its end frame. One thread.
 */
public abstract sealed class FrameEncoder extends InputStream {
  private final ArrayDeque<ByteBuffer> ready = new ArrayDeque<>();
  private Optional<TransferException> failure = Optional.empty();
  private boolean ended;

  private FrameEncoder(MessageKind kind) {
    ready.add(Frames.prelude(kind));
  }

  /** A pack stream; closes {@code objects} when it is closed. */
  public static FrameEncoder pack(ObjectSource objects) {
    return new Pack(objects);
  }

  /** A listing stream; closes {@code listing} when it is closed. */
  public static FrameEncoder listing(ObjectListing listing) {
    return new Listing(listing);
  }

  /** Puts a message before the stream: its length in four bytes, then its bytes. */
  public FrameEncoder precededBy(byte[] message) {
    ready.addFirst(ByteBuffer.wrap(message));
    ready.addFirst(ByteBuffer.allocate(4).putInt(message.length).flip());
    return this;
  }

  /** What the source threw, if it failed. */
  public Optional<TransferException> failure() {
    return failure;
  }

  /** Appends the next frame; returns false after appending the end frame. */
  abstract boolean advance(ArrayDeque<ByteBuffer> frames) throws TransferException;

  @Override
  public abstract void close();

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int done = 0;
    while (done < length) {
      ByteBuffer head = ready.peek();
      if (head == null) {
        if (ended) {
          break;
        }
        produce();
      } else if (head.hasRemaining()) {
        int count = Math.min(head.remaining(), length - done);
        head.get(target, offset + done, count);
        done += count;
      } else {
        ready.remove();
      }
    }
    return done == 0 ? -1 : done;
  }

  private void produce() {
    try {
      ended = !advance(ready);
    } catch (TransferException e) {
      failure = Optional.of(e);
      ready.add(Frames.error(ErrorCodec.encode(e, "")));
      ended = true;
    }
  }

  private static final class Pack extends FrameEncoder {
    private final ObjectSource objects;
    private long count;
    private long bytes;

    Pack(ObjectSource objects) {
      super(MessageKind.PACK_STREAM);
      this.objects = objects;
    }

    @Override
    boolean advance(ArrayDeque<ByteBuffer> frames) throws TransferException {
      Optional<StoredObject> next = objects.next();
      if (next.isEmpty()) {
        frames.add(Frames.end(count, bytes));
        return false;
      }
      count++;
      bytes += next.get().bytes().remaining();
      frames.add(Frames.object(next.get()));
      frames.add(next.get().bytes());
      return true;
    }

    @Override
    public void close() {
      objects.close();
    }
  }

  private static final class Listing extends FrameEncoder {
    private final ObjectListing listing;
    private long count;

    Listing(ObjectListing listing) {
      super(MessageKind.LISTING_STREAM);
      this.listing = listing;
    }

    @Override
    boolean advance(ArrayDeque<ByteBuffer> frames) throws TransferException {
      Optional<ListedObject> next = listing.next();
      if (next.isEmpty()) {
        frames.add(Frames.end(count, listing.checksum() & 0xffffffffL));
        return false;
      }
      count++;
      frames.add(Frames.entry(next.get()));
      return true;
    }

    @Override
    public void close() {
      listing.close();
    }
  }
}
