package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a bundle says before its objects.
 *
 * @param dot where it was made
 * @param refs what it brings: {@code heads/master}, {@code tags/v1}
 * @param prerequisites commits that whoever takes it must have, with all they name
 * @param objects how many follow
 * @param bytes of theirs, as stored
 */
public record BundleHeader(
    DotName dot,
    SortedMap<String, ObjectId> refs,
    List<ObjectId> prerequisites,
    long objects,
    long bytes) {
  public BundleHeader {
    refs = Collections.unmodifiableSortedMap(new TreeMap<>(refs));
    prerequisites = List.copyOf(prerequisites);
    WireLimits.check("refs", refs.size(), WireLimits.MAX_REFS);
    WireLimits.check("prerequisites", prerequisites.size(), WireLimits.MAX_COMMITS);
    WireLimits.check("objects", objects, WireLimits.MAX_OBJECTS);
  }
}
