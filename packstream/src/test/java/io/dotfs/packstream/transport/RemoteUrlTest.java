package io.dotfs.packstream.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.packstream.TransferException.BadUrl;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RemoteUrlTest {
  @ParameterizedTest
  @CsvSource({
    "me@hub.example.org, https://hub.example.org:32607, me",
    "me@hub.example.org:80, https://hub.example.org:80, me",
    "me@localhost, http://localhost:32607, me",
    "me@127.0.0.1:99, http://127.0.0.1:99, me",
    "me@127.evil.example.org, https://127.evil.example.org:32607, me",
    "me@[::1]:99, http://[::1]:99, me",
    "me@[2001:db8::1], https://[2001:db8::1]:32607, me",
    "https://me@hub.example.org/, https://hub.example.org:32607, me",
    "HTTP://me@hub.example.org:8080, http://hub.example.org:8080, me",
    "http://hub.example.org, http://hub.example.org:32607, ''",
  })
  void hubs(String text, String base, String user) throws Exception {
    RemoteUrl url = RemoteUrl.parse(text);
    assertThat(url).isInstanceOf(RemoteUrl.Hub.class);
    assertThat(((RemoteUrl.Hub) url).base()).hasToString(base);
    assertThat(url.user().orElse("")).isEqualTo(user);
    assertThat(RemoteUrl.parse(url.text())).isEqualTo(url);
  }

  @Test
  void directories() throws Exception {
    RemoteUrl url = RemoteUrl.parse("file:///srv/dots/../dots");
    assertThat(url).isEqualTo(new RemoteUrl.Directory(Path.of("/srv/dots")));
    assertThat(RemoteUrl.parse(url.text())).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hub",
        "hub:99",
        "@hub",
        "me@",
        "me@hub:0",
        "me@hub:65536",
        "me@hub:x",
        "me@hub/path",
        "me@hub?x=1",
        "https://hub/path",
        "me you@hub",
        "file://host/path",
        "file://relative",
        "ftp://me@hub",
        "../me@hub",
      })
  void nonsense(String text) {
    assertThatThrownBy(() -> RemoteUrl.parse(text))
        .isInstanceOf(BadUrl.class)
        .hasMessageContaining("remote's URL");
  }

  @Test
  void aKeyInAUrlIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> RemoteUrl.parse("me:dm_secret@hub"))
        .isInstanceOf(BadUrl.class)
        .hasMessageContaining("API key")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("dm_secret"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh://me@host/dots", "s3://bucket/prefix?endpoint=http://x"})
  void whatComesLater(String text) {
    assertThatThrownBy(() -> RemoteUrl.parse(text))
        .isInstanceOf(BadUrl.class)
        .hasMessageContaining("not supported yet by this version");
  }

  @Test
  void credentialsDoNotShowTheKey() {
    assertThat(Credentials.of("me", "dm_secret").toString()).doesNotContain("secret");
  }
}
