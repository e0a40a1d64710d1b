package io.dotfs.fusefs.tree;

import io.dotfs.objectstore.object.ByteName;

/** One name of an inode: the directory that it is in, and how it is called there. */
public record Link(long parent, ByteName name) {}
