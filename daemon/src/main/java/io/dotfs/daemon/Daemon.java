package io.dotfs.daemon;

import io.dotfs.daemon.api.ArchiveMessages;
import io.dotfs.daemon.api.BranchMessages;
import io.dotfs.daemon.api.BranchMessages.CheckoutReply;
import io.dotfs.daemon.api.BranchMessages.MergeReply;
import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.DotMessages;
import io.dotfs.daemon.api.GcMessages;
import io.dotfs.daemon.api.HistoryMessages;
import io.dotfs.daemon.api.MountMessages;
import io.dotfs.daemon.api.RemoteMessages;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import io.dotfs.daemon.api.ServerMessages;
import io.dotfs.daemon.api.ServerMessages.PingReply;
import io.dotfs.daemon.api.SigningMessages;
import io.dotfs.daemon.api.Verb;
import io.dotfs.daemon.control.ControlServer;
import io.dotfs.daemon.control.Failures;
import io.dotfs.daemon.control.StillBusyException;
import io.dotfs.daemon.docker.DockerPlaces;
import io.dotfs.daemon.docker.DotVolumes;
import io.dotfs.daemon.docker.Engine;
import io.dotfs.daemon.docker.VolumePlugin;
import io.dotfs.daemon.docker.VolumeSources;
import io.dotfs.daemon.dots.Author;
import io.dotfs.daemon.dots.BranchVerbs;
import io.dotfs.daemon.dots.BundleVerbs;
import io.dotfs.daemon.dots.CheckoutVerbs;
import io.dotfs.daemon.dots.CommitVerb;
import io.dotfs.daemon.dots.ContainerPause;
import io.dotfs.daemon.dots.Containers;
import io.dotfs.daemon.dots.DiffVerbs;
import io.dotfs.daemon.dots.DotHome;
import io.dotfs.daemon.dots.DotVerbs;
import io.dotfs.daemon.dots.ExportVerb;
import io.dotfs.daemon.dots.FsckVerb;
import io.dotfs.daemon.dots.GcVerb;
import io.dotfs.daemon.dots.HistoryVerbs;
import io.dotfs.daemon.dots.ImportVerb;
import io.dotfs.daemon.dots.MergeVerb;
import io.dotfs.daemon.dots.MountVerbs;
import io.dotfs.daemon.dots.NameVerbs;
import io.dotfs.daemon.dots.RemoteVerbs;
import io.dotfs.daemon.dots.Signatures;
import io.dotfs.daemon.dots.VerifyVerb;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.Identity;
import io.dotfs.daemon.mounts.RootDirectories;
import io.dotfs.fusefs.commit.Committer;
import io.dotfs.fusefs.flush.Flusher;
import io.dotfs.fusefs.mount.Mounter;
import io.dotfs.fusefs.overlay.Home;
import io.dotfs.fusefs.tree.WorkingTrees;
import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The per-host server of one home: opens it, brings back its mounts, answers on its socket, and
 * closes all that in the opposite order. One per process in production; several, on different
 * homes, in tests.
 */
public final class Daemon implements AutoCloseable {
  /** Number of the control protocol. */
  public static final int PROTOCOL = 1;

  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final String SOCKET_GROUP = "dotfs";

  /** Long enough for somebody who is asked for a touch or a word by an agent. */
  private static final Duration SIGNING_PATIENCE = Duration.ofMinutes(1);

  private final DaemonEndpoint endpoint;
  private final Instant startedAt;
  private final CountDownLatch stopAsked = new CountDownLatch(1);

