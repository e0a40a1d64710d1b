package io.dotfs.objectstore.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.object.ObjectId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Finds an object of which a payload holds long stretches, at whatever offset: a log of a database
 * holds images of its pages. Knows the bases that one batch has used, and forgets older ones where
 * their places are taken: at most 4 MiB. Any number of threads may use it.
 *
 * <p>A rolling hash over 64 bytes picks positions by content alone, one in 256; objects that share
 * enough of those hashes are alike.
 */
final class SimilarObjects {
  private static final int SLOTS_LOG2 = 18;
  private static final int MAX_OBJECTS = 1 << 16;
  private static final int MAX_SAMPLES = 512;
  private static final int WINDOW_BYTES = 64;
  private static final int PICK_MASK = 0xff;
  private static final int MIN_SHARED = 4;

  /** A random number for each byte; it is never written anywhere, so it may change. */
  private static final long[] GEAR = new SplittableRandom(0x646f74667301L).longs(256).toArray();

  @GuardedBy("this")
  private int[] hashes = {};

  /** Numbers in {@code objects}, plus one. */
  @GuardedBy("this")
  private int[] holders = {};

  @GuardedBy("this")
  private final List<ObjectId> objects = new ArrayList<>();

  @GuardedBy("this")
  private final Map<ObjectId, Integer> numbers = new HashMap<>();

  private volatile boolean empty = true;

  boolean isEmpty() {
    return empty;
  }

  /** Remembers an object. */
  void add(ObjectId id, byte[] payload) {
    synchronized (this) {
      if (objects.size() >= MAX_OBJECTS || numbers.containsKey(id)) {
        return;
      }
    }
    int[] samples = samples(payload, 0, payload.length);
    synchronized (this) {
      if (numbers.putIfAbsent(id, objects.size()) != null) {
        return;
      }
      objects.add(id);
      if (empty) {
        hashes = new int[1 << SLOTS_LOG2];
        holders = new int[1 << SLOTS_LOG2];
        empty = false;
      }
      for (int hash : samples) {
        int slot = hash >>> (Integer.SIZE - SLOTS_LOG2);
        hashes[slot] = hash;
        holders[slot] = objects.size();
      }
    }
  }

  /**
   * The object that shares most with {@code payload}, if any shares enough.
   *
   * @param payload with an array, from position to limit; its position stays
   */
  Optional<ObjectId> find(ByteBuffer payload) {
    if (empty) {
      return Optional.empty();
    }
    int from = payload.arrayOffset() + payload.position();
    int[] samples = samples(payload.array(), from, from + payload.remaining());
    Map<Integer, Integer> shared = new HashMap<>();
    int most = 0;
    int best = 0;
    synchronized (this) {
      for (int hash : samples) {
        int slot = hash >>> (Integer.SIZE - SLOTS_LOG2);
        if (holders[slot] != 0 && hashes[slot] == hash) {
          int count = shared.merge(holders[slot], 1, Integer::sum);
          if (count > most) {
            most = count;
            best = holders[slot];
          }
        }
      }
      return most < MIN_SHARED ? Optional.empty() : Optional.of(objects.get(best - 1));
    }
  }

  private static int[] samples(byte[] bytes, int from, int end) {
    int[] found = new int[MAX_SAMPLES];
    int count = 0;
    long hash = 0;
    int previous = 0;
    for (int i = from; i < end && count < MAX_SAMPLES; i++) {
      hash = (hash << 1) + GEAR[bytes[i] & 0xff];
      if ((hash >>> 48 & PICK_MASK) == 0 && i - from >= WINDOW_BYTES) {
        int sample = (int) (hash >>> 16);
        // In a run of one byte all windows are alike: they say nothing.
        if (sample != previous) {
          found[count++] = sample;
        }
        previous = sample;
      }
    }
    return Arrays.copyOf(found, count);
  }
}
