package io.dotfs.objectstore.error;

import io.dotfs.objectstore.object.ObjectId;
import java.io.Serial;
import java.util.Optional;

/** A ref does not have the value that its update expected; nothing of the batch was done. */
public final class RefConflictException extends StoreException {
  @Serial private static final long serialVersionUID = 1L;

  private final String ref;
  private final transient Optional<ObjectId> expected;
  private final transient Optional<ObjectId> actual;

  public RefConflictException(String ref, Optional<ObjectId> expected, Optional<ObjectId> actual) {
    super(
        "ref "
            + ref
            + " is "
            + actual.map(ObjectId::toHex).orElse("absent")
            + ", expected "
            + expected.map(ObjectId::toHex).orElse("absent"));
    this.ref = ref;
    this.expected = expected;
    this.actual = actual;
  }

  /** The name of the ref. */
  public String ref() {
    return ref;
  }

  public Optional<ObjectId> expected() {
    return expected;
  }

  public Optional<ObjectId> actual() {
    return actual;
  }
}
