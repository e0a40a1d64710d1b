package io.dotfs.objectstore.object;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One state of a dot and how it came about.
 *
 * @param tree a directory whose entries are the subdots, each itself a directory
 * @param parents what came before: none for a first commit, two or more for a merge
 * @param generation 1 for a first commit, otherwise one more than the greatest among the parents;
 *     it bounds searches in the history, whatever clocks say
 * @param author who made it, and when
 * @param message text of any number of lines, up to {@link #MAX_MESSAGE_BYTES}
 * @param metadata the user's own keys and values, sorted; up to {@link #MAX_METADATA} of them
 * @param signature a detached signature over the canonical form without it, if signed
 */
public record Commit(
    DirectoryRef tree,
    List<ObjectId> parents,
    long generation,
    Stamp author,
    String message,
    SortedMap<String, String> metadata,
    Optional<ByteName> signature) {
  public static final int MAX_PARENTS = 64;
  public static final int MAX_MESSAGE_BYTES = 256 << 10;
  public static final int MAX_METADATA = 256;
  public static final int MAX_METADATA_KEY_BYTES = 256;
  public static final int MAX_METADATA_VALUE_BYTES = 64 << 10;
  public static final int MAX_METADATA_BYTES = 256 << 10;
  public static final int MAX_SIGNATURE_BYTES = 64 << 10;

  public Commit {
    parents = List.copyOf(parents);
    metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    if (parents.size() > MAX_PARENTS || new HashSet<>(parents).size() != parents.size()) {
      throw new IllegalArgumentException("parents: too many, or one twice");
    }
    if (generation < 1 || parents.isEmpty() != (generation == 1)) {
      throw new IllegalArgumentException(
          "generation " + generation + " with " + parents.size() + " parents");
    }
    Texts.check("message", message, MAX_MESSAGE_BYTES);
    if (metadata.size() > MAX_METADATA) {
      throw new IllegalArgumentException(metadata.size() + " metadata keys");
    }
    long metadataBytes = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      if (entry.getKey().isEmpty()) {
        throw new IllegalArgumentException("an empty metadata key");
      }
      Texts.check("metadata key", entry.getKey(), MAX_METADATA_KEY_BYTES);
      Texts.check("metadata value", entry.getValue(), MAX_METADATA_VALUE_BYTES);
      metadataBytes += 3L * (entry.getKey().length() + entry.getValue().length());
    }
    if (metadataBytes > 3L * MAX_METADATA_BYTES) {
      throw new IllegalArgumentException("metadata is too long");
    }
    if (signature.isPresent() && signature.get().length() > MAX_SIGNATURE_BYTES) {
      throw new IllegalArgumentException("signature is too long");
    }
  }

  /** The same commit with {@code newSignature}. */
  public Commit withSignature(Optional<ByteName> newSignature) {
    return new Commit(tree, parents, generation, author, message, metadata, newSignature);
  }
}
