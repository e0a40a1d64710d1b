package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cookies lead back to their entries, and a long listing takes little memory. */
class DirectoryHandleTest {
  private static final int NAMES = 100_000;

  private static byte[] name(int i) {
    return Fs.bytes(String.format("name-%07d", i));
  }

  /** The entry that a listing finds behind a cookie, where nothing came or went. */
  private static int following(DirectoryHandle handle, long cookie) {
    DirectoryHandle.Position position = handle.after(cookie);
    if (position.name().length == 0) {
      return position.skip();
    }
    String text = new String(position.name(), java.nio.charset.StandardCharsets.UTF_8);
    return Integer.parseInt(text.substring(5)) + 1 + position.skip();
  }

  private static List<Long> listAll(DirectoryHandle handle) {
    List<Long> cookies = new ArrayList<>();
    long at = DirectoryHandle.DOT_DOT;
    for (int i = 0; i < NAMES; i++) {
      at = handle.cookieAfter(at, name(i));
      cookies.add(at);
    }
    return cookies;
  }

  @Test
  void eachCookieLeadsBehindItsEntry() {
    DirectoryHandle handle = new DirectoryHandle(7);
    List<Long> cookies = listAll(handle);
    assertThat(cookies).doesNotHaveDuplicates();
    for (int i = 0; i < NAMES; i++) {
      assertThat(following(handle, cookies.get(i))).isEqualTo(i + 1);
    }
    assertThat(following(handle, DirectoryHandle.DOT_DOT)).isZero();
  }

  @Test
  void aSecondPassLeavesTheFirstOnesCookiesTrue() {
    DirectoryHandle handle = new DirectoryHandle(7);
    List<Long> first = listAll(handle);
    List<Long> second = listAll(handle);
    for (int i = 0; i < NAMES; i += 97) {
      assertThat(following(handle, first.get(i))).isEqualTo(i + 1);
      assertThat(following(handle, second.get(i))).isEqualTo(i + 1);
    }
  }

  @Test
  void aShortListingReadAgainHasTheSameCookies() {
    DirectoryHandle handle = new DirectoryHandle(7);
    long first = handle.cookieAfter(DirectoryHandle.DOT_DOT, name(0));
    long second = handle.cookieAfter(first, name(1));
    assertThat(handle.cookieAfter(DirectoryHandle.DOT_DOT, name(0))).isEqualTo(first);
    assertThat(handle.cookieAfter(first, name(1))).isEqualTo(second);
    assertThat(handle.kept()).isLessThan(5);
  }

  @Test
  void fewNamesAreKept() {
    DirectoryHandle handle = new DirectoryHandle(7);
    listAll(handle);
    assertThat(handle.kept())
        .isLessThan(DirectoryHandle.RECENT + NAMES / DirectoryHandle.STRIDE + 10);
  }
}
