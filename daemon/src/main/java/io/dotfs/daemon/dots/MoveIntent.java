package io.dotfs.daemon.dots;

import java.util.Optional;

/**
 * A branch is about to be moved together with its working tree; written before the first of the
 * two, removed after the second, so that a daemon that died between them finishes the move when it
 * starts.
 *
 * @param key of the working tree
 * @param ref of the branch
 * @param before hex id, absent if there was none
 * @param after hex id
 */
public record MoveIntent(String key, String ref, Optional<String> before, String after) {}