  /** What was opened, the latest first. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private Daemon(DaemonEndpoint endpoint, Clock clock) {
    this.endpoint = endpoint;
    this.startedAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** The parts of the system that tests replace. */
  public record Surroundings(
      Clock clock, SecureRandom random, ZoneId zone, Mounter mounter, DockerPlaces docker) {
    /** Those of production, with the front end of choice, and without Docker. */
    public static Surroundings real(Mounter mounter) {
      return new Surroundings(
          Clock.systemUTC(),
          new SecureRandom(),
          ZoneId.systemDefault(),
          mounter,
          DockerPlaces.NONE);
    }

    /** The same with Docker's sockets. */
    public Surroundings withDocker(DockerPlaces places) {
      return new Surroundings(clock, random, zone, mounter, places);
    }
  }

  /**
   * Starts a daemon; on return it answers at its socket and its mounts are back.
   *
   * @throws io.dotfs.fusefs.overlay.HomeInUseException if another daemon has the home
   */
  public static Daemon start(DaemonEndpoint endpoint, Surroundings surroundings)
      throws IOException, StoreException {
    Daemon daemon = new Daemon(endpoint, surroundings.clock());
    boolean started = false;
    try {
      daemon.open(surroundings);
      started = true;
      return daemon;
    } finally {
      if (!started) {
        daemon.close();
      }
    }
  }

  private void open(Surroundings surroundings) throws IOException, StoreException {
    Home home = opened(Home.open(endpoint.home(), surroundings.clock()));
    WorkingTrees trees = opened(WorkingTrees.open(home));
    Committer committer = opened(Committer.open(home));
    Flusher flusher = opened(Flusher.start());
    Identity identity = Identity.current();
    DotHome dots = new DotHome(home, trees, surroundings.clock(), surroundings.random());
    dots.recover();
    HomeMounts mounts =
        new HomeMounts(home.registry(), trees, surroundings.mounter(), identity, dots.server());
    opened.push(mounts::close);
    RootDirectories roots = new RootDirectories(home.registry(), mounts);
    Author author =
        new Author(
            System.getProperty("user.name", "unknown"), surroundings.clock(), surroundings.zone());
    ContainerPause containers = new ContainerPause(engine(surroundings), mounts);
    Signatures signatures = new Signatures(surroundings.random(), SIGNING_PATIENCE);
    BranchVerbs branches = new BranchVerbs(dots, mounts, roots, author, signatures);
    DotVerbs dotVerbs =
        new DotVerbs(dots, mounts, roots, branches, containers, endpoint.systemDaemon());
    MountVerbs mountVerbs = new MountVerbs(dots, mounts, roots, dotVerbs, identity);
    NameVerbs names = new NameVerbs(dots, mounts, roots);
    names.recover();
    branches.recover();
    mounts.restore(mountVerbs::restorable);
    roots.restore(mountVerbs::restorable);

    ControlServer server = new ControlServer(endpoint.socket(), new Failures());
    registerServer(server, dots, mounts);
    registerDots(server, dotVerbs);
    server.quick(Verb.DOT_RENAME, DotMessages.DotRenameRequest.class, names::rename);
    server.quick(Verb.FORK, DotMessages.ForkRequest.class, names::fork);
    registerHistory(server, dots, committer);
    server.streaming(
        Verb.COMMIT,
        HistoryMessages.CommitRequest.class,
        new CommitVerb(dots, mounts, committer, flusher, author, containers, signatures)::commit);
    server.quick(Verb.SIGN, SigningMessages.SignRequest.class, signatures::sign);
    registerBranches(server, branches);
    CheckoutVerbs checkouts =
        new CheckoutVerbs(dots, mounts, roots, branches, committer, containers);
    registerCheckouts(server, checkouts, containers);
    MergeVerb merges = new MergeVerb(dots, checkouts, author, signatures);
    server.streaming(
        Verb.MERGE,
        BranchMessages.MergeRequest.class,
        (request, client) ->
            containers.around(() -> merges.merge(request, client), MergeReply::with));
    registerMounts(server, mountVerbs);
    RemoteVerbs remotes = new RemoteVerbs(dots, checkouts);
    server.streaming(Verb.VERIFY, RemoteMessages.VerifyRequest.class, new VerifyVerb(dots)::verify);
    registerRemotes(server, remotes, containers);
    server.downloading(
        Verb.EXPORT, ArchiveMessages.ExportRequest.class, new ExportVerb(dots)::export);
    BundleVerbs bundles = new BundleVerbs(dots);
    server.downloading(
        Verb.BUNDLE_CREATE, ArchiveMessages.BundleCreateRequest.class, bundles::create);
    server.uploading(Verb.BUNDLE_TAKE, ArchiveMessages.BundleTakeRequest.class, bundles::take);
    ImportVerb imports = new ImportVerb(dots, checkouts, author, identity);
    server.uploading(
        Verb.IMPORT,
        ArchiveMessages.ImportRequest.class,
        (request, tar, progress) ->
            containers.around(
                () -> imports.importTar(request, tar, progress),
                ArchiveMessages.ImportReply::with));
    opened.push(server);
    server.start(endpoint.systemDaemon() ? Optional.of(SOCKET_GROUP) : Optional.empty());
    VolumeSources sources = new VolumeSources(endpoint.settings());
    openPlugin(home, new DotVolumes(dotVerbs, mountVerbs, mounts, remotes, sources), surroundings);
    LOG.info("serving {} at {}", endpoint.home(), endpoint.socket());
  }

