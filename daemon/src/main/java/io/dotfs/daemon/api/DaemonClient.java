package io.dotfs.daemon.api;

import io.dotfs.daemon.api.ArchiveMessages.BundleCreateRequest;
import io.dotfs.daemon.api.ArchiveMessages.BundleReply;
import io.dotfs.daemon.api.ArchiveMessages.BundleTakeRequest;
import io.dotfs.daemon.api.ArchiveMessages.ExportReply;
import io.dotfs.daemon.api.ArchiveMessages.ExportRequest;
import io.dotfs.daemon.api.ArchiveMessages.ImportReply;
import io.dotfs.daemon.api.ArchiveMessages.ImportRequest;
import io.dotfs.daemon.api.BranchMessages.BranchCreateRequest;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteReply;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.BranchMessages.BranchListRequest;
import io.dotfs.daemon.api.BranchMessages.BranchRenameRequest;
import io.dotfs.daemon.api.BranchMessages.CheckoutReply;
import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.MergeReply;
import io.dotfs.daemon.api.BranchMessages.MergeRequest;
import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.BranchMessages.ResetRequest;
import io.dotfs.daemon.api.BranchMessages.RestoreReply;
import io.dotfs.daemon.api.BranchMessages.RestoreRequest;
import io.dotfs.daemon.api.BranchMessages.TagCreateRequest;
import io.dotfs.daemon.api.BranchMessages.TagDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.BranchMessages.TagListReply;
import io.dotfs.daemon.api.BranchMessages.TagListRequest;
import io.dotfs.daemon.api.DotMessages.DotDeleteRequest;
import io.dotfs.daemon.api.DotMessages.DotRenameRequest;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.ForkRequest;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import io.dotfs.daemon.api.DotMessages.ListReply;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.DotMessages.SetUpstreamRequest;
import io.dotfs.daemon.api.DotMessages.StatusReply;
import io.dotfs.daemon.api.DotMessages.StatusRequest;
import io.dotfs.daemon.api.GcMessages.GcReply;
import io.dotfs.daemon.api.GcMessages.GcRequest;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.CommitRequest;
import io.dotfs.daemon.api.HistoryMessages.DiffReply;
import io.dotfs.daemon.api.HistoryMessages.DiffRequest;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import io.dotfs.daemon.api.HistoryMessages.LogRequest;
import io.dotfs.daemon.api.HistoryMessages.ReflogReply;
import io.dotfs.daemon.api.HistoryMessages.ReflogRequest;
import io.dotfs.daemon.api.HistoryMessages.ResolveReply;
import io.dotfs.daemon.api.HistoryMessages.ResolveRequest;
import io.dotfs.daemon.api.HistoryMessages.ShowReply;
import io.dotfs.daemon.api.HistoryMessages.ShowRequest;
import io.dotfs.daemon.api.MountMessages.MountListReply;
import io.dotfs.daemon.api.MountMessages.MountListRequest;
import io.dotfs.daemon.api.MountMessages.MountReply;
import io.dotfs.daemon.api.MountMessages.MountRequest;
import io.dotfs.daemon.api.MountMessages.UnmountRequest;
import io.dotfs.daemon.api.RemoteMessages.CloneRequest;
import io.dotfs.daemon.api.RemoteMessages.FetchRequest;
import io.dotfs.daemon.api.RemoteMessages.PullRequest;
import io.dotfs.daemon.api.RemoteMessages.PushRequest;
import io.dotfs.daemon.api.RemoteMessages.RemoteListReply;
import io.dotfs.daemon.api.RemoteMessages.RemoteListRequest;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import io.dotfs.daemon.api.RemoteMessages.VerifyRequest;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.api.ServerMessages.FsckRequest;
import io.dotfs.daemon.api.ServerMessages.PingReply;
import io.dotfs.daemon.api.SigningMessages.SignRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Calls the daemon. Each call is a connection of its own, so one client may be used by many
 * threads, and a call ends early only with the process: the daemon then abandons long work.
 *
 * <p>Every method throws {@link DaemonException} with the daemon's own error, or with {@link
 * ErrorKind#DAEMON_UNREACHABLE} if nobody listens or the daemon goes away half way.
 */
