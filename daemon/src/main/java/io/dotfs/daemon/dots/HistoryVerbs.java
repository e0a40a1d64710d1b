package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.HistoryMessages.CommitInfo;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import io.dotfs.daemon.api.HistoryMessages.LogRequest;
import io.dotfs.daemon.api.HistoryMessages.ReflogEntry;
import io.dotfs.daemon.api.HistoryMessages.ReflogReply;
import io.dotfs.daemon.api.HistoryMessages.ReflogRequest;
import io.dotfs.daemon.api.HistoryMessages.ResolveReply;
import io.dotfs.daemon.api.HistoryMessages.ResolveRequest;
import io.dotfs.daemon.api.HistoryMessages.ShowReply;
import io.dotfs.daemon.api.HistoryMessages.ShowRequest;
import io.dotfs.daemon.api.SigningMessages.SignatureInfo;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.diff.TreeDiff;
import io.dotfs.objectstore.diff.TreePath;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looking back: log, show, reflog, resolve. Takes no lock. Thread safe. */
public final class HistoryVerbs {
  /** An answer holds no more commits than these, about 100 MB at the very most in practice. */
  private static final int MAX_COMMITS = 200_000;

  private static final int MAX_REFLOG = 10_000;

  private final DotHome home;
  private final Revisions revisions;
  private final DiffVerbs diffs;

  public HistoryVerbs(DotHome home, DiffVerbs diffs) {
    this.home = home;
    this.revisions = new Revisions(home);
    this.diffs = diffs;
  }

  public LogReply log(LogRequest request) throws DaemonException, IOException, StoreException {
    Selected selected = home.select(request.selector());
    int limit = request.limit() <= 0 ? MAX_COMMITS : Math.min(request.limit(), MAX_COMMITS);
    Optional<Range> range = range(selected, request.revision());
    Set<TreePath> paths = DiffVerbs.paths(request.paths());
    List<CommitInfo> commits = new ArrayList<>();
    if (range.isPresent()) {
      Map<ObjectId, List<String>> names = names(selected);
      History.Walk walk =
          home.history().newestFirst(List.of(range.get().tip()), range.get().without());
      for (History.Entry entry : take(walk, limit, paths)) {
        commits.add(info(entry.id(), entry.commit(), names, request.signedForms()));
      }
    }
    if (request.oldestFirst()) {
      Collections.reverse(commits);
    }
    return new LogReply(selected.id().toString(), selected.branch(), commits);
  }

  /** Where a walk begins, and whose history it leaves out. */
  private record Range(ObjectId tip, List<ObjectId> without) {}

  /** Nothing where the branch that is meant has no commit. */
  private Optional<Range> range(Selected selected, Optional<String> revision)
      throws DaemonException, StoreException {
    int dots = revision.orElse("").indexOf("..");
    if (dots < 0) {
      return revisions.resolveOrHead(selected, revision).map(tip -> new Range(tip, List.of()));
    }
    String from = revision.orElseThrow().substring(0, dots);
    String to = revision.orElseThrow().substring(dots + 2);
    return Optional.of(
        new Range(
            revisions.resolve(selected, to.isEmpty() ? "HEAD" : to),
            List.of(revisions.resolve(selected, from.isEmpty() ? "HEAD" : from))));
  }

  private Iterable<History.Entry> take(History.Walk walk, int limit, Set<TreePath> paths)
      throws StoreException {
    Deque<History.Entry> taken = new ArrayDeque<>();
    while (taken.size() < limit) {
      Optional<History.Entry> next = walk.next();
      if (next.isEmpty()) {
        break;
      }
      if (paths.isEmpty() || changes(next.get().commit(), paths)) {
        taken.add(next.get());
      }
    }
    return taken;
  }

  /** Whether a commit differs from each of its parents in one of the paths. */
  private boolean changes(Commit commit, Set<TreePath> paths) throws StoreException {
    TreeDiff diff = new TreeDiff(home.objects());
    List<DirectoryRef> before = new ArrayList<>();
    for (ObjectId parent : commit.parents()) {
      before.add(home.history().commit(parent).tree());
    }
    if (before.isEmpty()) {
      before.add(DirectoryRef.EMPTY);
    }
    for (DirectoryRef tree : before) {
      if (!diff.changes(tree, commit.tree(), paths).iterator().hasNext()) {
        return false;
      }
    }
    return true;
  }

