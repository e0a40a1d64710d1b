package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.Upstream;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.RemoteMessages.CloneRequest;
import io.dotfs.daemon.api.RemoteMessages.FetchRequest;
import io.dotfs.daemon.api.RemoteMessages.PullRequest;
import io.dotfs.daemon.api.RemoteMessages.PushRequest;
import io.dotfs.daemon.api.RemoteMessages.RefUpdate;
import io.dotfs.daemon.api.RemoteMessages.RemoteDotInfo;
import io.dotfs.daemon.api.RemoteMessages.RemoteListReply;
import io.dotfs.daemon.api.RemoteMessages.RemoteListRequest;
import io.dotfs.daemon.api.RemoteMessages.RemoteSpec;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transfer.Fetch;
import io.dotfs.packstream.transfer.FetchResult;
import io.dotfs.packstream.transfer.Lease;
import io.dotfs.packstream.transfer.LocalDot;
import io.dotfs.packstream.transfer.Push;
import io.dotfs.packstream.transfer.PushResult;
import io.dotfs.packstream.transfer.TransferSummary;
import io.dotfs.packstream.transport.Credentials;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.transport.RemoteUrl;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Moving commits between this home and others. Transfers run without the dot's lock, on immutable
 * objects and refs moved by compare-and-set; only what touches the working data takes it. Thread
 * safe.
 */
public final class RemoteVerbs {
  /** How names of tags begin on the wire. */
  private static final String TAGS = "tags/";

  private final DotHome home;
  private final CheckoutVerbs checkouts;

  public RemoteVerbs(DotHome home, CheckoutVerbs checkouts) {
    this.home = home;
    this.checkouts = checkouts;
  }

