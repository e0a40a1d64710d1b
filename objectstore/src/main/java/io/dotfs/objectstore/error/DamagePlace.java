package io.dotfs.objectstore.error;

/**
 * Where in a store damage was found.
 *
 * @param file the name of the pack or index, without its directory
 * @param offset byte offset in it
 */
public record DamagePlace(String file, long offset) {
  @Override
  public String toString() {
    return file + " at offset " + offset;
  }
}
