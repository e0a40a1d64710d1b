package io.dotfs.objectstore.ref;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/..",
        "a/../b",
        "a/.b",
        ".git/x",
        "a b",
        "a\\b",
        "a\u0000b",
        "a\nb",
        "a:b",
        "a*",
        "a%2fb",
        "\u00e9",
        "heads/m.lock",
        "m.lock/x",
        "C:/x",
        "~/x",
        "a/\u2024\u2024/b"
      })
  void namesThatCouldLeadAnywhereElseAreRefused(String name) {
    assertThat(RefName.isValid(name)).isFalse();
    assertThatThrownBy(() -> new RefName(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "dots/admin/shop/heads/master", "a..b", "m-DIVERGED-2026", "@", "-x"})
  void namesOfOrdinaryPartsAreTaken(String name) {
    assertThat(new RefName(name).value()).isEqualTo(name);
  }

  @Test
  void lengthIsLimited() {
    assertThat(RefName.isValid("x".repeat(RefName.MAX_LENGTH))).isTrue();
    assertThat(RefName.isValid("x".repeat(RefName.MAX_LENGTH + 1))).isFalse();
    assertThat(RefName.isValid("x/".repeat(RefName.MAX_LENGTH / 2 - 1) + "x")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"two\nlines", "bell\u0007", "half a pair \ud83d", "\u0085"})
  void aReasonIsOneLineOfText(String reason) {
    assertThatThrownBy(() -> RefUpdate.create(new RefName("a"), RefStoreContract.id(1), reason))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
