package io.dotfs.cli.command;

import io.dotfs.cli.settings.Setting;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.cli.signing.AllowedSigners;
import io.dotfs.cli.signing.KeyFile;
import io.dotfs.cli.signing.Signer;
import io.dotfs.cli.signing.SigningException;
import io.dotfs.cli.signing.Verdict;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.HistoryMessages.CommitInfo;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.SigningMessages.SignRequest;
import io.dotfs.daemon.api.SigningMessages.SignatureWanted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The user's key and the user's list of allowed signers. Both are read here, in the user's own
 * process: the daemon may be another user's.
 */
final class Signing {
  private Signing() {}

  /**
   * Reads the key to sign with, so that one that cannot be used stops a command before it begins.
   *
   * @param file as {@code --sign=FILE} says it; empty: the setting's, or {@code ~/.ssh/id_ed25519}
   */
  static Signer key(Session session, String file) throws CommandException, SettingsException {
    Optional<String> named =
        file.isEmpty() ? session.settings().value(Setting.SIGNING_KEY) : Optional.of(file);
    Path path = named.map(session::userFile).orElse(session.userHome().resolve(".ssh/id_ed25519"));
    String agent = session.environment("SSH_AUTH_SOCK");
    try {
      return KeyFile.open(path, agent.isEmpty() ? Optional.empty() : Optional.of(Path.of(agent)));
    } catch (SigningException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e.hint());
    }
  }

  /** Listens to a request that may want a signature. For one request, on its thread. */
  static final class Listener implements ProgressListener {
    private final Session session;
    private final ProgressListener progress;
    private final Optional<Signer> signer;
    private Optional<SigningException> failure = Optional.empty();

    Listener(Session session, ProgressListener progress, Optional<Signer> signer) {
      this.session = session;
      this.progress = progress;
      this.signer = signer;
    }

    @Override
    public void progress(Progress step) {
      progress.progress(step);
    }

    @Override
    public void wanted(SignatureWanted signature) throws DaemonException {
      if (signer.isEmpty()) {
        ProgressListener.super.wanted(signature);
        return;
      }
      Optional<String> made = Optional.empty();
      try {
        made = Optional.of(Verdict.sign(signer.get(), signature.payload()));
      } catch (SigningException e) {
        failure = Optional.of(e);
      }
      session.daemon().sign(new SignRequest(signature.token(), made));
    }

    /** Says why the request failed, where it was for want of a signature. */
    CommandException explain(DaemonException refusal) throws DaemonException {
      if (failure.isEmpty()) {
        throw refusal;
      }
      SigningException reason = failure.get();
      return CommandException.failed(String.valueOf(reason.getMessage()), reason.hint());
    }
  }

  /** Whose signatures are trusted; nobody's where no list is set. */
  static AllowedSigners allowed(Session session) throws CommandException, SettingsException {
    Optional<Path> file =
        session.settings().value(Setting.SIGNING_ALLOWED_SIGNERS).map(session::userFile);
    if (file.isEmpty()) {
      return AllowedSigners.NONE;
    }
    try {
      byte[] bytes = Files.readAllBytes(file.get());
      return AllowedSigners.parse(
          new String(bytes, StandardCharsets.UTF_8), ZoneId.systemDefault());
    } catch (IOException e) {
      String reason =
          e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
      throw CommandException.failed(
          "cannot read the allowed signers in " + file.get() + ": " + reason,
          "dm config signing.allowedSigners FILE");
    }
  }

  /** The commit, with a verdict on its signature if it has one. */
  static CommitInfo judged(CommitInfo commit, AllowedSigners allowed) {
    return commit
        .signature()
        .map(
            signature ->
                commit.withSignature(
                    Verdict.on(signature, allowed, Instant.ofEpochSecond(commit.timeSeconds()))))
        .orElse(commit);
  }

  /** The tag, with a verdict on its signature if it has one. */
  static TagInfo judged(TagInfo tag, AllowedSigners allowed) {
    return tag.signature()
        .map(signature -> tag.withSignature(Verdict.on(signature, allowed, Instant.now())))
        .orElse(tag);
  }
}
