package io.dotfs.packstream.wire;

import io.dotfs.packstream.DotName;

/**
 * A dot that a remote holds.
 *
 * @param name its name there
 * @param writable whether this user may push to it
 */
public record RemoteDot(DotName name, boolean writable) {}
