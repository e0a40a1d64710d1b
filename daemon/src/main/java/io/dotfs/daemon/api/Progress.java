package io.dotfs.daemon.api;

/**
 * How far long work has come.
 *
 * @param phase what is being done, e.g. {@code Calculating}, {@code Transferring}, {@code Checking}
 * @param label what it is done to, e.g. {@code admin/shop to hub:me/shop}; may be empty
 * @param doneBytes bytes finished so far
 * @param totalBytes bytes in all, 0 while unknown
 * @param doneItems objects (or refs, see phase) finished so far
 * @param totalItems objects in all, 0 while unknown
 */
public record Progress(
    String phase, String label, long doneBytes, long totalBytes, long doneItems, long totalItems) {}
