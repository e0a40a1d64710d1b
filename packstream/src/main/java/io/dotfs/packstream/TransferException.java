package io.dotfs.packstream;

import io.dotfs.objectstore.object.ObjectId;
import java.util.List;
import java.util.Optional;

/**
 * Why a transfer, or a question to a remote, failed. The message is one line for the user, without
 * a prefix and with nothing in it that the other side wrote unchecked.
 *
 * <p>Nothing became visible on the receiving side unless the exception says so.
 */
public abstract sealed class TransferException extends Exception {
  private static final long serialVersionUID = 1;

  private TransferException(String message) {
    super(message);
  }

  private TransferException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The command that mends it, where there is one. */
  public Optional<String> hint() {
    return Optional.empty();
  }

  /**
   * Whether the same request may succeed at once or a little later, with nothing changed by
   * anybody.
   */
  public boolean retryMayHelp() {
    return false;
  }

  /** The key is wrong, or it is right and does not permit what was asked. */
  public static final class PermissionDenied extends TransferException {
    private static final long serialVersionUID = 1;

    /** The line for a key that is not valid. */
    public static final String WRONG_KEY =
        "Permission denied. Please check that your API key is still valid.";

    public PermissionDenied(String message) {
      super(message);
    }
  }

  /** No such dot on the remote, or none that this user may know of: the two look the same. */
  public static final class UnknownDot extends TransferException {
    private static final long serialVersionUID = 1;

    public UnknownDot(DotName dot) {
      super("no such dot on the remote: " + dot);
    }
  }

  /** The dot is there, the branch or tag is not. */
  public static final class UnknownRef extends TransferException {
    private static final long serialVersionUID = 1;

    public UnknownRef(DotName dot, String ref) {
      super("the remote's dot " + dot + " has no " + ref);
    }
  }

  /** The remote cannot be reached, or stopped answering. */
  public static final class Unreachable extends TransferException {
    private static final long serialVersionUID = 1;

    public Unreachable(String message, Throwable cause) {
      super(message, cause);
    }

    public Unreachable(String message) {
      super(message);
    }

    @Override
    public boolean retryMayHelp() {
      return true;
    }
  }

  /**
   * A commit that a push would have removed from the remote's branch.
   *
   * @param id the commit
   * @param author who made it
   * @param subject the first line of its message; control characters are replaced in both texts
   */
  public record LostCommit(ObjectId id, String author, String subject) {
    public LostCommit {
      author = printable(author);
      subject = printable(subject);
    }

    private static String printable(String text) {
      return text.replaceAll("[\\p{Cc}\\u2028\\u2029]", "?");
    }
  }

  /** The remote's branch holds commits that the pushed one does not. */
  public static final class NonFastForward extends TransferException {
    private static final long serialVersionUID = 1;
    private final String ref;
    private final transient List<LostCommit> lost;
    private final boolean more;

    /**
     * Says what would be lost.
     *
     * @param ref for example {@code heads/master}
     * @param lost the commits, newest first, as far as they are listed
     * @param more whether there are more than {@code lost}
     */
    public NonFastForward(String ref, List<LostCommit> lost, boolean more) {
      super(describe(ref, lost, more));
      this.ref = ref;
      this.lost = List.copyOf(lost);
      this.more = more;
    }

    private static String describe(String ref, List<LostCommit> lost, boolean more) {
      StringBuilder text = new StringBuilder("push refused: ");
      text.append(ref.startsWith("heads/") ? "branch " + ref.substring(6) : ref);
      text.append(
          lost.isEmpty() && !more
              ? " on the remote"
              : " on the remote has commits that would be lost:");
      for (LostCommit commit : lost.subList(0, Math.min(lost.size(), 5))) {
        text.append(' ').append(commit.id().toHex(), 0, 12);
      }
      if (more || lost.size() > 5) {
        text.append(" and more");
      } else if (lost.isEmpty()) {
        text.append(" points elsewhere");
      }
      return text.toString();
    }

    /** The ref that would have moved: {@code heads/master}. */
    public String ref() {
      return ref;
    }

    /** The commits that would be lost, newest first. */
    public List<LostCommit> lost() {
      return lost;
    }

    /** Whether more would be lost than {@link #lost} lists. */
    public boolean more() {
      return more;
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("dm pull --stash-on-divergence");
    }
  }

  /** Somebody else moved the ref meanwhile; it is as they left it. */
  public static final class RefConflict extends TransferException {
    private static final long serialVersionUID = 1;

    private final String ref;

    public RefConflict(String ref) {
      super("somebody else moved " + ref + " on the remote at the same time; nothing was changed");
      this.ref = ref;
    }

    /** The ref that did not move: {@code heads/master}. */
    public String ref() {
      return ref;
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("dm pull");
    }
  }

  /** What arrived is not what was sent; what was received before the damage is kept. */
  public static final class CorruptTransfer extends TransferException {
    private static final long serialVersionUID = 1;
    private static final String PREFIX = "the transfer was damaged on its way: ";

    public CorruptTransfer(String message) {
      super(message.startsWith(PREFIX) ? message : PREFIX + message);
    }

    @Override
    public boolean retryMayHelp() {
      return true;
    }
  }

  /**
   * What was sent is whole but names objects that were neither sent nor reachable for this user.
   */
  public static final class Incomplete extends TransferException {
    private static final long serialVersionUID = 1;
    private static final String PREFIX = "refused, because it is not complete: ";

    public Incomplete(String message) {
      super(message.startsWith(PREFIX) ? message : PREFIX + message);
    }
  }

  /** The two sides speak different versions, or what answers is no dotfs remote. */
  public static final class ProtocolMismatch extends TransferException {
    private static final long serialVersionUID = 1;

    public ProtocolMismatch(String message) {
      super(message);
    }
  }

  /** A limit of the remote (size, count, space, rate) was exceeded. */
  public static final class LimitExceeded extends TransferException {
    private static final long serialVersionUID = 1;

    public LimitExceeded(String message) {
      super(message);
    }
  }

  /** The remote reported a fault of its own. */
  public static final class RemoteFailure extends TransferException {
    private static final long serialVersionUID = 1;

    public RemoteFailure(String message) {
      super(message);
    }

    @Override
    public boolean retryMayHelp() {
      return true;
    }
  }

  /** The store on this side failed: damage, disk, or something that should be there is not. */
  public static final class LocalFailure extends TransferException {
    private static final long serialVersionUID = 1;

    public LocalFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A URL that is wrong or of a kind that this version does not speak. */
  public static final class BadUrl extends TransferException {
    private static final long serialVersionUID = 1;

    public BadUrl(String message) {
      super(message);
    }
  }
}