public final class DaemonClient {
  /** A daemon that ends again and again under the same request is not asked for ever. */
  private static final int MAX_ATTEMPTS = 3;

  private final Path socket;
  private final Revival revival;
  private volatile boolean called;

  /** What is done when the daemon went away before it had read a request. */
  public interface Revival {
    /**
     * Sees to it that a daemon listens again; the request is then sent again.
     *
     * @param first whether no earlier call of this client can have had an effect
     */
    void revive(boolean first) throws DaemonException;
  }

  /** A client of the daemon that listens at {@code socket}; connects with the first call. */
  public DaemonClient(Path socket) {
    this(
        socket,
        first -> {
          throw nobodyAnswers(socket);
        });
  }

  /** A client that sends a request again which a dying daemon had not read. */
  public DaemonClient(Path socket, Revival revival) {
    this.socket = socket;
    this.revival = revival;
  }

  public PingReply ping() throws DaemonException {
    return call(Verb.PING, new Done(), PingReply.class);
  }

  /** Ends the daemon cleanly; returns once it has begun to. */
  public Done shutdown() throws DaemonException {
    return call(Verb.SHUTDOWN, new Done(), Done.class);
  }

  public FsckReply fsck(FsckRequest request, ProgressListener listener) throws DaemonException {
    return call(Verb.FSCK, request, FsckReply.class, listener);
  }

  public GcReply gc(GcRequest request, ProgressListener listener) throws DaemonException {
    return call(Verb.GC, request, GcReply.class, listener);
  }

  public DotSummary init(InitRequest request) throws DaemonException {
    return call(Verb.INIT, request, DotSummary.class);
  }

  public ListReply list(ListRequest request) throws DaemonException {
    return call(Verb.LIST, request, ListReply.class);
  }

  public StatusReply status(StatusRequest request) throws DaemonException {
    return call(Verb.STATUS, request, StatusReply.class);
  }

  public DotShowReply dotShow(DotShowRequest request) throws DaemonException {
    return call(Verb.DOT_SHOW, request, DotShowReply.class);
  }

  public Done dotDelete(DotDeleteRequest request) throws DaemonException {
    return call(Verb.DOT_DELETE, request, Done.class);
  }

  public DotSummary dotRename(DotRenameRequest request) throws DaemonException {
    return call(Verb.DOT_RENAME, request, DotSummary.class);
  }

  public DotSummary fork(ForkRequest request) throws DaemonException {
    return call(Verb.FORK, request, DotSummary.class);
  }

  public CommitReply commit(CommitRequest request, ProgressListener listener)
      throws DaemonException {
    return call(Verb.COMMIT, request, CommitReply.class, listener);
  }

  /** Hands over a signature that a request waits for. */
  public Done sign(SignRequest request) throws DaemonException {
    return call(Verb.SIGN, request, Done.class);
  }

  public LogReply log(LogRequest request) throws DaemonException {
    return call(Verb.LOG, request, LogReply.class);
  }

  public ShowReply show(ShowRequest request) throws DaemonException {
    return call(Verb.SHOW, request, ShowReply.class);
  }

  public DiffReply diff(DiffRequest request) throws DaemonException {
    return call(Verb.DIFF, request, DiffReply.class);
  }

  public ReflogReply reflog(ReflogRequest request) throws DaemonException {
    return call(Verb.REFLOG, request, ReflogReply.class);
  }

  public ResolveReply resolve(ResolveRequest request) throws DaemonException {
    return call(Verb.RESOLVE, request, ResolveReply.class);
  }

  public BranchListReply branchList(BranchListRequest request) throws DaemonException {
    return call(Verb.BRANCH_LIST, request, BranchListReply.class);
  }

  public BranchInfo branchCreate(BranchCreateRequest request) throws DaemonException {
    return call(Verb.BRANCH_CREATE, request, BranchInfo.class);
  }

