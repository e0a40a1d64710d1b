package io.dotfs.objectstore.pack;

/**
 * What one writer did.
 *
 * @param objects objects that were new
 * @param storedBytes what they took in packs, record headers included
 * @param logicalBytes lengths of their payloads
 * @param presentObjects puts of what was there already
 * @param presentBytes lengths of those payloads
 */
public record PutStatistics(
    long objects, long storedBytes, long logicalBytes, long presentObjects, long presentBytes) {}
