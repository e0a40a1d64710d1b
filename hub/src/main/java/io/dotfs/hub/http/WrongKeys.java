package io.dotfs.hub.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down who tries keys: each address may be wrong {@value #BURST} times at once, and once
 * every {@value #REFILL_SECONDS} seconds after that. Remembers a bounded number of addresses.
 * Thread-safe.
 */
final class WrongKeys {
  static final int BURST = 20;
  static final int REFILL_SECONDS = 3;
  private static final int MAX_ADDRESSES = 10_000;
  private final LongSupplier nanoTime;

  // GUARDED_BY(this): least recently wrong first.
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Bucket {
    double tokens = BURST;
    long filledNanos;
  }

  WrongKeys(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether {@code address} has been wrong too often to be heard now. */
  synchronized boolean tooMany(String address) {
    Bucket bucket = buckets.get(address);
    return bucket != null && refill(bucket) < 1;
  }

  /** Counts a wrong key. */
  synchronized void wrong(String address) {
    Bucket bucket = buckets.get(address);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.filledNanos = nanoTime.getAsLong();
      buckets.put(address, bucket);
      if (buckets.size() > MAX_ADDRESSES) {
        buckets.remove(buckets.keySet().iterator().next());
      }
    }
    bucket.tokens = Math.max(0, refill(bucket) - 1);
  }

  /** How many addresses are remembered. */
  synchronized int size() {
    return buckets.size();
  }

  private double refill(Bucket bucket) {
    long now = nanoTime.getAsLong();
    double seconds = (now - bucket.filledNanos) / 1e9;
    bucket.filledNanos = now;
    bucket.tokens = Math.min(BURST, bucket.tokens + seconds / REFILL_SECONDS);
    return bucket.tokens;
  }
}
