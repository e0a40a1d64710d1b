package io.dotfs.packstream.transport;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.receive.DirectoryHost;
import io.dotfs.packstream.receive.DotHost;
import io.dotfs.packstream.wire.FetchQuery;
import io.dotfs.packstream.wire.FetchSelection;
import io.dotfs.packstream.wire.ListedCommit;
import io.dotfs.packstream.wire.ObjectListing;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.PushReceipt;
import io.dotfs.packstream.wire.RemoteDot;
import io.dotfs.packstream.wire.RemoteRefs;
import io.dotfs.packstream.wire.SessionId;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * The port to another store's dots: what a hub, a directory or, in tests, another store in memory
 * answers. {@code transfer.Push} and {@code transfer.Fetch} are made of these questions; a caller
 * needs only {@link #open}, {@link #listDots} and {@link #refs}.
 *
 * <p>A remote is used by one thread at a time. Everything that it answers was checked for form and
 * limits, and nothing for truth: the caller verifies every object.
 */
public interface Remote extends AutoCloseable {
  /**
   * Makes ready to talk to a remote; nothing is sent yet.
   *
   * @throws TransferException.BadUrl if this version cannot speak to such a remote
   */
  static Remote open(RemoteUrl url, Credentials credentials) throws TransferException {
    if (url instanceof RemoteUrl.Hub hub) {
      return new WireRemote(new HttpExchange(hub, credentials), credentials.user());
    }
    DotHost host = new DirectoryHost(((RemoteUrl.Directory) url).path());
    return new LocalRemote(host, credentials.user());
  }

  /** The namespace of a dot that is named without one: on a hub the user's name. */
  String defaultNamespace();

  /** The dots that this user may read, in the order of their names. */
  List<RemoteDot> listDots() throws TransferException;

  /**
   * The branches and tags of a dot.
   *
   * @throws TransferException.UnknownDot if there is none that this user may read
   */
  RemoteRefs refs(DotName dot) throws TransferException;

  /**
   * Walks the history newest first.
   *
   * @param from where to start; those that are not reachable from the dot's refs are left out
   * @param known commits that are neither listed nor walked past
   * @param limit how many to list at most, 1 to {@code WireLimits.MAX_COMMITS}
   */
  List<ListedCommit> commits(
      DotName dot, Collection<ObjectId> from, Collection<ObjectId> known, int limit)
      throws TransferException;

  /**
   * Asks which objects need not be sent: those that are reachable from the dot's refs, and those
   * that this user sent in pushes which did not get through; in both cases with all that they name.
   *
   * @param session the push for which is asked; an earlier stream of it that still hangs is ended
   * @param ids at most {@code WireLimits.MAX_HAVES}
   * @return a bit for each of {@code ids}
   */
  BitSet have(DotName dot, SessionId session, List<ObjectId> ids) throws TransferException;

  /**
   * Sends objects and moves refs. When this returns, the objects and the refs are durable there;
   * when it throws, no ref has moved (unless {@link TransferException.Unreachable}: then perhaps).
   * The dot is made if it is the user's own and not there yet.
   *
   * @param objects read to its end; each object after all those that it names
   */
  PushReceipt push(DotName dot, PushHeader header, ObjectSource objects) throws TransferException;

  /**
   * Lists what the other side would send.
   *
   * @return to be closed by the caller
   */
  ObjectListing list(DotName dot, FetchQuery query) throws TransferException;

  /**
   * Receives objects.
   *
   * @param selection what was chosen from what {@link #list} answered to the same query
   * @return the objects chosen, each after all those that it names; to be closed by the caller
   */
  ObjectSource fetch(DotName dot, FetchQuery query, FetchSelection selection)
      throws TransferException;

  /** Gives up what is held open. Does not throw. */
  @Override
  void close();
}
