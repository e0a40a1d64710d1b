package io.dotfs.hub.http;

import io.dotfs.hub.account.HubException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** A server's certificate chain and private key, from PEM files. */
public final class ServerTls {
  private static final char[] NO_PASSWORD = new char[0];
  private final KeyStore keys;

  private ServerTls(KeyStore keys) {
    this.keys = keys;
  }

  /**
   * Reads both files.
   *
   * @param certificates the server's certificate, then those that signed it
   * @param privateKey in PKCS#8 or in the older forms, not encrypted
   * @throws HubException if they cannot be read
   */
  public static ServerTls load(Path certificates, Path privateKey) throws HubException {
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, NO_PASSWORD);
      keys.setKeyEntry("hub", key(privateKey), NO_PASSWORD, chain(certificates));
      return new ServerTls(keys);
    } catch (IOException | GeneralSecurityException e) {
      throw new HubException("cannot use the TLS certificate or key: " + e.getMessage(), e);
    }
  }

  KeyStore keys() {
    return keys;
  }

  private static Certificate[] chain(Path file)
      throws IOException, GeneralSecurityException, HubException {
    List<Certificate> chain = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        if (next instanceof X509CertificateHolder certificate) {
          chain.add(new JcaX509CertificateConverter().getCertificate(certificate));
        }
      }
    }
    if (chain.isEmpty()) {
      throw new HubException("no certificate in " + file);
    }
    return chain.toArray(new Certificate[0]);
  }

  private static PrivateKey key(Path file) throws IOException, HubException {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        if (next instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (next instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    }
    throw new HubException("no unencrypted private key in " + file);
  }
}
