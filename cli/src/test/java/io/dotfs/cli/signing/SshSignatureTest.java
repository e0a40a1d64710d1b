package io.dotfs.cli.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.cli.signing.SshReader.FormatException;
import io.dotfs.daemon.api.SigningMessages.SignatureInfo;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against keys and a signature that OpenSSH 9.2 made. */
class SshSignatureTest {
  private static final byte[] MESSAGE = "a canonical form".getBytes(StandardCharsets.UTF_8);
  private static final Instant NOW = Instant.parse("2026-11-21T20:00:00Z");

  private static String golden(String name) throws Exception {
    try (InputStream in = SshSignatureTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static Path file(String name) throws Exception {
    URL url = Objects.requireNonNull(SshSignatureTest.class.getResource(name), name);
    return Path.of(url.toURI());
  }

  private static SignatureInfo info(String text, byte[] payload) {
    return new SignatureInfo(text, Optional.of(Base64.getEncoder().encodeToString(payload)));
  }

  private static String verdict(String text, byte[] payload, String allowed) {
    AllowedSigners signers = AllowedSigners.parse(allowed, ZoneOffset.UTC);
    return Verdict.line(Verdict.on(info(text, payload), signers, NOW))
        .replaceAll("SHA256:[A-Za-z0-9+/]{43}", "KEY");
  }

  /** Ed25519 is deterministic: the same key over the same bytes makes the same text. */
  @Test
  void signsAsOpenSshDoes() throws Exception {
    Signer signer = KeyFile.open(file("golden.key"), Optional.empty());
    assertThat(Verdict.sign(signer, Base64.getEncoder().encodeToString(MESSAGE)))
        .isEqualTo(golden("golden.sig"));
    assertThat(SshSignature.parse(golden("golden.sig")).armoured()).isEqualTo(golden("golden.sig"));
  }

  @Test
  void namesWhoSigned() throws Exception {
    String sig = golden("golden.sig");
    String key = golden("golden.pub").strip();
    assertThat(verdict(sig, MESSAGE, "")).startsWith("Good signature with key KEY (not listed");
    assertThat(verdict(sig, MESSAGE, "# team\n\nann@x,bob@x " + key))
        .isEqualTo("Good signature of ann@x,bob@x with key KEY");
    assertThat(verdict(sig, MESSAGE, "ann@x " + golden("protected.pub"))).contains("not listed");
  }

  @Test
  void trustEndsWithItsOptions() throws Exception {
    String sig = golden("golden.sig");
    String key = golden("golden.pub").strip();
    for (String good :
        new String[] {
          "namespaces=\"git,dot*\"",
          "valid-after=\"20260101\"",
          "valid-after=\"20260101Z\",valid-before=\"202612312359Z\""
        }) {
      assertThat(verdict(sig, MESSAGE, "ann@x " + good + " " + key)).as(good).contains("of ann@x");
    }
    for (String bad :
        new String[] {
          "namespaces=\"git\"",
          "namespaces=\"*,!dotfs\"",
          "valid-after=\"20270101\"",
          "valid-before=\"20260101Z\"",
          "valid-before=\"soon\"",
          "cert-authority"
        }) {
      assertThat(verdict(sig, MESSAGE, "ann@x " + bad + " " + key)).as(bad).contains("not listed");
    }
  }

  @Test
  void everyAlteredBitOfTheContentIsFound() throws Exception {
    String sig = golden("golden.sig");
    for (int bit = 0; bit < MESSAGE.length * 8; bit++) {
      byte[] altered = MESSAGE.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(verdict(sig, altered, "")).as("bit " + bit).startsWith("BAD signature");
    }
  }

  @Test
  void everyAlteredBitOfTheSignatureIsFound() throws Exception {
    String[] lines = golden("golden.sig").split("\n", -1);
    StringBuilder body = new StringBuilder();
    for (int i = 1; i < lines.length - 2; i++) {
      body.append(lines[i]);
    }
    byte[] blob = Base64.getDecoder().decode(body.toString());
    AllowedSigners allowed = AllowedSigners.parse("ann " + golden("golden.pub"), ZoneOffset.UTC);
    for (int bit = 0; bit < blob.length * 8; bit++) {
      byte[] altered = blob.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      String text =
          lines[0]
              + "\n"
              + Base64.getEncoder().encodeToString(altered)
              + "\n-----END SSH SIGNATURE-----";
      assertThat(Verdict.on(info(text, MESSAGE), allowed, NOW).verdict().orElseThrow())
          .as("bit " + bit)
          .isIn("bad", "unknown");
    }
  }

  @Test
  void anotherNamespaceIsNotOurs() throws Exception {
    Signer signer = KeyFile.open(file("golden.key"), Optional.empty());
    String git = SshSignature.make(signer, "git", MESSAGE).armoured();
    assertThat(verdict(git, MESSAGE, "ann " + golden("golden.pub"))).startsWith("BAD signature");
  }

  @Test
  void whatIsNoSignatureIsSaidToBeNone() {
    assertThat(verdict("\u001b[31mGood", MESSAGE, "")).startsWith("Unknown signature");
    assertThatThrownBy(
            () ->
                SshSignature.parse(
                    "-----BEGIN SSH SIGNATURE-----\n////\n-----END SSH SIGNATURE-----"))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void aKeyThatCannotBeUsedSaysWhy(@TempDir Path dir) throws Exception {
    assertThatThrownBy(() -> KeyFile.open(dir.resolve("none"), Optional.empty()))
        .isInstanceOf(SigningException.class)
        .hasMessageStartingWith("there is no key ");
    assertThatThrownBy(() -> KeyFile.open(file("protected.key"), Optional.empty()))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("protected by a passphrase");
    assertThatThrownBy(() -> KeyFile.open(file("golden.pub"), Optional.empty()))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("private half is needed");
    assertThatThrownBy(
            () -> KeyFile.open(file("protected.pub"), Optional.of(dir.resolve("no-agent"))))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("ssh-agent");
    Path cut = dir.resolve("cut");
    String key = golden("golden.key");
    Files.writeString(cut, key.replaceFirst("\n[^\n]{40}", "\n"));
    assertThatThrownBy(() -> KeyFile.open(cut, Optional.empty()))
        .isInstanceOf(SigningException.class)
        .hasMessageStartingWith("cannot use the key in ");
    Files.writeString(cut, "anything");
    assertThatThrownBy(() -> KeyFile.open(cut, Optional.empty()))
        .isInstanceOf(SigningException.class)
        .hasMessageStartingWith("there is no OpenSSH Ed25519 key in ");
  }
}
