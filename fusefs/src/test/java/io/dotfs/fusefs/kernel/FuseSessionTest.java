package io.dotfs.fusefs.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.RequestContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the session makes of messages that no kernel of ours sends. */
@Timeout(300)
class FuseSessionTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int EINVAL = -22;
  private static final int EIO = -5;
  private static final int ENOSYS = -38;

  private static byte[] init(int major, int minor, int flags) {
    ByteBuffer payload = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    payload.putInt(major).putInt(minor).putInt(131072).putInt(flags).putInt(-1);
    return payload.array();
  }

  private static FuseSession started(SocketDevice device, MemoryFileSystem fileSystem)
      throws Exception {
    FuseSession session =
        FuseSession.start(device.sessionEnd(), fileSystem, SessionOptions.of("session-test"));
    device.send(Opcode.INIT, 0, init(7, 45, -1));
    assertThat(device.receive().error()).isZero();
    session.awaitReady(LIMIT);
    return session;
  }

  private static void end(SocketDevice device, FuseSession session) throws Exception {
    device.close();
    assertThat(session.awaitEnd(LIMIT)).isTrue();
  }

  @Test
  void agreesOnWhatBothSidesKnow() throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session =
        FuseSession.start(
            device.sessionEnd(), new MemoryFileSystem(), SessionOptions.of("session-test"));
    device.send(Opcode.INIT, 0, init(8, 0, -1));
    assertThat(device.receive().payload().getInt(0)).isEqualTo(7);
    device.send(Opcode.INIT, 0, init(7, 99, -1));
    ByteBuffer answer = device.receive().payload();
    assertThat(answer.remaining()).isEqualTo(64);
    assertThat(answer.getInt(0)).isEqualTo(7);
    assertThat(answer.getInt(4)).isEqualTo(45);
    assertThat(answer.getInt(8)).isEqualTo(131072);
    long flags = Integer.toUnsignedLong(answer.getInt(12)) | (long) answer.getInt(32) << 32;
    assertThat(flags & ProtocolFlags.EXPLICIT_INVAL_DATA).isNotZero();
    assertThat(flags & ProtocolFlags.HAS_RESEND).isNotZero();
    assertThat(flags & (1L << 12)).as("AUTO_INVAL_DATA").isZero();
    assertThat(flags & (1L << 16)).as("WRITEBACK_CACHE").isZero();
    assertThat(flags & ((1L << 1) | (1L << 10))).as("locks").isZero();
    assertThat(flags & ProtocolFlags.POSIX_ACL).isZero();
    assertThat(answer.getShort(16)).isGreaterThanOrEqualTo((short) 256);
    assertThat(answer.getInt(20)).isEqualTo(1 << 20);
    assertThat(answer.getShort(28)).isEqualTo((short) 256);
    device.send(Opcode.INIT, 0, init(7, 45, -1));
    assertThat(device.receive().error()).as("INIT is answered once").isEqualTo(EIO);
    end(device, session);
  }

  @Test
  void anOldKernelGetsWhatItOffersOnly() throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session =
        FuseSession.start(
            device.sessionEnd(), new MemoryFileSystem(), SessionOptions.of("session-test"));
    device.send(Opcode.INIT, 0, Arrays.copyOf(init(7, 31, 1), 16));
    ByteBuffer answer = device.receive().payload();
    assertThat(answer.getInt(4)).isEqualTo(31);
    assertThat(answer.getInt(12)).isEqualTo(1);
    assertThat(answer.getInt(32)).isZero();
    session.awaitReady(LIMIT);
    end(device, session);
  }

  @Test
  void aTooOldKernelIsRefusedInWords() throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session =
        FuseSession.start(
            device.sessionEnd(), new MemoryFileSystem(), SessionOptions.of("session-test"));
    device.send(Opcode.INIT, 0, Arrays.copyOf(init(7, 19, 1), 16));
    assertThat(device.receive().error()).isNegative();
    assertThatThrownBy(() -> session.awaitReady(LIMIT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("7.19");
    end(device, session);
  }

  @Test
  void unknownRequestsAreAnsweredSo() throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session = started(device, new MemoryFileSystem());
    for (int opcode : new int[] {0, 7, 19, 54, 4096, Integer.MAX_VALUE, -1}) {
      long unique = device.send(opcode, 1, new byte[32]);
      SocketDevice.Answer answer = device.receive();
      assertThat(answer.unique()).isEqualTo(unique);
      assertThat(answer.error()).isEqualTo(ENOSYS);
    }
    end(device, session);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Opcode.LOOKUP,
        Opcode.SETATTR,
        Opcode.SYMLINK,
        Opcode.MKNOD,
        Opcode.MKDIR,
        Opcode.UNLINK,
        Opcode.RMDIR,
        Opcode.RENAME,
        Opcode.RENAME2,
        Opcode.LINK,
        Opcode.OPEN,
        Opcode.READ,
        Opcode.WRITE,
        Opcode.RELEASE,
        Opcode.FSYNC,
        Opcode.SETXATTR,
        Opcode.GETXATTR,
        Opcode.LISTXATTR,
        Opcode.REMOVEXATTR,
        Opcode.FLUSH,
        Opcode.OPENDIR,
        Opcode.READDIR,
        Opcode.READDIRPLUS,
        Opcode.RELEASEDIR,
        Opcode.FSYNCDIR,
        Opcode.CREATE,
        Opcode.TMPFILE,
        Opcode.FALLOCATE,
        Opcode.LSEEK,
        Opcode.COPY_FILE_RANGE,
        Opcode.COPY_FILE_RANGE_64
      })
  void aTruncatedRequestIsInvalid(int opcode) throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session = started(device, new MemoryFileSystem());
    device.send(opcode, 1, new byte[0]);
    assertThat(device.receive().error()).isEqualTo(EINVAL);
    device.send(opcode, 1, new byte[] {'a', 'b', 'c'});
    assertThat(device.receive().error()).isEqualTo(EINVAL);
    alive(device);
    end(device, session);
  }

  @Test
  void wrongLengthsAreAnError() throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session = started(device, new MemoryFileSystem());
    device.send(Opcode.GETATTR, 1, new byte[16], 41, 0);
    assertThat(device.receive().error()).isEqualTo(EIO);
    device.send(Opcode.GETATTR, 1, new byte[16], 56, 3);
    assertThat(device.receive().error()).isEqualTo(EIO);
    device.sendRaw(new byte[39]);
    alive(device);
    ByteBuffer write = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    for (int size : new int[] {9, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      write.putInt(16, size);
      device.send(Opcode.WRITE, 1, write.array());
      assertThat(device.receive().error()).isEqualTo(EINVAL);
    }
    ByteBuffer read = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    for (int size : new int[] {-1, (1 << 20) + 1, Integer.MAX_VALUE}) {
      read.putInt(16, size);
      device.send(Opcode.READ, 1, read.array());
      assertThat(device.receive().error()).isEqualTo(EINVAL);
    }
    alive(device);
    end(device, session);
  }

  @Test
  void namesThatAreNoneAreInvalid() throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session = started(device, new MemoryFileSystem());
    for (String name : new String[] {"\0", ".\0", "..\0", "a/b\0", "/\0", "no-end"}) {
      device.send(Opcode.LOOKUP, 1, name.getBytes(StandardCharsets.US_ASCII));
      assertThat(device.receive().error()).as(name).isEqualTo(EINVAL);
    }
    end(device, session);
  }

  @Test
  void rubbishNeverEndsTheLoop() throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session = started(device, new MemoryFileSystem());
    Random random = new Random(20240607);
    for (int i = 0; i < 3000; i++) {
      byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? 70_000 : 120)];
      if (random.nextBoolean()) {
        random.nextBytes(payload);
      }
      int opcode = 1 + random.nextInt(53);
      boolean silent =
          opcode == Opcode.FORGET
              || opcode == Opcode.BATCH_FORGET
              || opcode == Opcode.NOTIFY_REPLY
              || (opcode == Opcode.INTERRUPT && payload.length < 8);
      device.send(opcode, random.nextInt(4), payload);
      if (!silent) {
        device.receive();
      }
    }
    alive(device);
    end(device, session);
  }

  @Test
  void aSupplementaryGroupIsPassedOn() throws Exception {
    AtomicInteger group = new AtomicInteger();
    MemoryFileSystem fileSystem =
        new MemoryFileSystem() {
          @Override
          public void mkdir(
              RequestContext context,
              long parent,
              byte[] name,
              int mode,
              int umask,
              EntryReply reply)
              throws FileSystemException {
            group.set(context.supplementaryGroup());
            super.mkdir(context, parent, name, mode, umask, reply);
          }
        };
    SocketDevice device = new SocketDevice();
    FuseSession session = started(device, fileSystem);
    ByteBuffer mkdir = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
    mkdir.putInt(0755).putInt(0).put("d\0".getBytes(StandardCharsets.US_ASCII)).position(12);
    mkdir.putInt(16).putInt(32).putInt(1).putInt(4711);
    device.send(Opcode.MKDIR, 1, mkdir.array(), 68, 2);
    assertThat(device.receive().error()).isZero();
    assertThat(group).hasValue(4711);
    mkdir.put(8, (byte) 'e').putInt(12, 4000);
    device.send(Opcode.MKDIR, 1, mkdir.array(), 68, 2);
    assertThat(device.receive().error()).isZero();
    assertThat(group).as("an extension that ends beyond the message").hasValue(-1);
    device.send(Opcode.MKDIR, 1, "12345678f\0".getBytes(StandardCharsets.US_ASCII));
    assertThat(device.receive().error()).isZero();
    assertThat(group).hasValue(-1);
    end(device, session);
  }

  @Test
  void anInterruptOfAnUnknownRequestIsToBeTriedAgain() throws Exception {
    SocketDevice device = new SocketDevice();
    FuseSession session = started(device, new MemoryFileSystem());
    ByteBuffer payload = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(77);
    device.send(Opcode.INTERRUPT, 0, payload.array());
    assertThat(device.receive().error()).isEqualTo(-11);
    end(device, session);
  }

  @Test
  void theFileSystemIsToldOfTheEndOnceAndOnlyIfItWasToldOfTheBeginning() throws Exception {
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    SocketDevice device = new SocketDevice();
    FuseSession session = started(device, fileSystem);
    end(device, session);
    assertThat(fileSystem.unmountedLatch().getCount()).isZero();
    MemoryFileSystem never = new MemoryFileSystem();
    SocketDevice other = new SocketDevice();
    FuseSession unused =
        FuseSession.start(other.sessionEnd(), never, SessionOptions.of("session-test"));
    end(other, unused);
    assertThat(never.unmountedLatch().getCount()).isEqualTo(1);
    assertThatThrownBy(() -> unused.awaitReady(LIMIT)).isInstanceOf(IOException.class);
  }

  private static void alive(SocketDevice device) {
    device.send(Opcode.GETATTR, 1, new byte[16]);
    SocketDevice.Answer answer = device.receive();
    assertThat(answer.error()).isZero();
    assertThat(answer.payload().remaining()).isEqualTo(104);
  }
}
