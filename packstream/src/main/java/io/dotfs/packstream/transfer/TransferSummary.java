package io.dotfs.packstream.transfer;

/**
 * What a transfer moved. Bytes of objects moved are stored (compressed) bytes, over all attempts.
 *
 * @param objects objects moved
 * @param bytes their stored bytes
 * @param objectsAlreadyThere objects that the receiver had and the sender came across; each stands
 *     for everything beneath it
 * @param bytesAlreadyThere bytes of file data, uncompressed, that the receiver had of what was
 *     asked for
 * @param retries how often a broken connection was taken up again
 */
public record TransferSummary(
    long objects, long bytes, long objectsAlreadyThere, long bytesAlreadyThere, int retries) {}
