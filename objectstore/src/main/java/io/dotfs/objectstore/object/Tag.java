package io.dotfs.objectstore.object;

import java.util.Optional;

/**
 * An annotated tag: a name for an object, with who gave it and why.
 *
 * @param target what is named
 * @param targetType its type: a commit or another tag
 * @param name the tag's name, 1 to {@link #MAX_NAME_BYTES}
 * @param tagger who tagged, and when
 * @param message text of any number of lines, possibly empty
 * @param signature a detached signature over the canonical form without it, if signed
 */
public record Tag(
    ObjectId target,
    ObjectType targetType,
    String name,
    Stamp tagger,
    String message,
    Optional<ByteName> signature) {
  public static final int MAX_NAME_BYTES = 255;

  public Tag {
    if (targetType != ObjectType.COMMIT && targetType != ObjectType.TAG) {
      throw new IllegalArgumentException("a tag of a " + targetType);
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a tag without a name");
    }
    Texts.check("tag name", name, MAX_NAME_BYTES);
    Texts.check("message", message, Commit.MAX_MESSAGE_BYTES);
    if (signature.isPresent() && signature.get().length() > Commit.MAX_SIGNATURE_BYTES) {
      throw new IllegalArgumentException("signature is too long");
    }
  }

  /** The same tag with {@code newSignature}. */
  public Tag withSignature(Optional<ByteName> newSignature) {
    return new Tag(target, targetType, name, tagger, message, newSignature);
  }
}
