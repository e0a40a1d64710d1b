package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.SigningMessages.SignRequest;
import io.dotfs.daemon.api.SigningMessages.SignatureInfo;
import io.dotfs.daemon.api.SigningMessages.SignatureWanted;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.fusefs.commit.CommitSigner;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.Commit;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Has clients sign what their requests are about to store. No key ever comes here: what is to be
 * signed goes to the client that asked, which answers by the token that it was told. Thread safe.
 */
public final class Signatures {
  private static final String ARMOUR = "-----BEGIN SSH SIGNATURE-----";

  private final SecureRandom random;
  private final Duration patience;
  private final Map<String, CompletableFuture<Optional<String>>> waiting =
      new ConcurrentHashMap<>();

  /**
   * None are waited for yet.
   *
   * @param patience how long a client may take to sign
   */
  public Signatures(SecureRandom random, Duration patience) {
    this.random = random;
    this.patience = patience;
  }

  /** A request was not signed; nothing was stored. */
  static final class UnsignedException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient DaemonException reason;

    UnsignedException(DaemonException reason) {
      super(reason.getMessage(), reason);
      this.reason = reason;
    }

    DaemonException reason() {
      return reason;
    }
  }

  /** Signs by asking the client behind {@code client}; throws {@link UnsignedException}. */
  CommitSigner signer(ProgressSink client) {
    return payload -> Optional.of(ask(payload, client));
  }

  private ByteName ask(ByteBuffer payload, ProgressSink client)
      throws IOException, InterruptedException {
    byte[] secret = new byte[16];
    random.nextBytes(secret);
    String token = HexFormat.of().formatHex(secret);
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    waiting.put(token, answer);
    try {
      client.wanted(new SignatureWanted(token, base64(payload)));
      return checked(
          answer
              .get(patience.toMillis(), TimeUnit.MILLISECONDS)
              .orElseThrow(() -> new DaemonException(ErrorKind.CANCELLED, "it was not signed")));
    } catch (DaemonException e) {
      throw new UnsignedException(e);
    } catch (TimeoutException e) {
      throw new UnsignedException(
          new DaemonException(
              ErrorKind.CANCELLED, "no signature came within " + patience.toSeconds() + " s"));
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer is never completed with a failure", e);
    } finally {
      waiting.remove(token);
    }
  }

  /** Not whether it is right, which the client knows, but that it is one that can be read. */
  private static ByteName checked(String text) throws DaemonException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (!text.startsWith(ARMOUR) || bytes.length > Commit.MAX_SIGNATURE_BYTES) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, "that is not an armoured SSH signature");
    }
    return ByteName.of(bytes);
  }

  /** Takes what a client answers. */
  public Done sign(SignRequest request) throws DaemonException {
    CompletableFuture<Optional<String>> answer = waiting.remove(request.token());
    if (answer == null) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, "nothing waits for this signature");
    }
    answer.complete(request.signature());
    return new Done();
  }

  /** What a client is told of a stored signature; {@code payload} is what it should be over. */
  static SignatureInfo info(ByteName signature, Optional<ByteBuffer> payload) {
    return new SignatureInfo(
        new String(signature.toBytes(), StandardCharsets.UTF_8), payload.map(Signatures::base64));
  }

  private static String base64(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
