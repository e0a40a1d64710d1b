package io.dotfs.cli.signing;

import io.dotfs.cli.signing.SshReader.FormatException;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The user's ssh-agent, which signs with keys that it never shows (draft-ietf-sshm-ssh-agent). Each
 * question has a connection of its own.
 */
final class Agent implements Signer {
  private static final byte REQUEST_IDENTITIES = 11;
  private static final byte IDENTITIES_ANSWER = 12;
  private static final byte SIGN_REQUEST = 13;
  private static final byte SIGN_RESPONSE = 14;
  private static final int MAX_ANSWER = 256 << 10;

  private final Path socket;
  private final VerifyingKey key;

  private Agent(Path socket, VerifyingKey key) {
    this.socket = socket;
    this.key = key;
  }

  /**
   * A signer for a key that is not at hand otherwise.
   *
   * @param why what stands in the way without an agent
   * @throws SigningException if there is no agent, or it does not hold the key
   */
  static Signer signer(VerifyingKey key, Optional<Path> socket, String why)
      throws SigningException {
    if (socket.isEmpty()) {
      throw new SigningException(
          why, "ssh-add loads it into an ssh-agent, which signs (SSH_AUTH_SOCK is not set)");
    }
    Agent agent = new Agent(socket.get(), key);
    try {
      if (!agent.holdsKey()) {
        throw new SigningException(
            why + ", and the ssh-agent does not hold it", "ssh-add loads it into the agent");
      }
    } catch (IOException | FormatException e) {
      throw agent.failed(e);
    }
    return agent;
  }

  private boolean holdsKey() throws IOException, FormatException {
    SshReader answer = ask(new byte[] {REQUEST_IDENTITIES}, IDENTITIES_ANSWER);
    byte[] blob = key.blob();
    for (int left = answer.number(); left > 0; left--) {
      if (java.util.Arrays.equals(answer.bytes(), blob)) {
        return true;
      }
      answer.bytes(); // comment
    }
    return false;
  }

  @Override
  public VerifyingKey key() {
    return key;
  }

  @Override
  public byte[] sign(byte[] data) throws SigningException {
    try {
      SshReader answer =
          ask(
              new SshWriter()
                  .raw(new byte[] {SIGN_REQUEST})
                  .bytes(key.blob())
                  .bytes(data)
                  .number(0) // flags
                  .toBytes(),
              SIGN_RESPONSE);
      SshReader signature = new SshReader(answer.bytes());
      signature.text(); // type
      return signature.bytes();
    } catch (IOException | FormatException e) {
      throw failed(e);
    }
  }

  private SshReader ask(byte[] question, byte expected) throws IOException, FormatException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer out = ByteBuffer.wrap(new SshWriter().bytes(question).toBytes());
      while (out.hasRemaining()) {
        channel.write(out);
      }
      DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
      int length = in.readInt();
      if (length < 1 || length > MAX_ANSWER) {
        throw new FormatException("an answer of " + length + " bytes");
      }
      byte kind = in.readByte();
      byte[] body = new byte[length - 1];
      in.readFully(body);
      if (kind != expected) {
        throw new FormatException("it refused");
      }
      return new SshReader(body);
    }
  }

  private SigningException failed(Exception e) {
    return new SigningException(
        "the ssh-agent at " + socket + " did not sign: " + e.getMessage(), "ssh-add -l asks it");
  }
}