  public ShowReply show(ShowRequest request) throws DaemonException, IOException, StoreException {
    Selected selected = home.select(request.selector());
    ObjectId id = revisions.resolve(selected, request.revision().orElse("HEAD"));
    Commit commit = home.history().commit(id);
    Optional<ObjectId> parent = commit.parents().stream().findFirst();
    DirectoryRef before =
        parent.isPresent() ? home.history().commit(parent.get()).tree() : DirectoryRef.EMPTY;
    return new ShowReply(
        selected.id().toString(),
        info(id, commit, names(selected), true),
        diffs.between(
            selected.id(),
            new DiffVerbs.Side(parent, before, home.objects()),
            new DiffVerbs.Side(Optional.of(id), commit.tree(), home.objects()),
            new DiffVerbs.Detail(request.patch(), true, Set.of())));
  }

  public ResolveReply resolve(ResolveRequest request)
      throws DaemonException, IOException, StoreException {
    Selected selected = home.select(request.selector());
    return new ResolveReply(revisions.resolve(selected, request.revision()).toHex());
  }

  public ReflogReply reflog(ReflogRequest request)
      throws DaemonException, IOException, StoreException {
    Selected selected = home.select(request.selector());
    int limit = request.limit() <= 0 ? MAX_REFLOG : Math.min(request.limit(), MAX_REFLOG);
    List<ReflogEntry> entries = new ArrayList<>();
    for (io.dotfs.objectstore.ref.ReflogEntry entry :
        home.refs().reflog(new RefName(selected.ref()), limit)) {
      entries.add(
          new ReflogEntry(
              entries.size(),
              entry.before().map(ObjectId::toHex),
              entry.after().map(ObjectId::toHex),
              entry.time().getEpochSecond(),
              entry.reason()));
    }
    return new ReflogReply(selected.id().toString(), selected.branch(), entries);
  }

  /** Which names point at which commit, for decoration. */
  private Map<ObjectId, List<String>> names(Selected selected) throws StoreException {
    Map<ObjectId, List<String>> names = new HashMap<>();
    for (Map.Entry<String, ObjectId> ref : home.refs(selected.id(), "").entrySet()) {
      String name = ref.getKey().substring(ref.getKey().indexOf('/') + 1);
      boolean tag = ref.getKey().startsWith("tags/");
      ObjectId commit = tag ? home.history().peel(ref.getValue()) : ref.getValue();
      names.computeIfAbsent(commit, id -> new ArrayList<>()).add(tag ? "tag: " + name : name);
    }
    return names;
  }

  private static CommitInfo info(
      ObjectId id, Commit commit, Map<ObjectId, List<String>> names, boolean signedForms) {
    return new CommitInfo(
        id.toHex(),
        commit.parents().stream().map(ObjectId::toHex).toList(),
        commit.author().name(),
        commit.author().time().getEpochSecond(),
        commit.author().offset().getTotalSeconds() / 60,
        commit.metadata(),
        commit.message(),
        names.getOrDefault(id, List.of()),
        commit.signature().map(signature -> signature(commit, signature, signedForms)));
  }

  private static SignatureInfo signature(Commit commit, ByteName signature, boolean signedForm) {
    return Signatures.info(
        signature,
        signedForm
            ? Optional.of(CommitCodec.encode(commit.withSignature(Optional.empty())))
            : Optional.empty());
  }

  /** First line of a commit's message. */
  static String subject(Commit commit) {
    return DotHome.oneLine(commit.message().strip().split("\n", 2)[0]);
  }

  /** What is said where a branch has no commit. */
  static DaemonException noCommits(String branch) {
    return new DaemonException(
        ErrorKind.UNKNOWN_REVISION,
        "branch " + branch + " has no commits yet",
        "dm commit -m MESSAGE");
  }
}
