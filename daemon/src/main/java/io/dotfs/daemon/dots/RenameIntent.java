package io.dotfs.daemon.dots;

/**
 * A branch is about to get another name, in its working tree, its ref, its dot's record and its
 * mounts; so that a daemon that died in between finishes it when it starts.
 */
public record RenameIntent(String namespace, String dot, String from, String to) {}