  private Containers engine(Surroundings surroundings) {
    Optional<Path> socket = surroundings.docker().engine();
    return socket.isPresent()
        ? opened(new Engine(socket.get(), surroundings.docker().driver(), endpoint.home()))
        : Containers.NONE;
  }

  /** The driver comes last, when all is ready; what serves dots does not end because it cannot. */
  private void openPlugin(Home home, DotVolumes volumes, Surroundings surroundings) {
    Optional<Path> socket = surroundings.docker().plugin();
    if (socket.isEmpty()) {
      return;
    }
    try {
      opened.push(
          VolumePlugin.open(
              socket.get(), home.registry(), volumes, endpoint.home(), surroundings.clock()));
    } catch (IOException e) {
      LOG.warn("Docker has no volume driver dm: {}", e.getMessage(), e);
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.push(resource);
    return resource;
  }

  private void registerServer(ControlServer server, DotHome dots, HomeMounts mounts) {
    server.quick(
        Verb.PING,
        Done.class,
        request ->
            new PingReply(
                Version.current(),
                PROTOCOL,
                ProcessHandle.current().pid(),
                dots.server(),
                endpoint.home().toString(),
                endpoint.systemDaemon(),
                startedAt.toString(),
                mounts.list(spec -> true).size()));
    server.quick(
        Verb.SHUTDOWN,
        Done.class,
        request -> {
          stopAsked.countDown();
          return new Done();
        });
    server.streaming(Verb.FSCK, ServerMessages.FsckRequest.class, new FsckVerb(dots)::fsck);
    server.streaming(Verb.GC, GcMessages.GcRequest.class, new GcVerb(dots)::gc);
  }

  private static void registerDots(ControlServer server, DotVerbs verbs) {
    server.quick(Verb.INIT, DotMessages.InitRequest.class, verbs::init);
    server.quick(Verb.LIST, DotMessages.ListRequest.class, verbs::list);
    server.quick(Verb.STATUS, DotMessages.StatusRequest.class, verbs::status);
    server.quick(Verb.DOT_SHOW, DotMessages.DotShowRequest.class, verbs::show);
    server.quick(Verb.DOT_DELETE, DotMessages.DotDeleteRequest.class, verbs::delete);
    server.quick(Verb.SET_UPSTREAM, DotMessages.SetUpstreamRequest.class, verbs::setUpstream);
  }

  private static void registerHistory(ControlServer server, DotHome dots, Committer committer) {
    DiffVerbs diffs = new DiffVerbs(dots, committer);
    HistoryVerbs history = new HistoryVerbs(dots, diffs);
    server.quick(Verb.DIFF, HistoryMessages.DiffRequest.class, diffs::diff);
    server.quick(Verb.LOG, HistoryMessages.LogRequest.class, history::log);
    server.quick(Verb.SHOW, HistoryMessages.ShowRequest.class, history::show);
    server.quick(Verb.REFLOG, HistoryMessages.ReflogRequest.class, history::reflog);
    server.quick(Verb.RESOLVE, HistoryMessages.ResolveRequest.class, history::resolve);
  }

  private static void registerBranches(ControlServer server, BranchVerbs verbs) {
    server.quick(Verb.BRANCH_LIST, BranchMessages.BranchListRequest.class, verbs::list);
    server.quick(Verb.BRANCH_CREATE, BranchMessages.BranchCreateRequest.class, verbs::create);
    server.quick(Verb.BRANCH_DELETE, BranchMessages.BranchDeleteRequest.class, verbs::delete);
    server.quick(Verb.BRANCH_RENAME, BranchMessages.BranchRenameRequest.class, verbs::rename);
    server.quick(Verb.TAG_LIST, BranchMessages.TagListRequest.class, verbs::tagList);
    server.streaming(Verb.TAG_CREATE, BranchMessages.TagCreateRequest.class, verbs::tagCreate);
    server.quick(Verb.TAG_DELETE, BranchMessages.TagDeleteRequest.class, verbs::tagDelete);
  }

  private static void registerCheckouts(
      ControlServer server, CheckoutVerbs verbs, ContainerPause containers) {
    server.quick(
        Verb.CHECKOUT,
        BranchMessages.CheckoutRequest.class,
        request -> containers.around(() -> verbs.checkout(request), CheckoutReply::with));
    server.quick(Verb.RESTORE, BranchMessages.RestoreRequest.class, verbs::restore);
    server.quick(
        Verb.RESET,
        BranchMessages.ResetRequest.class,
        request -> containers.around(() -> verbs.reset(request), ResetReply::with));
  }

  private static void registerMounts(ControlServer server, MountVerbs verbs) {
    server.quick(Verb.MOUNT, MountMessages.MountRequest.class, verbs::mount);
    server.quick(Verb.UNMOUNT, MountMessages.UnmountRequest.class, verbs::unmount);
    server.quick(Verb.MOUNT_LIST, MountMessages.MountListRequest.class, verbs::list);
  }

  private static void registerRemotes(
      ControlServer server, RemoteVerbs verbs, ContainerPause containers) {
    server.streaming(Verb.PUSH, RemoteMessages.PushRequest.class, verbs::push);
    server.streaming(
        Verb.PULL,
        RemoteMessages.PullRequest.class,
        (request, progress) ->
            containers.around(() -> verbs.pull(request, progress), TransferReply::with));
    server.streaming(Verb.FETCH, RemoteMessages.FetchRequest.class, verbs::fetch);
    server.streaming(Verb.CLONE, RemoteMessages.CloneRequest.class, verbs::clone);
    server.quick(Verb.REMOTE_LIST, RemoteMessages.RemoteListRequest.class, verbs::list);
  }

  /** Asks for the end, as the verb does. */
  public void askToStop() {
    stopAsked.countDown();
  }

  /** Waits until somebody asks for the end. */
  public void awaitStopAsked() throws InterruptedException {
    stopAsked.await();
  }

  /**
   * A clean stop: no more requests, mounts detached (they stay recorded), everything synced and
   * closed.
   */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (StillBusyException e) {
        // Closing the store under a request would crash; a store that is not closed is as after a
        // kill, which it is made for.
        opened.clear();
        throw e;
      } catch (Exception e) {
        LOG.error("an orderly stop is not possible", e);
        if (failure == null) {
          failure = new IOException("an orderly stop was not possible: " + e.getMessage(), e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    LOG.info("stopped serving {}", endpoint.home());
  }
}
