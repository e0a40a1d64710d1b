package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.BranchMessages.BranchCreateRequest;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteReply;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.BranchMessages.BranchListRequest;
import io.dotfs.daemon.api.BranchMessages.BranchRenameRequest;
import io.dotfs.daemon.api.BranchMessages.TagCreateRequest;
import io.dotfs.daemon.api.BranchMessages.TagDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.BranchMessages.TagListReply;
import io.dotfs.daemon.api.BranchMessages.TagListRequest;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.SigningMessages.SignatureInfo;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.RootDirectories;
import io.dotfs.fusefs.commit.CommitSigner;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.codec.TagCodec;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.Tag;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefUpdate;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.objectstore.store.ObjectInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/** Branches and tags: listing, making, deleting, renaming. Thread safe. */
public final class BranchVerbs {
  private final DotHome home;
  private final HomeMounts mounts;
  private final RootDirectories roots;
  private final Revisions revisions;
  private final Author author;
  private final Signatures signatures;

  public BranchVerbs(
      DotHome home,
      HomeMounts mounts,
      RootDirectories roots,
      Author author,
      Signatures signatures) {
    this.home = home;
    this.mounts = mounts;
    this.roots = roots;
    this.revisions = new Revisions(home);
    this.author = author;
    this.signatures = signatures;
  }

  public BranchListReply list(BranchListRequest request)
      throws DaemonException, IOException, StoreException {
    DotId id = home.select(request.dot());
    DotRecord dot = home.requireDot(id);
    return new BranchListReply(id.toString(), dot.branch(), local(id, dot), remote(id));
  }

  List<BranchInfo> local(DotId id, DotRecord dot) throws IOException, StoreException {
    SortedMap<String, ObjectId> heads = home.refs(id, "heads/");
    List<BranchInfo> branches = new ArrayList<>();
    Set<String> unborn = new TreeSet<>(Set.of(dot.branch()));
    String prefix = DotHome.treeKey(id, "");
    for (String key : home.trees().keys()) {
      if (key.startsWith(prefix)) {
        unborn.add(key.substring(prefix.length()));
      }
    }
    unborn.removeAll(heads.keySet());
    for (String name : unborn) {
      branches.add(info(id, dot, name, Optional.empty()));
    }
    for (Map.Entry<String, ObjectId> head : heads.entrySet()) {
      branches.add(info(id, dot, head.getKey(), Optional.of(head.getValue())));
    }
    branches.sort((a, b) -> a.name().compareTo(b.name()));
    return branches;
  }

  List<BranchInfo> remote(DotId id) throws StoreException {
    List<BranchInfo> branches = new ArrayList<>();
    for (Map.Entry<String, ObjectId> head : home.refs(id, "remotes/").entrySet()) {
      branches.add(
          new BranchInfo(
              head.getKey(),
              false,
              Optional.of(head.getValue().toHex()),
              subject(head.getValue()),
              0));
    }
    return branches;
  }

  private BranchInfo info(DotId id, DotRecord dot, String name, Optional<ObjectId> head)
      throws IOException, StoreException {
    Optional<WorkingTree> tree = home.trees().find(DotHome.treeKey(id, name));
    return new BranchInfo(
        name,
        dot.branch().equals(name),
        head.map(ObjectId::toHex),
        head.isPresent() ? subject(head.get()) : "",
        tree.isPresent() ? tree.get().dirtyBytes() : 0);
  }

  private String subject(ObjectId commit) throws StoreException {
    return HistoryVerbs.subject(home.history().commit(commit));
  }

