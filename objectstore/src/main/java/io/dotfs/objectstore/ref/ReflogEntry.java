package io.dotfs.objectstore.ref;

import io.dotfs.objectstore.object.ObjectId;
import java.time.Instant;
import java.util.Optional;

/**
 * One change of a ref that happened.
 *
 * @param time when, by the store's clock
 * @param before the value before; absent if the ref was created
 * @param after the value since; absent if it was deleted
 * @param reason the line that the update gave
 */
public record ReflogEntry(
    Instant time, Optional<ObjectId> before, Optional<ObjectId> after, String reason) {}
