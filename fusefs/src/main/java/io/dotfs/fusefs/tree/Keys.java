package io.dotfs.fusefs.tree;

import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.LinkGroup;
import java.nio.ByteBuffer;

/**
 * Keys of a working tree's rows. Numbers are big-endian, so that rows lie in numeric order.
 *
 * <pre>
 * INODES, CONTENT, ORPHANS  inode
 * NAMES                     directory inode, name
 * MORE_NAMES                inode, directory inode, name
 * BLOCKS                    inode, page (4)
 * LINKS                     subdot inode, link group (16)
 * TREES                     tree
 * DIRTY                     tree, 'I', inode, generation
 *                           tree, 'N', directory inode, generation, name
 *                           tree, 'B', inode, generation, page (4)
 * </pre>
 *
 * An inode number is the tree's id times 2^40 plus a count, so that all rows of a tree are one
 * range in each table.
 */
final class Keys {
  static final int TREE_SHIFT = 40;
  static final byte MARK_INODE = 'I';
  static final byte MARK_NAME = 'N';
  static final byte MARK_BLOCKS = 'B';

  /** Bytes before page or name in a DIRTY key. */
  static final int MARK_PREFIX_BYTES = 8 + 1 + 8 + 8;

  private Keys() {}

  static long treeOf(long inode) {
    return inode >>> TREE_SHIFT;
  }

  static byte[] number(long number) {
    byte[] key = new byte[8];
    put(key, 0, number);
    return key;
  }

  static byte[] name(long directory, byte[] name) {
    byte[] key = new byte[8 + name.length];
    put(key, 0, directory);
    System.arraycopy(name, 0, key, 8, name.length);
    return key;
  }

  /** The key right behind that of {@code name}. */
  static byte[] behindName(long directory, byte[] name) {
    byte[] key = new byte[8 + name.length + 1];
    put(key, 0, directory);
    System.arraycopy(name, 0, key, 8, name.length);
    return key;
  }

  static byte[] nameOf(byte[] key) {
    return java.util.Arrays.copyOfRange(key, 8, key.length);
  }

  static byte[] moreName(long inode, Link link) {
    return ByteBuffer.allocate(16 + link.name().length())
        .putLong(inode)
        .putLong(link.parent())
        .put(link.name().asBuffer())
        .array();
  }

  static Link linkOf(byte[] moreName) {
    byte[] name = java.util.Arrays.copyOfRange(moreName, 16, moreName.length);
    return new Link(get(moreName, 8), ByteName.of(name));
  }

  static byte[] page(long inode, int page) {
    return ByteBuffer.allocate(12).putLong(inode).putInt(page).array();
  }

  static byte[] link(long subdot, LinkGroup group) {
    return ByteBuffer.allocate(24)
        .putLong(subdot)
        .putLong(group.id().getMostSignificantBits())
        .putLong(group.id().getLeastSignificantBits())
        .array();
  }

  static byte[] inodeMark(long inode, long generation) {
    return mark(MARK_INODE, inode, generation, 0).array();
  }

  static byte[] nameMark(long directory, long generation, byte[] name) {
    return mark(MARK_NAME, directory, generation, name.length).put(name).array();
  }

  static byte[] blocksMark(long inode, long generation, int page) {
    return mark(MARK_BLOCKS, inode, generation, 4).putInt(page).array();
  }

  private static ByteBuffer mark(byte kind, long inode, long generation, int more) {
    return ByteBuffer.allocate(MARK_PREFIX_BYTES + more)
        .putLong(treeOf(inode))
        .put(kind)
        .putLong(inode)
        .putLong(generation);
  }

  /** The first key of all marks of one kind. */
  static byte[] marksFrom(long tree, byte kind) {
    return ByteBuffer.allocate(9).putLong(tree).put(kind).array();
  }

  /** The key behind all marks of one kind. */
  static byte[] marksTo(long tree, byte kind) {
    return ByteBuffer.allocate(9).putLong(tree).put((byte) (kind + 1)).array();
  }

  /** The first key of the marks of one inode. */
  static byte[] marksFrom(byte kind, long inode) {
    return ByteBuffer.allocate(17).putLong(treeOf(inode)).put(kind).putLong(inode).array();
  }

  static long markedInode(byte[] key) {
    return get(key, 9);
  }

  static long markedGeneration(byte[] key) {
    return get(key, 17);
  }

  static byte[] markedName(byte[] key) {
    return java.util.Arrays.copyOfRange(key, MARK_PREFIX_BYTES, key.length);
  }

  static int markedPage(byte[] key) {
    return ByteBuffer.wrap(key).getInt(MARK_PREFIX_BYTES);
  }

  static void put(byte[] target, int at, long value) {
    for (int i = 0; i < 8; i++) {
      target[at + i] = (byte) (value >>> (56 - 8 * i));
    }
  }

  static long get(byte[] source, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | (source[at + i] & 0xff);
    }
    return value;
  }
}
