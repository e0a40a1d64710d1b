package io.dotfs.objectstore.object;

/** The content of a fifo, a socket or a device. */
public enum NoContent implements EntryContent {
  NONE
}
