package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.FileSystemException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists beside modes, as ext4 keeps them. What the kernel makes of them: native-tests/posix. */
class PosixAclTest {
  private static final byte[] ACCESS = PosixAcl.ACCESS.toBytes();
  private static final byte[] DEFAULT = PosixAcl.DEFAULT.toBytes();
  private static final int EACCES = 13;
  private static final int EINVAL = 22;
  private static final int ENODATA = 61;
  private static final int EOPNOTSUPP = 95;

  @TempDir private Path directory;
  private TestHome home;
  private Fs fs;

  @BeforeEach
  void open() throws Exception {
    home = new TestHome(directory);
    fs = home.fs("db");
  }

  @AfterEach
  void close() throws Exception {
    home.close();
  }

  /** A list as text: tag letters u, U (named), g, G, m, o, each with its permissions. */
  private static byte[] acl(String text) {
    String[] words = text.split(" ");
    ByteBuffer out =
        ByteBuffer.allocate(4 + 8 * words.length).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    for (String word : words) {
      int tag = "uUgGm.o".indexOf(word.charAt(0));
      boolean named = tag == 1 || tag == 3;
      out.putShort((short) (tag == 6 ? 32 : 1 << tag));
      out.putShort((short) Integer.parseInt(word.substring(1)));
      out.putInt(named ? 1001 : -1);
    }
    return out.array();
  }

  private void set(String path, byte[] name, byte[] value) throws FileSystemException {
    fs.view.setxattr(Fs.CONTEXT, fs.node(path), name, value, 0, false);
  }

  private byte[] get(String path, byte[] name) throws FileSystemException {
    return fs.view.getxattr(Fs.CONTEXT, fs.node(path), name);
  }

  private void has(String path, byte[] name, String text) throws FileSystemException {
    assertThat(get(path, name)).isEqualTo(acl(text));
  }

  private int mode(String path) throws FileSystemException {
    return fs.stat(path).mode & 07777;
  }

