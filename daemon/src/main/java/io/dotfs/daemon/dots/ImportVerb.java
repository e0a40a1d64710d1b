package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.ArchiveMessages.ImportReply;
import io.dotfs.daemon.api.ArchiveMessages.ImportRequest;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.Identity;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.archive.BadArchiveException;
import io.dotfs.objectstore.archive.TarImport;
import io.dotfs.objectstore.archive.TarImport.Imported;
import io.dotfs.objectstore.archive.TarInput;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.directory.DirectoryCursor;
import io.dotfs.objectstore.directory.DirectoryEditor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.pack.PackWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A tar as a commit. The objects are written without the dot's lock and become visible as a whole;
 * then the branch moves to the new commit as it does in a pull. Thread safe.
 */
public final class ImportVerb {
  private static final int NEW_SUBDOT_PERMISSIONS = 0755;
  private static final long TELL_EVERY_NANOS = 200_000_000;

  private final DotHome home;
  private final CheckoutVerbs checkouts;
  private final Author author;
  private final Identity identity;

  public ImportVerb(DotHome home, CheckoutVerbs checkouts, Author author, Identity identity) {
    this.home = home;
    this.checkouts = checkouts;
    this.author = author;
    this.identity = identity;
  }

  /** What an import is to become. */
  private record Plan(FullName name, String subdot, Stamp stamp, ImportRequest request) {
    boolean all() {
      return subdot.equals(FullName.ROOT_SUBDOT);
    }
  }

  public ImportReply importTar(ImportRequest request, InputStream tar, ProgressSink progress)
      throws DaemonException, IOException, StoreException, InterruptedException {
    long begin = System.nanoTime();
    Plan plan = plan(request);
    try (PackWriter pack = home.objects().begin()) {
      Imported imported = read(tar, pack, progress);
      if (plan.all()) {
        checkSubdots(imported.root(), pack);
      }
      DotId id = plan.name().dot();
      try (DotLocks.Held held = home.locks().lock(id)) {
        boolean created = home.registry().dot(id).isEmpty();
        Selected selected = created ? create(id) : selected(plan.name());
        boolean done = false;
        try {
          Optional<ObjectId> before = home.head(id, selected.branch());
          ObjectId after = commit(plan, imported, before, pack);
          pack.finish();
          move(plan, selected, before, after);
          done = true;
          return new ImportReply(
              id.toString(),
              selected.branch(),
              plan.subdot(),
              after.toHex(),
              before.map(ObjectId::toHex),
              created,
              imported.members(),
              imported.bytes(),
              pack.statistics().storedBytes(),
              System.nanoTime() - begin,
              List.of(),
              List.of());
        } finally {
          if (!done && created) {
            home.registry().removeDot(id);
            home.purge(id, "import: given up");
          }
        }
      }
    }
  }

  /** Refuses what is known to fail before anything is read. */
  private Plan plan(ImportRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    FullName name = FullName.parse(request.name());
    String subdot = name.subdot().orElse(FullName.DEFAULT_SUBDOT);
    if (!subdot.equals(FullName.DEFAULT_SUBDOT) && !subdot.equals(FullName.ROOT_SUBDOT)) {
      FullName.checkNotReserved(subdot);
    }
    Stamp stamp = author.checkedStamp(request.author());
    CommitVerb.check(request.message(), request.metadata(), stamp);
    if (home.registry().dot(name.dot()).isPresent()) {
      Selected selected = selected(name);
      Optional<WorkingTree> tree =
          home.trees().find(DotHome.treeKey(selected.id(), selected.branch()));
      if (tree.isPresent() && tree.get().hasChanges()) {
        throw dirty(selected.branch());
      }
    } else {
      FullName.checkNotReserved(name.dot().dot());
      FullName.checkNotReserved(name.dot().namespace());
      if (name.branch().isPresent() && !name.branch().get().equals(FullName.FIRST_BRANCH)) {
        throw new DaemonException(
            ErrorKind.UNKNOWN_BRANCH, "a new dot begins with branch " + FullName.FIRST_BRANCH);
      }
    }
    return new Plan(name, subdot, stamp, request);
  }

  private Selected selected(FullName name) throws DaemonException, IOException, StoreException {
    DotRecord dot = home.requireDot(name.dot());
    Selected selected = new Selected(name.dot(), dot, name.branch().orElse(dot.branch()));
    if (!selected.checkedOut()) {
      home.requireBranch(name.dot(), selected.branch());
    }
    return selected;
  }