  public BranchInfo create(BranchCreateRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.dot());
    try (DotLocks.Held held = home.locks().lock(id)) {
      DotRecord dot = home.requireDot(id);
      create(id, dot, request.name(), request.start());
      return info(id, dot, request.name(), home.head(id, request.name()));
    }
  }

  /** Makes a branch at a commit; the caller holds the dot's lock. */
  void create(DotId id, DotRecord dot, String name, Optional<String> start)
      throws DaemonException, IOException, StoreException {
    checkNew(id, dot, name);
    String from = start.orElse(dot.branch());
    createAt(id, name, start(id, dot, start), "branch: created from " + from);
  }

  /** The commit that a new branch begins at. */
  ObjectId start(DotId id, DotRecord dot, Optional<String> revision)
      throws DaemonException, IOException, StoreException {
    return revisions
        .resolveOrHead(new Selected(id, dot, dot.branch()), revision)
        .orElseThrow(() -> HistoryVerbs.noCommits(dot.branch()));
  }

  void createAt(DotId id, String name, ObjectId at, String reason)
      throws IOException, StoreException {
    // A tree of that name is left over from a branch that is gone.
    home.trees().delete(DotHome.treeKey(id, name));
    home.refs()
        .update(List.of(RefUpdate.create(new RefName(id.head(name)), at, DotHome.oneLine(reason))));
  }

  void checkNew(DotId id, DotRecord dot, String name) throws DaemonException, StoreException {
    FullName.checkPart(name, "branch");
    FullName.checkNotReserved(name);
    if (name.equals("HEAD")) {
      throw new DaemonException(ErrorKind.INVALID_NAME, "invalid branch name 'HEAD'");
    }
    if (home.head(id, name).isPresent() || dot.branch().equals(name)) {
      throw new DaemonException(
          ErrorKind.ALREADY_EXISTS,
          "there is a branch " + name + " already",
          "dm checkout " + name);
    }
  }

  public BranchDeleteReply delete(BranchDeleteRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.dot());
    try (DotLocks.Held held = home.locks().lock(id)) {
      DotRecord dot = home.requireDot(id);
      String name = request.name();
      if (dot.branch().equals(name)) {
        throw new DaemonException(
            ErrorKind.MOUNTED,
            "branch " + name + " is checked out",
            "dm checkout another branch first");
      }
      FullName.checkPart(name, "branch");
      Optional<ObjectId> head = home.head(id, name);
      if (head.isEmpty() && home.trees().find(DotHome.treeKey(id, name)).isEmpty()) {
        home.requireBranch(id, name);
      }
      List<MountInfo> places = mounts.list(spec -> spec.shows(id.toString(), name));
      if (!places.isEmpty()) {
        throw new DaemonException(
            ErrorKind.MOUNTED,
            "branch " + name + " is mounted at " + places.get(0).directory(),
            "dm unmount " + places.get(0).directory());
      }
      if (!request.force()) {
        requireNothingLost(id, name, head);
      }
      if (head.isPresent()) {
        RefName ref = new RefName(id.head(name));
        home.refs().update(List.of(RefUpdate.delete(ref, head.get(), "branch: deleted")));
      }
      home.trees().delete(DotHome.treeKey(id, name));
      return new BranchDeleteReply(name, head.map(ObjectId::toHex));
    }
  }

  private void requireNothingLost(DotId id, String name, Optional<ObjectId> head)
      throws DaemonException, IOException, StoreException {
    Optional<WorkingTree> tree = home.trees().find(DotHome.treeKey(id, name));
    if (tree.isPresent() && tree.get().hasChanges()) {
      throw new DaemonException(
          ErrorKind.DIRTY,
          "branch " + name + " has uncommitted data",
          "dm branch -D " + name + " drops it");
    }
    if (head.isEmpty()) {
      return;
    }
    for (Map.Entry<String, ObjectId> ref : home.refs(id, "").entrySet()) {
      boolean itself = ref.getKey().equals("heads/" + name);
      if (!itself && home.history().isAncestor(head.get(), home.history().peel(ref.getValue()))) {
        return;
      }
    }
    throw new DaemonException(
        ErrorKind.WOULD_LOSE_COMMITS,
        "branch " + name + " has commits that no other branch or tag has",
        "dm branch -D " + name + " deletes it all the same; dm reflog finds them");
  }

  public BranchInfo rename(BranchRenameRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.dot());
    try (DotLocks.Held held = home.locks().lock(id)) {
      DotRecord dot = home.requireDot(id);
      String from = request.oldName();
      String to = request.newName();
      Optional<ObjectId> head = home.head(id, from);
      if (head.isEmpty() && !dot.branch().equals(from)) {
        home.requireBranch(id, from);
      }
      checkNew(id, dot, to);
      home.trees().delete(DotHome.treeKey(id, to));
      RenameIntent intent = new RenameIntent(id.namespace(), id.dot(), from, to);
      home.registry().putRename(intent);
      finishRename(intent);
      home.registry().removeRename(intent);
      DotRecord renamed = home.requireDot(id);
      return info(id, renamed, to, head);
    }
  }

  /** Does what is left to do of a rename; doing it again does nothing. */
  private void finishRename(RenameIntent intent) throws IOException, StoreException {
    DotId id = new DotId(intent.namespace(), intent.dot());
    String from = DotHome.treeKey(id, intent.from());
    String to = DotHome.treeKey(id, intent.to());
    if (home.trees().find(from).isPresent() && home.trees().find(to).isEmpty()) {
      home.trees().rename(from, to);
    }
    Optional<ObjectId> head = home.head(id, intent.from());
    if (head.isPresent()) {
      String reason = "branch: renamed " + intent.from() + " to " + intent.to();
      home.refs()
          .update(
              List.of(
                  RefUpdate.delete(new RefName(id.head(intent.from())), head.get(), reason),
                  RefUpdate.create(new RefName(id.head(intent.to())), head.get(), reason)));
    }
    Optional<DotRecord> dot = home.registry().dot(id);
    if (dot.isPresent() && dot.get().branch().equals(intent.from())) {
      home.registry().putDot(id, dot.get().withBranch(intent.to()));
    }
    mounts.branchRenamed(id.toString(), intent.from(), intent.to());
    roots.branchRenamed(id.toString(), intent.from(), intent.to());
  }

  /** Finishes renames that a daemon died in the middle of; before mounts come back. */
  public void recover() throws IOException, StoreException {
    for (RenameIntent intent : home.registry().renames()) {
      finishRename(intent);
      home.registry().removeRename(intent);
    }
  }

  public TagListReply tagList(TagListRequest request)
      throws DaemonException, IOException, StoreException {
    return new TagListReply(tags(home.select(request.dot())));
  }

  List<TagInfo> tags(DotId id) throws StoreException {
    List<TagInfo> tags = new ArrayList<>();
    for (Map.Entry<String, ObjectId> tag : home.refs(id, "tags/").entrySet()) {
      Optional<ObjectInfo> info = home.objects().info(tag.getValue());
      Optional<Tag> annotated =
          info.isPresent() && info.get().type() == ObjectType.TAG
              ? Optional.of(TagCodec.decode(home.objects().read(tag.getValue(), ObjectType.TAG)))
              : Optional.empty();
      tags.add(
          new TagInfo(
              tag.getKey(),
              home.history().peel(tag.getValue()).toHex(),
              annotated.map(Tag::message),
              annotated.flatMap(BranchVerbs::signature)));
    }
    return tags;
  }

  private static Optional<SignatureInfo> signature(Tag tag) {
    return tag.signature()
        .map(
            signature ->
                Signatures.info(
                    signature, Optional.of(TagCodec.encode(tag.withSignature(Optional.empty())))));
  }

  public TagInfo tagCreate(TagCreateRequest request, ProgressSink client)
      throws DaemonException, IOException, StoreException, InterruptedException {
    Selected selected = home.select(request.selector());
    FullName.checkPart(request.name(), "tag");
    try (DotLocks.Held held = home.locks().lock(selected.id())) {
      ObjectId target = revisions.resolve(selected, request.revision().orElse("HEAD"));
      try (Hold untilNamed = home.objects().retention().hold(() -> List.of(target))) {
        return tag(request, selected, target, client);
      }
    } catch (Signatures.UnsignedException e) {
      throw e.reason();
    }
  }

  /** The caller holds the dot's lock, and {@code target}. */
  private TagInfo tag(
      TagCreateRequest request, Selected selected, ObjectId target, ProgressSink client)
      throws DaemonException, IOException, StoreException, InterruptedException {
    RefName ref = new RefName(selected.id().tag(request.name()));
    Optional<ObjectId> old = home.refs().get(ref);
    if (old.isPresent() && !request.force()) {
      throw new DaemonException(
          ErrorKind.ALREADY_EXISTS,
          "there is a tag " + request.name() + " already",
          "dm tag -f " + request.name() + " moves it");
    }
    ObjectId named =
        request.message().isPresent()
            ? annotate(
                target,
                request.name(),
                request.message().get(),
                request.sign() ? signatures.signer(client) : CommitSigner.NONE)
            : target;
    home.refs()
        .update(List.of(new RefUpdate(ref, old, Optional.of(named), "tag: " + request.name())));
    return new TagInfo(request.name(), target.toHex(), request.message());
  }

  private ObjectId annotate(ObjectId target, String name, String message, CommitSigner signer)
      throws DaemonException, IOException, StoreException, InterruptedException {
    Tag tag;
    try {
      Stamp stamp = author.stamp(Optional.empty());
      tag = new Tag(target, ObjectType.COMMIT, name, stamp, message, Optional.empty());
      tag = tag.withSignature(signer.sign(TagCodec.encode(tag)));
    } catch (IllegalArgumentException e) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, "bad tag: " + e.getMessage());
    }
    try (PackWriter pack = home.objects().begin()) {
      ObjectId id = pack.put(ObjectType.TAG, TagCodec.encode(tag));
      pack.finish();
      return id;
    }
  }

  public Done tagDelete(TagDeleteRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.dot());
    FullName.checkPart(request.name(), "tag");
    try (DotLocks.Held held = home.locks().lock(id)) {
      RefName ref = new RefName(id.tag(request.name()));
      ObjectId old =
          home.refs()
              .get(ref)
              .orElseThrow(
                  () ->
                      new DaemonException(
                          ErrorKind.UNKNOWN_REVISION, "no such tag: " + request.name(), "dm tag"));
      home.refs().update(List.of(RefUpdate.delete(ref, old, "tag: deleted")));
      return new Done();
    }
  }
}
