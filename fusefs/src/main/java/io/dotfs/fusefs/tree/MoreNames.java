package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.MetaStore;
import io.dotfs.fusefs.overlay.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives inodes names and takes them away, at the same cost however many there are: a few stand in
 * the inode's own row, each further one in a row of MORE_NAMES. Changes go into the batch that
 * changes the inode's row; under its write lock.
 *
 * <p>INVARIANT: {@link Inode#moreNames} rows are there. Which names have rows says nothing.
 */
final class MoreNames {
  /** More than most files ever have. */
  static final int IN_THE_ROW = 8;

  private static final byte[] NOTHING = {};

  private final MetaStore metadata;

  MoreNames(MetaStore metadata) {
    this.metadata = metadata;
  }

  /** Adds the first name of an inode that has none. */
  static void first(Inode inode, Link link) {
    if (inode.isNamed()) {
      throw new IllegalStateException("inode " + inode.number + " has a name");
    }
    inode.links = List.of(link);
  }

  void add(Inode inode, Link link, MetaBatch batch) {
    if (inode.links.size() < IN_THE_ROW) {
      List<Link> links = new ArrayList<>(inode.links);
      links.add(link);
      inode.links = List.copyOf(links);
      return;
    }
    // A row of an earlier version has them all.
    for (Link tooMany : inode.links.subList(IN_THE_ROW, inode.links.size())) {
      putRow(inode, tooMany, batch);
    }
    inode.links = List.copyOf(inode.links.subList(0, IN_THE_ROW));
    putRow(inode, link, batch);
  }

  private static void putRow(Inode inode, Link link, MetaBatch batch) {
    batch.put(Table.MORE_NAMES, Keys.moreName(inode.number, link), NOTHING);
    inode.moreNames++;
  }

  void remove(Inode inode, Link link, MetaBatch batch) {
    if (inode.links.contains(link)) {
      inode.links = inode.links.stream().filter(other -> !other.equals(link)).toList();
    } else {
      if (inode.moreNames == 0) {
        throw new IllegalStateException("inode " + inode.number + " has no name " + link);
      }
      batch.delete(Table.MORE_NAMES, Keys.moreName(inode.number, link));
      inode.moreNames--;
    }
  }

  /** Those with rows of their own, as the database has them now. The caller closes it. */
  Optional<MetaCursor> rows(Inode inode) {
    return inode.moreNames == 0
        ? Optional.empty()
        : Optional.of(
            metadata.cursor(
                Table.MORE_NAMES, Keys.number(inode.number), Keys.number(inode.number + 1)));
  }

  /** Some name, if there is one; under either lock. */
  Optional<Link> any(Inode inode) throws IOException {
    if (!inode.links.isEmpty() || inode.moreNames == 0) {
      return inode.links.stream().findFirst();
    }
    try (MetaCursor rows = rows(inode).orElseThrow()) {
      return rows.next() ? Optional.of(Keys.linkOf(rows.key())) : Optional.empty();
    }
  }

  /** All names; under either lock. */
  List<Link> all(Inode inode) throws IOException {
    if (inode.moreNames == 0) {
      return inode.links;
    }
    List<Link> all = new ArrayList<>(inode.links);
    try (MetaCursor rows = rows(inode).orElseThrow()) {
      while (rows.next()) {
        all.add(Keys.linkOf(rows.key()));
      }
    }
    return all;
  }
}
