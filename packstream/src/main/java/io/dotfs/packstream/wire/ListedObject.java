package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;

/**
 * An object that a remote offers.
 *
 * @param id its id
 * @param type its type
 * @param storedBytes how many bytes it takes on the wire, without its frame
 */
public record ListedObject(ObjectId id, ObjectType type, int storedBytes) {}
