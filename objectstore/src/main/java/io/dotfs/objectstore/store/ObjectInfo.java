package io.dotfs.objectstore.store;

import io.dotfs.objectstore.object.ObjectType;

/**
 * What a store knows about an object without reading it.
 *
 * @param type its type
 * @param lengthBytes length of its payload
 * @param storedBytes what it takes in its pack, header included
 */
public record ObjectInfo(ObjectType type, int lengthBytes, int storedBytes) {}
