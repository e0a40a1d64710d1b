package io.dotfs.objectstore.error;

import io.dotfs.objectstore.object.ObjectId;
import java.io.Serial;
import java.util.Optional;

/**
 * Stored bytes are not what was written, or an object is not in canonical form. Its data is never
 * returned. Names the object, the pack and the offset as far as they are known.
 */
public final class CorruptObjectException extends StoreException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Optional<ObjectId> id;
  private final transient Optional<DamagePlace> place;
  private final String reason;

  public CorruptObjectException(Optional<ObjectId> id, Optional<DamagePlace> place, String reason) {
    super(
        id.map(i -> "object " + i).orElse("an object")
            + place.map(p -> " in " + p).orElse("")
            + " is damaged: "
            + reason);
    this.id = id;
    this.place = place;
    this.reason = reason;
  }

  /** An object whose bytes are as they were stored but no valid encoding. */
  public static CorruptObjectException malformed(String reason) {
    return new CorruptObjectException(Optional.empty(), Optional.empty(), reason);
  }

  /** The same damage, with the object's name added if it was not known. */
  public CorruptObjectException of(ObjectId object) {
    return id.isPresent() ? this : new CorruptObjectException(Optional.of(object), place, reason);
  }

  /** The damaged object, if it can be told. */
  public Optional<ObjectId> id() {
    return id;
  }

  /** Pack and offset, if the damage lies in a file of the store. */
  public Optional<DamagePlace> place() {
    return place;
  }

  /** What is wrong, in words. */
  public String reason() {
    return reason;
  }
}
