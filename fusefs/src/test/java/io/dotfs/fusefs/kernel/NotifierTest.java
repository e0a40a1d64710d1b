package io.dotfs.fusefs.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the notifier writes; a socket takes the place of the kernel. */
@Timeout(300)
class NotifierTest {
  private final SocketDevice device = new SocketDevice();

  @AfterEach
  void hangUp() {
    device.close();
    DeviceCalls.LIBC.close(device.sessionEnd());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void waitingInvalidationsOfAnInodeAreMerged() throws Exception {
    Notifier notifier = new Notifier("test", device.sessionEnd(), 10, Optional.empty());
    notifier.invalidateInode(5, 1000, 100);
    notifier.invalidateInode(5, -1, 0);
    notifier.invalidateInode(5, 4000, 500);
    notifier.invalidateInode(6, -1, 0);
    notifier.start();
    notifier.awaitDelivery();
    ByteBuffer first = device.receive().payload();
    assertThat(first.getLong(0)).isEqualTo(5);
    assertThat(first.getLong(8)).isEqualTo(1000);
    assertThat(first.getLong(16)).isEqualTo(3500);
    SocketDevice.Answer second = device.receive();
    assertThat(second.unique()).isZero();
    assertThat(second.error()).isEqualTo(Opcode.NOTIFY_INVAL_INODE);
    assertThat(second.payload().getLong(0)).isEqualTo(6);
    assertThat(second.payload().getLong(8)).isEqualTo(-1);
    notifier.close();
  }

  @Test
  void tooManyNamesBecomeAllNames() throws Exception {
    Notifier notifier = new Notifier("test", device.sessionEnd(), 2, Optional.empty());
    for (String name : new String[] {"a", "b", "a", "b"}) {
      notifier.invalidateEntry(9, bytes(name));
    }
    notifier.start();
    notifier.awaitDelivery();
    SocketDevice.Answer answer = device.receive();
    assertThat(answer.error()).isEqualTo(Opcode.NOTIFY_INVAL_ENTRY);
    assertThat(answer.payload().getLong(0)).isEqualTo(9);
    assertThat(answer.payload().getInt(8)).isEqualTo(1);
    assertThat(answer.payload().get(16)).isEqualTo((byte) 'a');
    assertThat(answer.payload().get(17)).isZero();
    assertThat(device.receive().payload().get(16)).isEqualTo((byte) 'b');
    notifier.invalidateAllNames();
    notifier.invalidateEntry(9, bytes("c"));
    notifier.awaitDelivery();
    answer = device.receive();
    assertThat(answer.error()).isEqualTo(Opcode.NOTIFY_INC_EPOCH);
    assertThat(answer.payload().remaining()).isZero();
    notifier.close();
  }

  @Test
  void whereTheKernelKnowsNoEpochsTheNamesBelowTheRootAreDropped() throws Exception {
    NameLedger ledger = new NameLedger(2);
    assertThat(ledger.note(bytes("x"))).isTrue();
    assertThat(ledger.note(bytes("x"))).isTrue();
    assertThat(ledger.note(bytes("y"))).isTrue();
    assertThat(ledger.note(bytes("z"))).as("no room: the kernel may not keep it").isFalse();
    Notifier notifier = new Notifier("test", device.sessionEnd(), 10, Optional.of(ledger));
    notifier.start();
    notifier.invalidateAllNames();
    notifier.awaitDelivery();
    String names = "";
    for (int i = 0; i < 2; i++) {
      SocketDevice.Answer answer = device.receive();
      assertThat(answer.error()).isEqualTo(Opcode.NOTIFY_INVAL_ENTRY);
      assertThat(answer.payload().getLong(0)).isEqualTo(1);
      names += (char) answer.payload().get(16);
    }
    assertThat(names).isIn("xy", "yx");
    assertThat(ledger.note(bytes("z"))).isTrue();
    notifier.close();
  }

  @Test
  void afterTheEndNothingHappens() throws Exception {
    Notifier notifier = new Notifier("test", device.sessionEnd(), 10, Optional.empty());
    notifier.start();
    notifier.close();
    notifier.invalidateAllNames();
    notifier.invalidateEntry(1, bytes("a"));
    notifier.invalidateInode(1, 0, 0);
    notifier.awaitDelivery();
  }
}