  public BranchDeleteReply branchDelete(BranchDeleteRequest request) throws DaemonException {
    return call(Verb.BRANCH_DELETE, request, BranchDeleteReply.class);
  }

  public BranchInfo branchRename(BranchRenameRequest request) throws DaemonException {
    return call(Verb.BRANCH_RENAME, request, BranchInfo.class);
  }

  public CheckoutReply checkout(CheckoutRequest request) throws DaemonException {
    return call(Verb.CHECKOUT, request, CheckoutReply.class);
  }

  public RestoreReply restore(RestoreRequest request) throws DaemonException {
    return call(Verb.RESTORE, request, RestoreReply.class);
  }

  public ResetReply reset(ResetRequest request) throws DaemonException {
    return call(Verb.RESET, request, ResetReply.class);
  }

  public MergeReply merge(MergeRequest request, ProgressListener listener) throws DaemonException {
    return call(Verb.MERGE, request, MergeReply.class, listener);
  }

  public TagListReply tagList(TagListRequest request) throws DaemonException {
    return call(Verb.TAG_LIST, request, TagListReply.class);
  }

  public TagInfo tagCreate(TagCreateRequest request) throws DaemonException {
    return tagCreate(request, ProgressListener.NONE);
  }

  public TagInfo tagCreate(TagCreateRequest request, ProgressListener listener)
      throws DaemonException {
    return call(Verb.TAG_CREATE, request, TagInfo.class, listener);
  }

  public Done tagDelete(TagDeleteRequest request) throws DaemonException {
    return call(Verb.TAG_DELETE, request, Done.class);
  }

  public MountReply mount(MountRequest request) throws DaemonException {
    return call(Verb.MOUNT, request, MountReply.class);
  }

  public Done unmount(UnmountRequest request) throws DaemonException {
    return call(Verb.UNMOUNT, request, Done.class);
  }

  public MountListReply mountList(MountListRequest request) throws DaemonException {
    return call(Verb.MOUNT_LIST, request, MountListReply.class);
  }

  public TransferReply push(PushRequest request, ProgressListener listener) throws DaemonException {
    return call(Verb.PUSH, request, TransferReply.class, listener);
  }

  public TransferReply pull(PullRequest request, ProgressListener listener) throws DaemonException {
    return call(Verb.PULL, request, TransferReply.class, listener);
  }

  public TransferReply fetch(FetchRequest request, ProgressListener listener)
      throws DaemonException {
    return call(Verb.FETCH, request, TransferReply.class, listener);
  }

  public TransferReply cloneDot(CloneRequest request, ProgressListener listener)
      throws DaemonException {
    return call(Verb.CLONE, request, TransferReply.class, listener);
  }

  public FsckReply verify(VerifyRequest request, ProgressListener listener) throws DaemonException {
    return call(Verb.VERIFY, request, FsckReply.class, listener);
  }

  public RemoteListReply remoteList(RemoteListRequest request) throws DaemonException {
    return call(Verb.REMOTE_LIST, request, RemoteListReply.class);
  }

  public Done setUpstream(SetUpstreamRequest request) throws DaemonException {
    return call(Verb.SET_UPSTREAM, request, Done.class);
  }

  private <R extends Record> R call(Verb verb, Record request, Class<R> reply)
      throws DaemonException {
    return call(verb, request, reply, ProgressListener.NONE);
  }

  /**
   * Makes a commit from a tar.
   *
   * @throws IOException if the source fails
   */
  public ImportReply importTar(
      ImportRequest request, ByteStreams.Source source, ProgressListener listener)
      throws DaemonException, IOException {
    return withBytes(
        channel ->
            ByteCalls.upload(channel, Verb.IMPORT, request, source, ImportReply.class, listener));
  }

  /**
   * Writes a commit as a tar.
   *
   * @throws IOException if the target fails
   */
  public ExportReply exportTar(ExportRequest request, OutputStream target)
      throws DaemonException, IOException {
    return withBytes(
        channel -> ByteCalls.download(channel, Verb.EXPORT, request, target, ExportReply.class));
  }

