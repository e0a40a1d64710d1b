package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.BranchMessages.FastForward;
import io.dotfs.daemon.api.BranchMessages.MergeConflict;
import io.dotfs.daemon.api.BranchMessages.MergeOutcome;
import io.dotfs.daemon.api.BranchMessages.MergeReply;
import io.dotfs.daemon.api.BranchMessages.MergeRequest;
import io.dotfs.daemon.api.BranchMessages.MergeSide;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts.Refusal;
import io.dotfs.fusefs.commit.CommitSigner;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.merge.TreeMerge;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.Hold;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Merge: a fast-forward, or a commit with two parents whose tree takes each path from the side that
 * changed it. The working data has to be committed; it is switched only when the merge stands, and
 * with conflicts nothing happens at all. Thread safe.
 */
public final class MergeVerb {
  private final DotHome home;
  private final CheckoutVerbs checkouts;
  private final Author author;
  private final Signatures signatures;
  private final Revisions revisions;

  public MergeVerb(DotHome home, CheckoutVerbs checkouts, Author author, Signatures signatures) {
    this.home = home;
    this.checkouts = checkouts;
    this.author = author;
    this.signatures = signatures;
    this.revisions = new Revisions(home);
  }

  public MergeReply merge(MergeRequest request, ProgressSink client)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.selector()).id();
    try (DotLocks.Held held = home.locks().lock(id)) {
      Selected selected = home.select(request.selector());
      ObjectId theirs = revisions.resolve(selected, request.revision());
      // No ref need reach it, and the commit that joins the two leaves its data where it is.
      try (Hold untilNamed = home.objects().retention().hold(() -> List.of(theirs))) {
        return merge(request, selected, theirs, client);
      }
    } catch (Signatures.UnsignedException e) {
      throw e.reason();
    }
  }

  private MergeReply merge(
      MergeRequest request, Selected selected, ObjectId theirs, ProgressSink client)
      throws DaemonException, IOException, StoreException, InterruptedException {
    Optional<ObjectId> ours = home.head(selected.id(), selected.branch());
    if (ours.isPresent() && home.history().isAncestor(theirs, ours.get())) {
      return reply(selected, MergeOutcome.UP_TO_DATE, ours, ours.get(), List.of());
    }
    CheckoutVerbs.requireClean(
        home.tree(selected.id(), selected.branch()), Optional.of(dirty(selected.branch())));
    boolean straight = ours.isEmpty() || home.history().isAncestor(ours.get(), theirs);
    if (straight && (ours.isEmpty() || request.fastForward() != FastForward.NEVER)) {
      move(request, selected, ours, theirs, "fast-forward");
      return reply(selected, MergeOutcome.FAST_FORWARD, ours, theirs, List.of());
    }
    if (request.fastForward() == FastForward.ONLY) {
      throw new DaemonException(
          ErrorKind.DIVERGED,
          "branch " + selected.branch() + " has commits that " + request.revision() + " lacks",
          "dm merge " + request.revision() + " joins them");
    }
    return join(request, selected, ours.orElseThrow(), theirs, client);
  }

  private MergeReply join(
      MergeRequest request, Selected selected, ObjectId ours, ObjectId theirs, ProgressSink client)
      throws DaemonException, IOException, StoreException, InterruptedException {
    // Open until the branch has moved, so that nothing which the commit needs goes away meanwhile.
    try (PackWriter pack = home.objects().begin()) {
      DirectoryRef base = base(ours, theirs, pack);
      TreeMerge.Outcome outcome =
          new TreeMerge(pack.reader(), pack).merge(base, tree(ours), tree(theirs));
      if (!outcome.conflicts().isEmpty()) {
        pack.abort();
        return reply(
            selected,
            MergeOutcome.CONFLICTS,
            Optional.of(ours),
            ours,
            outcome.conflicts().stream().map(MergeVerb::conflict).toList());
      }
      Commit unsigned = commit(request, selected, ours, theirs, outcome.tree());
      CommitSigner signer = request.sign() ? signatures.signer(client) : CommitSigner.NONE;
      Commit commit = unsigned.withSignature(signer.sign(CommitCodec.encode(unsigned)));
      ObjectId merged = pack.put(ObjectType.COMMIT, CommitCodec.encode(commit));
      pack.finish();
      move(request, selected, Optional.of(ours), merged, "merge made");
      return reply(selected, MergeOutcome.MERGED, Optional.of(ours), merged, List.of());
    }
  }

  private Commit commit(
      MergeRequest request, Selected selected, ObjectId ours, ObjectId theirs, DirectoryRef tree)
      throws DaemonException, StoreException {
    Stamp stamp = author.checkedStamp(request.author());
    String message =
        request
            .message()
            .filter(text -> !text.isBlank())
            .orElse("Merge " + request.revision() + " into " + selected.branch());
    List<ObjectId> parents = List.of(ours, theirs);
    try {
      return new Commit(
          tree,
          parents,
          home.history().generationOver(parents),
          stamp,
          message,
          new TreeMap<>(),
          Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, "not for a commit: " + e.getMessage());
    }
  }

  private void move(
      MergeRequest request,
      Selected selected,
      Optional<ObjectId> before,
      ObjectId after,
      String how)
      throws DaemonException, IOException, StoreException, InterruptedException {
    checkouts.moveTo(
        new CheckoutVerbs.Move(
            selected, before, after, "merge " + request.revision() + ": " + how, List.of()),
        Optional.of(dirty(selected.branch())),
        request.force()
            ? Optional.empty()
            : Optional.of(new Refusal("merge", "dm merge --force " + request.revision())));
  }

  private static DaemonException dirty(String branch) {
    return new DaemonException(
        ErrorKind.DIRTY,
        "branch " + branch + " has uncommitted data, which merge would drop",
        "dm commit, or dm reset --hard HEAD");
  }

  /**
   * The tree that both sides grew from. Where they have merged each other crosswise there are two
   * latest common commits, and the merge of those is what they grew from.
   */
  private DirectoryRef base(ObjectId ours, ObjectId theirs, PackWriter pack)
      throws DaemonException, StoreException {
    List<ObjectId> bases = home.history().mergeBases(ours, theirs);
    if (bases.isEmpty()) {
      throw new DaemonException(
          ErrorKind.DIVERGED, "the two have no commit in common: nothing to merge by");
    }
    if (bases.size() == 1) {
      return tree(bases.get(0));
    }
    if (bases.size() == 2) {
      TreeMerge.Outcome outcome =
          new TreeMerge(pack.reader(), pack)
              .merge(
                  base(bases.get(0), bases.get(1), pack), tree(bases.get(0)), tree(bases.get(1)));
      if (outcome.conflicts().isEmpty()) {
        return outcome.tree();
      }
    }
    throw new DaemonException(
        ErrorKind.DIVERGED,
        "the two have merged each other in ways that leave no single state to merge by",
        "dm log --graph");
  }

  private DirectoryRef tree(ObjectId commit) throws StoreException {
    return home.history().commit(commit).tree();
  }

  private MergeReply reply(
      Selected selected,
      MergeOutcome outcome,
      Optional<ObjectId> before,
      ObjectId after,
      List<MergeConflict> conflicts)
      throws StoreException {
    return new MergeReply(
        selected.id().toString(),
        selected.branch(),
        outcome,
        before.map(ObjectId::toHex),
        after.toHex(),
        HistoryVerbs.subject(home.history().commit(after)),
        conflicts);
  }

  private static MergeConflict conflict(TreeMerge.Conflict conflict) {
    return new MergeConflict(
        DiffVerbs.text(conflict.path()),
        conflict.base().map(MergeVerb::side),
        conflict.ours().map(MergeVerb::side),
        conflict.theirs().map(MergeVerb::side));
  }

  private static MergeSide side(TreeEntry entry) {
    Optional<ObjectId> id = Optional.empty();
    long size = 0;
    if (entry.content() instanceof FileContent file) {
      id = file.root();
      size = file.sizeBytes();
    } else if (entry.content() instanceof DirectoryRef directory) {
      id = directory.root();
      size = directory.totals().bytes();
    }
    return new MergeSide(DiffVerbs.kind(entry), id.map(ObjectId::toHex), size);
  }
}