  static Remote open(RemoteSpec spec) throws TransferException, DaemonException {
    FullName.checkPart(spec.name(), "remote");
    RemoteUrl url = RemoteUrl.parse(spec.url());
    Optional<String> user = spec.user().or(url::user);
    try {
      Credentials credentials =
          user.isPresent()
              ? new Credentials(user.get(), spec.apiKey())
              : new Credentials(Credentials.local().user(), spec.apiKey());
      return Remote.open(url, credentials);
    } catch (IllegalArgumentException e) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private LocalDot local(DotId id) {
    return new LocalDot(
        home.objects(),
        home.refs(),
        id.refPrefix(),
        home.quarantines().resolve(id.namespace()).resolve(id.dot()));
  }

  /** The dot's name there: as given, as remembered, or the same name under the remote's user. */
  private DotName remoteName(
      Remote remote, RemoteSpec spec, Optional<String> given, DotId id, DotRecord dot)
      throws DaemonException {
    Optional<String> remembered =
        dot.upstream().filter(u -> u.remote().equals(spec.name())).map(Upstream::dot);
    return dotName(remote, given.or(() -> remembered).orElse(id.dot()));
  }

  private static DotName dotName(Remote remote, String text) throws DaemonException {
    try {
      return DotName.parse(text, remote.defaultNamespace());
    } catch (IllegalArgumentException e) {
      throw new DaemonException(
          ErrorKind.INVALID_NAME, "invalid dot name '" + DotHome.oneLine(text) + "'");
    }
  }

  public RemoteListReply list(RemoteListRequest request) throws TransferException, DaemonException {
    try (Remote remote = open(request.remote())) {
      return new RemoteListReply(
          remote.defaultNamespace(),
          remote.listDots().stream()
              .map(dot -> new RemoteDotInfo(dot.name().toString(), dot.writable()))
              .toList());
    }
  }

  public TransferReply push(PushRequest request, ProgressSink progress)
      throws TransferException, DaemonException, IOException, StoreException, InterruptedException {
    long begin = System.nanoTime();
    Selected selected = home.select(request.selector());
    try (Remote remote = open(request.remote())) {
      DotName there =
          remoteName(remote, request.remote(), request.remoteDot(), selected.id(), selected.dot());
      SortedMap<String, ObjectId> branches = branchesToPush(request, selected);
      List<io.dotfs.packstream.transfer.PushRequest.Ref> refs = new ArrayList<>();
      for (Map.Entry<String, ObjectId> branch : branches.entrySet()) {
        refs.add(
            new io.dotfs.packstream.transfer.PushRequest.Ref(
                "heads/" + branch.getKey(),
                branch.getValue(),
                lease(request, selected.id(), branch.getKey())));
      }
      TransferProgress told =
          new TransferProgress(
              progress, selected.id() + " to " + request.remote().name() + ":" + there);
      PushResult result =
          new Push(remote, local(selected.id()))
              .run(
                  new io.dotfs.packstream.transfer.PushRequest(
                      there, refs, true, request.remote().name()),
                  told);
      remember(selected.id(), request.remote(), there);
      List<RefUpdate> updates = new ArrayList<>();
      for (Map.Entry<String, ObjectId> branch : branches.entrySet()) {
        String ref = "heads/" + branch.getKey();
        Optional<ObjectId> before = result.moved().getOrDefault(ref, Optional.empty());
        boolean moved = result.moved().containsKey(ref);
        updates.add(
            new RefUpdate(
                branch.getKey(),
                moved ? before.map(ObjectId::toHex) : Optional.of(branch.getValue().toHex()),
                branch.getValue().toHex(),
                moved ? outcome(before, branch.getValue()) : "up to date"));
      }
      for (String tag : result.moved().keySet()) {
        if (tag.startsWith(TAGS)) {
          String target = Objects.requireNonNull(result.refs().get(tag)).toHex();
          updates.add(new RefUpdate(tag, Optional.empty(), target, "created"));
        }
      }
      return reply(selected.id(), request.remote(), there, updates, result.summary(), begin);
    }
  }

  private SortedMap<String, ObjectId> branchesToPush(PushRequest request, Selected selected)
      throws DaemonException, StoreException {
    if (request.allBranches()) {
      SortedMap<String, ObjectId> all = home.refs(selected.id(), "heads/");
      if (all.isEmpty()) {
        throw HistoryVerbs.noCommits(selected.branch());
      }
      return all;
    }
    SortedMap<String, ObjectId> one = new TreeMap<>();
    one.put(
        selected.branch(),
        home.head(selected.id(), selected.branch())
            .orElseThrow(() -> HistoryVerbs.noCommits(selected.branch())));
    return one;
  }

  private Lease lease(PushRequest request, DotId id, String branch) throws StoreException {
    return request.force()
        ? new Lease.Replace(
            home.refs().get(new RefName(id.remote(request.remote().name(), branch))))
        : new Lease.FastForward();
  }

  private String outcome(Optional<ObjectId> before, ObjectId after) throws StoreException {
    if (before.isEmpty()) {
      return "created";
    }
    boolean known = home.objects().contains(before.get());
    return known && home.history().isAncestor(before.get(), after) ? "fast-forward" : "forced";
  }

  private void remember(DotId id, RemoteSpec remote, DotName there)
      throws IOException, InterruptedException {
    try (DotLocks.Held held = home.locks().lock(id)) {
      Optional<DotRecord> dot = home.registry().dot(id);
      if (dot.isPresent() && dot.get().upstream().isEmpty()) {
        home.registry()
            .putDot(id, dot.get().withUpstream(new Upstream(remote.name(), there.toString())));
      }
    }
  }

  private static TransferReply reply(
      DotId id,
      RemoteSpec remote,
      DotName there,
      List<RefUpdate> updates,
      TransferSummary summary,
      long begin) {
    return new TransferReply(
        id.toString(),
        remote.name(),
        there.toString(),
        updates,
        summary.objects(),
        summary.bytes(),
        summary.objectsAlreadyThere(),
        summary.bytesAlreadyThere(),
        System.nanoTime() - begin);
  }

  public TransferReply fetch(FetchRequest request, ProgressSink progress)
      throws TransferException, DaemonException, IOException, StoreException, InterruptedException {
    long begin = System.nanoTime();
    Selected selected = home.select(request.selector());
    try (Remote remote = open(request.remote())) {
      DotName there =
          remoteName(remote, request.remote(), request.remoteDot(), selected.id(), selected.dot());
      Map<String, ObjectId> before = tracked(selected.id(), request.remote());
      Optional<String> branch = request.selector().branch();
      FetchResult result = fetch(remote, selected.id(), request.remote(), there, branch, progress);
      remember(selected.id(), request.remote(), there);
      return reply(
          selected.id(),
          request.remote(),
          there,
          updates(selected.id(), before, result),
          result.summary(),
          begin);
    }
  }

  private FetchResult fetch(
      Remote remote,
      DotId id,
      RemoteSpec spec,
      DotName there,
      Optional<String> branch,
      ProgressSink progress)
      throws TransferException {
    TransferProgress told = new TransferProgress(progress, spec.name() + ":" + there + " to " + id);
    return new Fetch(remote, local(id))
        .run(new io.dotfs.packstream.transfer.FetchRequest(there, branch, true, spec.name()), told);
  }

  private Map<String, ObjectId> tracked(DotId id, RemoteSpec remote) throws StoreException {
    return home.refs(id, "remotes/" + remote.name() + "/");
  }

  private List<RefUpdate> updates(DotId id, Map<String, ObjectId> before, FetchResult result)
      throws StoreException {
    List<RefUpdate> updates = new ArrayList<>();
    for (Map.Entry<String, ObjectId> ref : result.fetched().entrySet()) {
      if (ref.getKey().startsWith("heads/")) {
        String branch = ref.getKey().substring("heads/".length());
        Optional<ObjectId> old = Optional.ofNullable(before.get(branch));
        boolean same = old.isPresent() && old.get().equals(ref.getValue());
        updates.add(
            new RefUpdate(
                branch,
                old.map(ObjectId::toHex),
                ref.getValue().toHex(),
                same ? "up to date" : outcome(old, ref.getValue())));
      } else if (result.movedRefs().containsKey(id.refPrefix() + "/" + ref.getKey())) {
        updates.add(
            new RefUpdate(ref.getKey(), Optional.empty(), ref.getValue().toHex(), "created"));
      }
    }
    return updates;
  }

  public TransferReply pull(PullRequest request, ProgressSink progress)
      throws TransferException, DaemonException, IOException, StoreException, InterruptedException {
    long begin = System.nanoTime();
    Selected selected = selectForPull(request);
    try (Remote remote = open(request.remote())) {
      DotName there =
          remoteName(remote, request.remote(), request.remoteDot(), selected.id(), selected.dot());
      FetchResult result =
          fetch(
              remote,
              selected.id(),
              request.remote(),
              there,
              Optional.of(selected.branch()),
              progress);
      ObjectId theirs =
          Optional.ofNullable(result.fetched().get("heads/" + selected.branch()))
              .orElseThrow(
                  () ->
                      new DaemonException(
                          ErrorKind.UNKNOWN_BRANCH,
                          "the remote has no branch " + selected.branch()));
      remember(selected.id(), request.remote(), there);
      List<RefUpdate> updates = take(selected, theirs, request);
      return reply(selected.id(), request.remote(), there, updates, result.summary(), begin);
    }
  }

  /** A branch that only the remote has may be pulled too. */
  private Selected selectForPull(PullRequest request)
      throws DaemonException, IOException, StoreException {
    DotId id;
    Optional<String> branch = request.selector().branch();
    if (request.selector().dot().isPresent()) {
      FullName name = FullName.parse(request.selector().dot().get());
      id = name.dot();
      branch = branch.or(name::branch);
    } else {
      id = home.select(Optional.empty());
    }
    DotRecord dot = home.requireDot(id);
    String chosen = branch.orElse(dot.branch());
    FullName.checkPart(chosen, "branch");
    return new Selected(id, dot, chosen);
  }

  /** Takes over what was fetched: the branch's own commits must be among it, or are kept aside. */
  private List<RefUpdate> take(Selected selected, ObjectId theirs, PullRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    String branch = selected.branch();
    try (DotLocks.Held held = home.locks().lock(selected.id())) {
      home.requireDot(selected.id());
      Optional<ObjectId> ours = home.head(selected.id(), branch);
      Optional<String> before = ours.map(ObjectId::toHex);
      if (ours.isPresent() && home.history().isAncestor(theirs, ours.get())) {
        return List.of(new RefUpdate(branch, before, ours.get().toHex(), "up to date"));
      }
      boolean diverged = ours.isPresent() && !home.history().isAncestor(ours.get(), theirs);
      if (diverged && !request.stash()) {
        throw new DaemonException(
            ErrorKind.DIVERGED,
            "branch "
                + branch
                + " and "
                + request.remote().name()
                + "/"
                + branch
                + " have diverged; nothing was changed",
            "dm log "
                + request.remote().name()
                + "/"
                + branch
                + ", or dm pull --stash-on-divergence");
      }
      String from = request.remote().name();
      String kept = branch + "-DIVERGED-" + now();
      checkouts.moveTo(
          diverged
              ? stash(selected, ours.get(), theirs, from, kept)
              : new CheckoutVerbs.Move(
                  selected, ours, theirs, "pull: fast-forward from " + from, List.of()),
          Optional.of(
              new DaemonException(
                  ErrorKind.DIRTY,
                  "branch " + branch + " has uncommitted data, which pull would drop",
                  "dm commit, or dm reset --hard HEAD")),
          request.force()
              ? Optional.empty()
              : Optional.of(new HomeMounts.Refusal("pull", "dm pull --force")));
      if (diverged) {
        return List.of(
            new RefUpdate(kept, Optional.empty(), ours.get().toHex(), "kept"),
            new RefUpdate(branch, before, theirs.toHex(), "replaced"));
      }
      return List.of(
          new RefUpdate(
              branch, before, theirs.toHex(), ours.isPresent() ? "fast-forward" : "created"));
    }
  }

  private String now() {
    String time = home.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return time.replace("-", "").replace(":", "");
  }

  /** Our commits get a branch of their own in the same step that takes theirs. */
  private static CheckoutVerbs.Move stash(
      Selected selected, ObjectId ours, ObjectId theirs, String from, String kept)
      throws DaemonException {
    FullName.checkPart(kept, "branch");
    return new CheckoutVerbs.Move(
        selected,
        Optional.of(ours),
        theirs,
        "pull: taken from " + from + ", ours kept as " + kept,
        List.of(
            io.dotfs.objectstore.ref.RefUpdate.create(
                new RefName(selected.id().head(kept)), ours, "pull: diverged from " + from)));
  }

  public TransferReply clone(CloneRequest request, ProgressSink progress)
      throws TransferException, DaemonException, IOException, StoreException, InterruptedException {
    long begin = System.nanoTime();
    try (Remote remote = open(request.remote())) {
      DotName there = dotName(remote, request.remoteDot());
      DotId id = FullName.parseDot(request.localName().orElse(there.dot()));
      FullName.checkNotReserved(id.dot());
      try (DotLocks.Held held = home.locks().lock(id)) {
        DotVerbs.requireAbsent(home, id);
        home.purge(id, "clone: left over");
        boolean done = false;
        try {
          FetchResult result =
              fetch(remote, id, request.remote(), there, request.branch(), progress);
          RefUpdate made = checkOutClone(id, request, there, result);
          done = true;
          return reply(id, request.remote(), there, List.of(made), result.summary(), begin);
        } finally {
          if (!done) {
            home.purge(id, "clone: given up");
          }
        }
      }
    }
  }

  private RefUpdate checkOutClone(DotId id, CloneRequest request, DotName there, FetchResult result)
      throws DaemonException, IOException, StoreException {
    SortedMap<String, ObjectId> heads = new TreeMap<>();
    for (Map.Entry<String, ObjectId> ref : result.fetched().entrySet()) {
      if (ref.getKey().startsWith("heads/")) {
        heads.put(ref.getKey().substring("heads/".length()), ref.getValue());
      }
    }
    String branch =
        request
            .branch()
            .orElseGet(
                () ->
                    heads.isEmpty() || heads.containsKey(FullName.FIRST_BRANCH)
                        ? FullName.FIRST_BRANCH
                        : heads.firstKey());
    ObjectId tip =
        Optional.ofNullable(heads.get(branch))
            .orElseThrow(
                () ->
                    new DaemonException(
                        ErrorKind.UNKNOWN_BRANCH, there + " has no branch " + branch + " there"));
    DotRecord dot =
        new DotRecord(
            branch,
            home.clock().instant().getEpochSecond(),
            Optional.of(new Upstream(request.remote().name(), there.toString())));
    RefName head = new RefName(id.head(branch));
    home.refs()
        .update(
            List.of(
                io.dotfs.objectstore.ref.RefUpdate.create(
                    head, tip, "clone: from " + request.remote().name())));
    ObjectId at = tip;
    if (request.at().isPresent()) {
      at = new Revisions(home).resolve(new Selected(id, dot, branch), request.at().get());
      home.refs()
          .update(
              List.of(
                  io.dotfs.objectstore.ref.RefUpdate.move(
                      head, tip, at, "clone: at " + at.toHex())));
    }
    home.registry().putDot(id, dot);
    return new RefUpdate(branch, Optional.empty(), at.toHex(), "created");
  }
}
