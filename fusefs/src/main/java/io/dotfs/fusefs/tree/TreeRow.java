package io.dotfs.fusefs.tree;

import io.dotfs.objectstore.object.ObjectId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What the database says of a working tree.
 *
 * @param key its name; empty for a temporary one
 * @param base the commit that it is based on
 * @param committedGeneration the last generation that went into the base
 * @param kind how it may be used
 */
record TreeRow(
    String key, Optional<ObjectId> base, long committedGeneration, WorkingTree.Kind kind) {
  byte[] encode() {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(1 + 1 + ObjectId.BYTES + 8 + name.length);
    out.put((byte) kind.code());
    out.put((byte) (base.isPresent() ? 1 : 0));
    out.put(base.map(ObjectId::toBytes).orElse(new byte[ObjectId.BYTES]));
    out.putLong(committedGeneration).put(name);
    return out.array();
  }

  static TreeRow decode(byte[] row) {
    ByteBuffer in = ByteBuffer.wrap(row);
    WorkingTree.Kind kind = WorkingTree.Kind.ofCode(in.get());
    boolean based = in.get() != 0;
    ObjectId id = ObjectId.readFrom(in);
    long committed = in.getLong();
    String key = new String(row, in.position(), in.remaining(), StandardCharsets.UTF_8);
    return new TreeRow(key, based ? Optional.of(id) : Optional.empty(), committed, kind);
  }
}