  /**
   * Writes a bundle.
   *
   * @throws IOException if the target fails
   */
  public BundleReply bundleCreate(BundleCreateRequest request, OutputStream target)
      throws DaemonException, IOException {
    return withBytes(
        channel ->
            ByteCalls.download(channel, Verb.BUNDLE_CREATE, request, target, BundleReply.class));
  }

  /**
   * Takes or verifies a bundle.
   *
   * @throws IOException if the source fails
   */
  public BundleReply bundleTake(
      BundleTakeRequest request, ByteStreams.Source source, ProgressListener listener)
      throws DaemonException, IOException {
    return withBytes(
        channel ->
            ByteCalls.upload(
                channel, Verb.BUNDLE_TAKE, request, source, BundleReply.class, listener));
  }

  /** A call on a connection of its own that also moves bytes. */
  private interface ByteCall<R> {
    R on(SocketChannel channel) throws IOException, DaemonException, ByteCalls.OwnStreamException;
  }

  private <R> R withBytes(ByteCall<R> call) throws DaemonException, IOException {
    try {
      return connected(call);
    } catch (ByteCalls.OwnStreamException e) {
      throw e.failure();
    }
  }

  private <R extends Record> R call(
      Verb verb, Record request, Class<R> reply, ProgressListener listener) throws DaemonException {
    try {
      return connected(
          channel -> {
            send(channel, verb, request);
            return HttpAnswer.read(channel, reply, listener);
          });
    } catch (ByteCalls.OwnStreamException e) {
      throw new IllegalStateException("there is no stream", e);
    }
  }

  /**
   * A daemon that is killed or ends leaves its socket for a moment in which the kernel accepts
   * connections that nobody will read: such a request was not begun, and is made again.
   */
  private <R> R connected(ByteCall<R> call) throws DaemonException, ByteCalls.OwnStreamException {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(call);
      } catch (UnreadRequestException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw lost(e);
        }
        revival.revive(!called);
      }
    }
  }

  private <R> R attempt(ByteCall<R> call)
      throws DaemonException, ByteCalls.OwnStreamException, UnreadRequestException {
    try (SocketChannel channel = connect()) {
      boolean unread = false;
      try {
        return call.on(channel);
      } catch (UnreadRequestException e) {
        unread = true;
        throw e;
      } catch (IOException e) {
        throw lost(e);
      } finally {
        called |= !unread;
      }
    } catch (UnreadRequestException e) {
      throw e;
    } catch (IOException e) {
      throw new DaemonException(nobodyAnswers(socket).error(), e);
    }
  }

  private DaemonException lost(IOException e) {
    return new DaemonException(
        new ErrorRecord(
            ErrorKind.DAEMON_UNREACHABLE,
            "lost the connection to the daemon at " + socket + ": " + e.getMessage()),
        e);
  }

  private static DaemonException nobodyAnswers(Path socket) {
    return new DaemonException(
        ErrorKind.DAEMON_UNREACHABLE, "no daemon answers at " + socket, "dm daemon start");
  }

  private SocketChannel connect() throws IOException {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (IllegalArgumentException e) {
      throw new IOException("bad socket path " + socket, e);
    }
  }

  static void send(SocketChannel channel, Verb verb, Record request) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    RecordJson.write(body, request);
    String head =
        "POST /v1/"
            + verb.path()
            + " HTTP/1.1\r\nHost: dotfs\r\nContent-Type: application/json\r\nContent-Length: "
            + body.size()
            + "\r\nConnection: close\r\n\r\n";
    ByteBuffer message = ByteBuffer.allocate(head.length() + body.size());
    message.put(head.getBytes(StandardCharsets.US_ASCII)).put(body.toByteArray()).flip();
    try {
      while (message.hasRemaining()) {
        channel.write(message);
      }
    } catch (SocketException e) {
      throw new UnreadRequestException(e);
    }
  }
}
