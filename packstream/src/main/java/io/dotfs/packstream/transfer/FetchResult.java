package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.object.ObjectId;
import java.util.SortedMap;

/**
 * A fetch that got through: durable here.
 *
 * @param fetched the refs that were asked for, under their names on the remote ({@code
 *     heads/master}), with what they hold
 * @param movedRefs the local refs that were moved or made, under their full local names
 * @param summary what it took
 */
public record FetchResult(
    SortedMap<String, ObjectId> fetched,
    SortedMap<String, ObjectId> movedRefs,
    TransferSummary summary) {}
