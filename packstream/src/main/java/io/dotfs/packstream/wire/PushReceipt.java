package io.dotfs.packstream.wire;

/**
 * What the receiver of a push says once everything is durable.
 *
 * @param received objects that came with this request
 * @param resumed objects of earlier, broken attempts that became part of the dot
 */
public record PushReceipt(long received, long resumed) {}
