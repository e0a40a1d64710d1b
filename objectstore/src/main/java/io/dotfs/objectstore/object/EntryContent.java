package io.dotfs.objectstore.object;

/** What a directory entry holds, by its type. */
public sealed interface EntryContent permits FileContent, DirectoryRef, SymlinkTarget, NoContent {}
