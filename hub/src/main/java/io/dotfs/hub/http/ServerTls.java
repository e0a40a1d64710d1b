package io.dotfs.hub.http;

import io.dotfs.hub.account.HubException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
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
   * @throws HubException if they cannot be read, or do not belong together
   */
  public static ServerTls load(Path certificates, Path privateKey) throws HubException {
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, NO_PASSWORD);
      PrivateKey key = key(privateKey);
      Certificate[] chain = chain(certificates);
      if (!belongTogether(key, chain[0].getPublicKey())) {
        throw new HubException("the key in " + privateKey + " is not the certificate's");
      }
      keys.setKeyEntry("hub", key, NO_PASSWORD, chain);
      return new ServerTls(keys);
    } catch (IOException | GeneralSecurityException e) {
      throw new HubException("cannot use the TLS certificate or key: " + e.getMessage(), e);
    }
  }

  /** Whether the one verifies what the other signs: nobody could connect otherwise. */
  private static boolean belongTogether(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      return false;
    }
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    byte[] text = {1, 2, 3};
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(text);
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(certified);
    verifying.update(text);
    return verifying.verify(signing.sign());
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