  /** The caller holds the lock. */
  private Selected create(DotId id) throws IOException, StoreException {
    home.purge(id, "import: left over");
    DotRecord dot =
        new DotRecord(
            FullName.FIRST_BRANCH, home.clock().instant().getEpochSecond(), Optional.empty());
    home.registry().putDot(id, dot);
    return new Selected(id, dot, FullName.FIRST_BRANCH);
  }

  private Imported read(InputStream tar, PackWriter pack, ProgressSink progress)
      throws DaemonException, IOException, StoreException, InterruptedException {
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      Teller teller = new Teller(progress);
      return new TarImport(pack, home.home().directory(), workers, teller).run(TarInput.open(tar));
    } catch (BadArchiveException e) {
      throw new DaemonException(
          new ErrorRecord(ErrorKind.BAD_REQUEST, String.valueOf(e.getMessage())), e);
    } catch (ClientGoneException e) {
      throw e.failure;
    } finally {
      workers.shutdown();
    }
  }

  /** Tells the client now and then. */
  private static final class Teller implements TarImport.Watcher {
    private final ProgressSink progress;
    private long last = System.nanoTime();

    Teller(ProgressSink progress) {
      this.progress = progress;
    }

    @Override
    public void imported(long members, long bytes) throws IOException {
      long now = System.nanoTime();
      if (now - last < TELL_EVERY_NANOS) {
        return;
      }
      last = now;
      try {
        progress.progress(new Progress("Importing", members + " names", bytes, 0, 0, 0));
      } catch (DaemonException e) {
        throw new ClientGoneException(e);
      }
    }
  }

  /** Ends the reading of a tar whose sender has gone. */
  private static final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;
    private final DaemonException failure;

    ClientGoneException(DaemonException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  /** What stands at the top of a whole dot are subdots. */
  private static void checkSubdots(DirectoryRef root, PackWriter pack)
      throws DaemonException, StoreException {
    DirectoryCursor entries = new DirectoryReader(pack.reader()).entries(root);
    for (Optional<TreeEntry> e = entries.next(); e.isPresent(); e = entries.next()) {
      String name = e.get().name().toString();
      if (e.get().attributes().type() != FileType.DIRECTORY) {
        throw new DaemonException(
            ErrorKind.BAD_REQUEST,
            "at the top of the tar is '" + DotHome.oneLine(name) + "', which is no directory",
            "dm import DOT.SUBDOT puts the tar into one subdot");
      }
      FullName.checkPart(name, "subdot");
      if (!name.equals(FullName.DEFAULT_SUBDOT)) {
        FullName.checkNotReserved(name);
      }
    }
  }

  private ObjectId commit(Plan plan, Imported imported, Optional<ObjectId> before, PackWriter pack)
      throws StoreException {
    List<ObjectId> parents = new ArrayList<>();
    DirectoryRef base = DirectoryRef.EMPTY;
    long generation = 1;
    if (before.isPresent()) {
      Commit parent = home.history().commit(before.get());
      parents.add(before.get());
      generation = parent.generation() + 1;
      base = parent.tree();
    }
    Commit commit =
        new Commit(
            plan.all() ? imported.root() : withSubdot(plan.subdot(), imported, base, pack),
            parents,
            generation,
            plan.stamp(),
            plan.request().message(),
            new TreeMap<>(plan.request().metadata()),
            Optional.empty());
    return pack.put(ObjectType.COMMIT, CommitCodec.encode(commit));
  }

  private DirectoryRef withSubdot(
      String subdot, Imported imported, DirectoryRef base, PackWriter pack) throws StoreException {
    Owner owner = new Owner(identity.uid(), identity.gid());
    Attributes top =
        imported
            .top()
            .orElse(Attributes.of(FileType.DIRECTORY, NEW_SUBDOT_PERMISSIONS, owner, Mtime.EPOCH));
    DirectoryEditor editor = DirectoryEditor.edit(pack.reader(), pack, base);
    editor.put(new TreeEntry(ByteName.of(subdot), top, imported.root()));
    return editor.finish();
  }

  private void move(Plan plan, Selected selected, Optional<ObjectId> before, ObjectId after)
      throws DaemonException, IOException, StoreException, InterruptedException {
    String subject = plan.request().message().strip().split("\n", 2)[0];
    checkouts.moveTo(
        new CheckoutVerbs.Move(
            selected, before, after, "import: " + DotHome.oneLine(subject), List.of()),
        Optional.of(dirty(selected.branch())),
        plan.request().force()
            ? Optional.empty()
            : Optional.of(new HomeMounts.Refusal("import", "dm import --force")));
  }

  private static DaemonException dirty(String branch) {
    return new DaemonException(
        ErrorKind.DIRTY,
        "branch " + branch + " has uncommitted data, which import would drop",
        "dm commit, or dm reset --hard HEAD");
  }
}
