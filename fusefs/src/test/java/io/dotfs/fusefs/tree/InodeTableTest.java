package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InodeTableTest {
  private static final long NUMBER = 77;

  /** Two threads may find the same victim; what the second has is no longer what is there. */
  @Test
  void whoComesTooLateTakesNothingThatCameBack() {
    InodeTable table = new InodeTable(0);
    Inode victim = new Inode(NUMBER);
    table.insert(victim, 1);
    assertThat(table.release(victim, 1)).isTrue();
    assertThat(table.victim(NUMBER)).isSameAs(victim);
    assertThat(table.removeIfUnreferenced(victim)).isTrue();

    Inode again = new Inode(NUMBER);
    table.insert(again, 1);
    assertThat(table.unreferenced(victim)).isFalse();
    assertThat(table.removeIfUnreferenced(victim)).isFalse();
    assertThat(table.find(NUMBER, 0)).isSameAs(again);

    table.release(again, 1);
    assertThat(table.unreferenced(victim)).isFalse();
    assertThat(table.removeIfUnreferenced(victim)).isFalse();
    assertThat(table.removeIfUnreferenced(again)).isTrue();
    assertThat(table.removeIfUnreferenced(again)).isFalse();
  }

  @Test
  void withoutRoomWhatNobodyRefersToIsAVictimThoughItWasUsedOfLate() {
    Inode held = new Inode(NUMBER);
    Inode free = new Inode(NUMBER + 64);
    InodeTable none = new InodeTable(0);
    InodeTable some = new InodeTable(64);
    for (InodeTable table : new InodeTable[] {none, some}) {
      table.insert(held, 1);
      table.insert(free, 0);
    }
    assertThat(none.victim(NUMBER)).isSameAs(free);
    assertThat(some.victim(NUMBER)).as("first it is spared").isNull();
  }
}
