package io.dotfs.objectstore.error;

import io.dotfs.objectstore.object.ObjectId;
import java.io.Serial;

/** An object that something refers to is not in the store. */
public final class MissingObjectException extends StoreException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ObjectId id;

  public MissingObjectException(ObjectId id) {
    super("object " + id + " is missing");
    this.id = id;
  }

  /** The object that is missing. */
  public ObjectId id() {
    return id;
  }
}
