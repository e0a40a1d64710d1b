package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import java.util.Optional;

/**
 * One member of a tar.
 *
 * @param path as it stands there, unchecked
 * @param attributes all but what a hard link has from its target
 * @param hardLinkTo the path of the member that this is another name of
 * @param symlinkTarget of a symbolic link, else empty bytes
 * @param content of a regular file: its size and which bytes follow
 */
record TarMember(
    ByteName path,
    Attributes attributes,
    Optional<ByteName> hardLinkTo,
    ByteName symlinkTarget,
    SparseMap content) {}
