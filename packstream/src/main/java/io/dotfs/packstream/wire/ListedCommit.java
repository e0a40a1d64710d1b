package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;

/**
 * A commit as a remote told it; its id was checked against its content.
 *
 * @param id its id
 * @param commit what it says
 */
public record ListedCommit(ObjectId id, Commit commit) {}