  private static void fails(int errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FileSystemException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  @Test
  void theMaskAndTheGroupsBitsAreOne() throws Exception {
    fs.put("f", "x");
    fs.chmod("f", 04600);
    set("f", ACCESS, acl("u6 U6 g0 G4 m6 o0"));
    assertThat(mode("f")).isEqualTo(04660);
    fs.chmod("f", 0741);
    has("f", ACCESS, "u7 U6 g0 G4 m4 o1");
    fs.view.removexattr(Fs.CONTEXT, fs.node("f"), ACCESS);
    assertThat(mode("f")).isEqualTo(0741);
    fails(ENODATA, () -> get("f", ACCESS));
    fs.view.removexattr(Fs.CONTEXT, fs.node("f"), ACCESS);
  }

  @Test
  void aListThatIsAModeBecomesIt() throws Exception {
    fs.put("f", "x");
    set("f", ACCESS, acl("u6 U6 g0 m6 o0"));
    set("f", ACCESS, acl("u7 g5 o1"));
    assertThat(mode("f")).isEqualTo(0751);
    fails(ENODATA, () -> get("f", ACCESS));
    // A mask alone is more than a mode says.
    set("f", ACCESS, acl("u7 g7 m5 o1"));
    assertThat(mode("f")).isEqualTo(0751);
    fs.chmod("f", 0711);
    has("f", ACCESS, "u7 g7 m1 o1");
    set("f", ACCESS, new byte[0]);
    fails(ENODATA, () -> get("f", ACCESS));
  }

  @Test
  void setGroupIdGoesWithAListOfAStrangersGroup() throws Exception {
    fs.put("f", "x");
    fs.chmod("f", 02770);
    fs.view.setxattr(Fs.CONTEXT, fs.node("f"), ACCESS, acl("u7 U7 g7 m7 o0"), 0, true);
    assertThat(mode("f")).isEqualTo(0770);
  }

  @Test
  void whatIsMadeInheritsAndTheUmaskDoesNotCount() throws Exception {
    fs.mkdir("d");
    set("d", DEFAULT, acl("u7 U7 g5 m7 o0"));
    long parent = fs.node("d");
    fs.view.mknod(Fs.CONTEXT, parent, Fs.bytes("f"), 0100666, 0, 077, new EntryReply());
    fs.view.mkdir(Fs.CONTEXT, parent, Fs.bytes("s"), 0750, 077, new EntryReply());
    fs.symlink("x", "d/l");
    assertThat(mode("d/f")).isEqualTo(0660);
    has("d/f", ACCESS, "u6 U7 g5 m6 o0");
    fails(ENODATA, () -> get("d/f", DEFAULT));
    assertThat(mode("d/s")).isEqualTo(0750);
    has("d/s", ACCESS, "u7 U7 g5 m5 o0");
    has("d/s", DEFAULT, "u7 U7 g5 m7 o0");
    fails(ENODATA, () -> get("d/l", ACCESS));
    // A list that is a mode leaves no list, and still goes before the umask.
    set("d", DEFAULT, acl("u7 g5 o1"));
    fs.view.mknod(Fs.CONTEXT, parent, Fs.bytes("g"), 0100664, 0, 077, new EntryReply());
    assertThat(mode("d/g")).isEqualTo(0640);
    fails(ENODATA, () -> get("d/g", ACCESS));
    fs.view.removexattr(Fs.CONTEXT, parent, DEFAULT);
    fs.view.mknod(Fs.CONTEXT, parent, Fs.bytes("h"), 0100664, 0, 077, new EntryReply());
    assertThat(mode("d/h")).isEqualTo(0600);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "u7 g5",
        "u7 U7 g5 o0",
        "u7 g5 G7 o0",
        "g5 u7 o0",
        "u7 u7 g5 o0",
        "u7 g5 m7 m7 o0",
        "u7 g5 U7 m7 o0",
        "u8 g5 o0",
        "u7 g5 o0 m7",
      })
  void whatIsNoListIsRefused(String text) throws Exception {
    fs.put("f", "x");
    fails(EINVAL, () -> set("f", ACCESS, acl(text)));
    assertThat(mode("f")).isEqualTo(0644);
  }

  @Test
  void sizesVersionsAndNobodyAreRefused() throws Exception {
    fs.put("f", "x");
    fs.mkdir("d");
    byte[] good = acl("u7 U7 g5 m7 o0");
    fails(EINVAL, () -> set("f", ACCESS, java.util.Arrays.copyOf(good, good.length - 1)));
    fails(EINVAL, () -> set("f", ACCESS, new byte[3]));
    byte[] nobody = good.clone();
    ByteBuffer.wrap(nobody).putInt(4 + 8 + 4, -1);
    fails(EINVAL, () -> set("f", ACCESS, nobody));
    byte[] other = good.clone();
    other[0] = 3;
    fails(EOPNOTSUPP, () -> set("f", ACCESS, other));
    fails(EACCES, () -> set("f", DEFAULT, good));
    set("f", DEFAULT, new byte[0]);
    fs.symlink("x", "l");
    fails(EOPNOTSUPP, () -> set("l", ACCESS, good));
  }

  @Test
  void commitsHoldLists() throws Exception {
    fs.mkdir("d");
    set("d", DEFAULT, acl("u7 U7 g5 m7 o0"));
    fs.put("d/f", "x");
    byte[] inherited = get("d/f", ACCESS);
    var commit = home.commit();
    set("d", DEFAULT, new byte[0]);
    Fs at = new Fs(home.trees.temporary(Optional.of(commit.id()), true).view("db"));
    assertThat(at.view.getxattr(Fs.CONTEXT, at.node("d"), DEFAULT))
        .isEqualTo(acl("u7 U7 g5 m7 o0"));
    assertThat(at.view.getxattr(Fs.CONTEXT, at.node("d/f"), ACCESS)).isEqualTo(inherited);
  }
}
