/**
 * Trees as files that other programs read: tar in and out.
 *
 * <p>Main types: {@link io.dotfs.objectstore.archive.TarExport} and {@link
 * io.dotfs.objectstore.archive.TarImport}. The form is POSIX's pax interchange format with GNU's
 * sparse members and the SCHILY keywords for extended attributes, byte for byte: names and values
 * are never text here. Imports {@code object}, {@code codec}, {@code chunk}, {@code directory},
 * {@code store}.
 */
@NullMarked
package io.dotfs.objectstore.archive;

import org.jspecify.annotations.NullMarked;
