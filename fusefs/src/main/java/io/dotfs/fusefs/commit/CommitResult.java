package io.dotfs.fusefs.commit;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.pack.PutStatistics;

/**
 * A commit that is durable.
 *
 * @param id its id
 * @param pauseNanos how long the switch of the generation took, the only time that can hold writers
 * @param stored what was put into the store
 * @param changedInodes inodes marked as changed
 */
public record CommitResult(
    ObjectId id, long pauseNanos, PutStatistics stored, long changedInodes) {}
