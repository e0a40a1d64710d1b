package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.store.ObjectStore;
import java.nio.file.Path;

/**
 * A dot on this side of a transfer.
 *
 * @param store holds its objects, perhaps among other dots'
 * @param refs holds its refs, perhaps among other dots'
 * @param refPrefix where its refs are: {@code dots/NAMESPACE/DOT}, without a slash at the end
 * @param quarantine a directory for what broken fetches of this dot have received; made when
 *     needed, on the file system of {@code store}, used for nothing else
 */
public record LocalDot(ObjectStore store, RefStore refs, String refPrefix, Path quarantine) {}
