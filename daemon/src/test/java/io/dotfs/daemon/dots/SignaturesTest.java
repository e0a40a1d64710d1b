package io.dotfs.daemon.dots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.SigningMessages.SignRequest;
import io.dotfs.daemon.api.SigningMessages.SignatureWanted;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.objectstore.object.ByteName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignaturesTest {
  private static final String ARMOURED = "-----BEGIN SSH SIGNATURE-----\nAAAA\n";

  private final Signatures signatures = new Signatures(new SecureRandom(), Duration.ofMillis(50));

  /** A client that does something when it is asked to sign. */
  private abstract static class Client implements ProgressSink {
    @Override
    public void progress(Progress progress) {
      throw new AssertionError("no progress was expected");
    }

    @Override
    public abstract void wanted(SignatureWanted signature) throws DaemonException;
  }

  private Optional<ByteName> ask(Client client) throws Exception {
    return signatures
        .signer(client)
        .sign(ByteBuffer.wrap("payload".getBytes(StandardCharsets.US_ASCII)));
  }

  private Client answering(Optional<String> signature) {
    return new Client() {
      @Override
      public void wanted(SignatureWanted wanted) throws DaemonException {
        assertThat(wanted.payload()).isEqualTo("cGF5bG9hZA==");
        signatures.sign(new SignRequest(wanted.token(), signature));
      }
    };
  }

  @Test
  void theClientsAnswerIsKept() throws Exception {
    assertThat(ask(answering(Optional.of(ARMOURED)))).contains(ByteName.of(ARMOURED));
  }

  @Test
  void withoutASignatureThereIsNoCommit() {
    assertThatThrownBy(() -> ask(answering(Optional.empty())))
        .isInstanceOf(Signatures.UnsignedException.class)
        .hasMessage("it was not signed");
    assertThatThrownBy(() -> ask(answering(Optional.of("anything"))))
        .isInstanceOf(Signatures.UnsignedException.class)
        .hasMessage("that is not an armoured SSH signature");
  }

  @Test
  void aClientThatStaysSilentIsNotWaitedForForEver() {
    Client silent =
        new Client() {
          @Override
          public void wanted(SignatureWanted wanted) {
            assertThat(wanted.token()).hasSize(32);
          }
        };
    assertThatThrownBy(() -> ask(silent))
        .isInstanceOf(Signatures.UnsignedException.class)
        .hasMessageContaining("no signature came");
  }

  @Test
  void anAnswerCountsOnceAndOnlyWithItsToken() throws Exception {
    Client twice =
        new Client() {
          @Override
          public void wanted(SignatureWanted wanted) throws DaemonException {
            SignRequest answer = new SignRequest(wanted.token(), Optional.of(ARMOURED));
            assertThatThrownBy(
                    () -> signatures.sign(new SignRequest("0".repeat(32), answer.signature())))
                .isInstanceOf(DaemonException.class);
            signatures.sign(answer);
            assertThatThrownBy(() -> signatures.sign(answer)).isInstanceOf(DaemonException.class);
          }
        };
    assertThat(ask(twice)).contains(ByteName.of(ARMOURED));
  }
}
