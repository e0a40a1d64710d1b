package io.dotfs.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteAddressTest {
  @ParameterizedTest
  @CsvSource({
    "me@hub.example.com,me@hub.example.com",
    "me@hub:8080,me@hub",
    "me@127.0.0.1:1,me@127.0.0.1",
    "me@[::1]:65535,me@[::1]",
    "https://me@hub.example.com:443,me@hub.example.com",
    "http://me@localhost:32607,me@localhost",
    "file:///srv/dots,file:///srv/dots",
    "file:///,file:///"
  })
  void anAddressIsKeptAsItWasWritten(String text, String display) throws Exception {
    RemoteAddress address = RemoteAddress.parse(text);
    assertThat(address.text()).isEqualTo(text);
    assertThat(address.display()).isEqualTo(display);
    assertThat(RemoteAddress.parse(address.text())).isEqualTo(address);
  }

  @Test
  void onlyHubsHaveUsers() throws Exception {
    assertThat(RemoteAddress.parse("me@hub").user()).isEqualTo(Optional.of("me"));
    assertThat(RemoteAddress.parse("file:///x").user()).isEmpty();
  }

  @Test
  void theEndOfAUrlMayHaveASlash() throws Exception {
    assertThat(RemoteAddress.parse("https://me@hub/").text()).isEqualTo("https://me@hub");
    assertThat(RemoteAddress.parse("file://localhost/x").text()).isEqualTo("file:///x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hub",
        "@hub",
        "me@",
        "me@hub:",
        "me@hub:0",
        "me@hub:65536",
        "me@hub:99999999999",
        "me@hub:x",
        "a b@hub",
        "me@hub/path",
        "me@h@b",
        "me@[::1",
        "me@[zz]",
        "https://hub",
        "https://me@hub/path",
        "https://me@hub?x",
        "ftp://me@hub",
        "file://srv/x",
        "file:x",
        "/srv/x",
        "./x",
        "../x",
        "ssh://me@host",
        "s3://bucket/x",
        "m\u001b@hub"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> RemoteAddress.parse(text)).isInstanceOf(SettingsException.class);
  }

  @Test
  void aKeyInTheAddressIsRefusedWithoutRepeatingIt() {
    assertThatThrownBy(() -> RemoteAddress.parse("https://me:sesame@hub"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("no key")
        .hasMessageNotContaining("sesame");
  }
}
