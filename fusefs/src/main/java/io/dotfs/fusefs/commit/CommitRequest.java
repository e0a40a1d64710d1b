package io.dotfs.fusefs.commit;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.ref.RefName;
import java.util.List;
import java.util.SortedMap;

/**
 * What a commit says beside the data.
 *
 * @param ref the branch that moves; its value has to be the tree's base
 * @param author who, and when
 * @param message text of any number of lines
 * @param metadata the user's keys and values
 * @param mergedParents parents beside the base
 * @param signer asked for a signature once everything else of the commit is known
 */
public record CommitRequest(
    RefName ref,
    Stamp author,
    String message,
    SortedMap<String, String> metadata,
    List<ObjectId> mergedParents,
    CommitSigner signer) {
  /** One that is not signed. */
  public CommitRequest(
      RefName ref,
      Stamp author,
      String message,
      SortedMap<String, String> metadata,
      List<ObjectId> mergedParents) {
    this(ref, author, message, metadata, mergedParents, CommitSigner.NONE);
  }
}
