package io.dotfs.daemon.dots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FullNameTest {
  @Test
  void allPartsAreRead() throws DaemonException {
    assertThat(FullName.parse("me/shop@dev.db-1"))
        .isEqualTo(new FullName(new DotId("me", "shop"), Optional.of("dev"), Optional.of("db-1")));
  }

  @Test
  void theNamespaceIsAdminAndTheRestMayBeAbsent() throws DaemonException {
    assertThat(FullName.parse("shop"))
        .isEqualTo(new FullName(new DotId("admin", "shop"), Optional.empty(), Optional.empty()));
    assertThat(new DotId("admin", "shop").display()).isEqualTo("shop");
    assertThat(new DotId("me", "shop").display()).isEqualTo("me/shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "a/b/c",
        "/a",
        "a/",
        "a@",
        "a.",
        ".a",
        "@b",
        "a.b.c",
        "a@b@c",
        "ä",
        "a\n",
        "..",
        "../x",
        "a;b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void everythingElseIsInvalid(String text) {
    assertThatThrownBy(() -> FullName.parse(text))
        .isInstanceOfSatisfying(
            DaemonException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_NAME))
        .hasMessageStartingWith("invalid dot name");
  }
}
