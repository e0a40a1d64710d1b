package io.dotfs.hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.hub.account.HubException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.testing.TestHome;
import io.dotfs.packstream.transfer.Fetch;
import io.dotfs.packstream.transfer.FetchRequest;
import io.dotfs.packstream.transfer.Progress;
import io.dotfs.packstream.transfer.Push;
import io.dotfs.packstream.transfer.PushRequest;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.transport.RemoteUrl;
import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub over HTTPS, and clients that trust its certificate or do not. */
final class HubTlsTest {
  @TempDir private Path temporary;
  private SSLContext before;

  @BeforeEach
  void remember() throws Exception {
    before = SSLContext.getDefault();
  }

  @AfterEach
  void restore() {
    SSLContext.setDefault(before);
  }

  /** A key with a certificate that it signed itself. */
  private record Identity(KeyPair keys, X509Certificate certificate) {
    static Identity of(String algorithm, GeneralName name) throws Exception {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(algorithm.equals("EC") ? 256 : 2048);
      KeyPair keys = generator.generateKeyPair();
      X500Name subject = new X500Name("CN=hub");
      Instant now = Instant.now();
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              subject,
              BigInteger.ONE,
              Date.from(now.minus(Duration.ofHours(1))),
              Date.from(now.plus(Duration.ofHours(1))),
              subject,
              keys.getPublic());
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
      String signature = algorithm.equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
      return new Identity(
          keys,
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(new JcaContentSignerBuilder(signature).build(keys.getPrivate()))));
    }

    static Identity ofLoopback() throws Exception {
      return of("EC", new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    }

    /** What a client that trusts this certificate, and no other, goes by. */
    SSLContext trusted() throws Exception {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("hub", certificate);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    }
  }

  private Path pem(String name, Object content) throws IOException {
    Path file = temporary.resolve(name);
    try (Writer writer = Files.newBufferedWriter(file);
        JcaPEMWriter pem = new JcaPEMWriter(writer)) {
      pem.writeObject(content);
    }
    return file;
  }

  private ServerTls tls(Identity identity) throws Exception {
    return ServerTls.load(
        pem("cert.pem", identity.certificate()),
        pem("key.pem", new JcaPKCS8Generator(identity.keys().getPrivate(), null)));
  }

  private TestHub hub(Identity identity) throws Exception {
    return new TestHub(temporary.resolve("hub"), tls(identity));
  }

  private static Remote connect(TestHub hub) throws Exception {
    return Remote.open(
        RemoteUrl.parse("https://ann@127.0.0.1:" + hub.port()), hub.credentials("ann"));
  }

  @Test
  void whoTrustsTheCertificatePushesAndClones() throws Exception {
    Identity identity = Identity.ofLoopback();
    SSLContext.setDefault(identity.trusted());
    DotName dot = new DotName("ann", "shop");
    byte[] table = "a table".repeat(10_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    try (TestHub hub = hub(identity);
        TestHome ann = new TestHome(temporary.resolve("ann"));
        TestHome bob = new TestHome(temporary.resolve("bob"));
        Remote remote = connect(hub)) {
      assertThat(hub.server.address().getScheme()).isEqualTo("https");
      ObjectId tip = ann.commit("shop", "master", Map.of("table", table));
      new Push(remote, ann.dot("shop"))
          .run(PushRequest.branch(dot, "master", tip, "hub"), Progress.none());
      new Fetch(remote, bob.dot("shop"))
          .run(new FetchRequest(dot, Optional.of("master"), true, "hub"), Progress.none());
      assertThat(bob.read(tip, "table")).isEqualTo(table);
    }
  }

  @Test
  void whoDoesNotTrustTheCertificateIsToldInOneLine() throws Exception {
    try (TestHub hub = hub(Identity.ofLoopback());
        Remote remote = connect(hub)) {
      assertRefused(hub, remote);
    }
  }

  @Test
  void aTrustedCertificateOfAnotherHostIsRefused() throws Exception {
    Identity elsewhere = Identity.of("EC", new GeneralName(GeneralName.dNSName, "hub.example"));
    SSLContext.setDefault(elsewhere.trusted());
    try (TestHub hub = hub(elsewhere);
        Remote remote = connect(hub)) {
      assertRefused(hub, remote);
    }
  }

  private static void assertRefused(TestHub hub, Remote remote) {
    assertThatThrownBy(remote::listDots)
        .isInstanceOf(Unreachable.class)
        .hasMessageStartingWith("cannot reach 127.0.0.1:" + hub.port() + ": no encrypted")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void plainHttpToAnEncryptedPortIsRefused() throws Exception {
    try (TestHub hub = hub(Identity.ofLoopback());
        Remote remote = hub.connect("ann")) {
      assertThatThrownBy(remote::listDots).isInstanceOf(TransferException.class);
    }
  }

  /** As {@code openssl ecparam -genkey} and {@code openssl genrsa -traditional} write keys. */
  private static Object olderForm(KeyPair keys) throws IOException {
    if (!(keys.getPrivate() instanceof ECPrivateKey key)) {
      return keys.getPrivate();
    }
    org.bouncycastle.asn1.sec.ECPrivateKey form =
        new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1);
    return new PemObject("EC PRIVATE KEY", form.getEncoded());
  }

  @Test
  void keysInOlderFormsAreRead() throws Exception {
    for (String algorithm : new String[] {"EC", "RSA"}) {
      Identity identity =
          Identity.of(algorithm, new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
      Path key = pem("old.pem", olderForm(identity.keys()));
      assertThat(Files.readString(key)).startsWith("-----BEGIN " + algorithm + " PRIVATE KEY");
      ServerTls read = ServerTls.load(pem("cert.pem", identity.certificate()), key);
      assertThat(read.keys().getCertificate("hub")).isEqualTo(identity.certificate());
    }
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsRefusedAtTheStart() throws Exception {
    Path certificate = pem("cert.pem", Identity.ofLoopback().certificate());
    for (String algorithm : new String[] {"EC", "RSA"}) {
      Identity other = Identity.of(algorithm, new GeneralName(GeneralName.dNSName, "x"));
      assertThatThrownBy(
              () -> ServerTls.load(certificate, pem("key.pem", other.keys().getPrivate())))
          .isInstanceOf(HubException.class)
          .hasMessageContaining("key");
    }
  }
}
