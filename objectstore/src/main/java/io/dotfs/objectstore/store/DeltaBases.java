package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.util.Optional;

/**
 * The objects that others may be stored as differences to. Any number of threads may use it.
 *
 * <p>INVARIANT: a base that a writer takes is stored whole, in a finished pack: so a read takes two
 * records at most, and a chain cannot close into a ring.
 */
public interface DeltaBases {
  /** No bases: everything is stored whole. */
  DeltaBases NONE =
      new DeltaBases() {
        @Override
        public Optional<ObjectId> wholeBase(ObjectId older) {
          return Optional.empty();
        }

        @Override
        public boolean isSound(ObjectId id) {
          return false;
        }

        @Override
        public byte[] payload(ObjectId id, ObjectType type) throws StoreException {
          throw new MissingObjectException(id);
        }
      };

  /**
   * What to make a difference to, for something like {@code older}: that object if it is stored
   * whole, else its own base. Nothing if that is not here.
   */
  Optional<ObjectId> wholeBase(ObjectId older) throws StoreException;

  /** Whether the object is here, and nobody found it damaged. */
  boolean isSound(ObjectId id) throws StoreException;

  /**
   * The payload of a base; nobody changes the array.
   *
   * @throws MissingObjectException if it is not here
   * @throws CorruptObjectException if it is damaged, or is of another type
   */
  byte[] payload(ObjectId id, ObjectType type) throws StoreException;
}
