package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.ArchiveMessages.ExportReply;
import io.dotfs.daemon.api.ArchiveMessages.ExportRequest;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.objectstore.archive.TarExport;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.Hold;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** Data of a commit as a tar. Takes no lock. Thread safe. */
public final class ExportVerb {
  private final DotHome home;
  private final Revisions revisions;

  public ExportVerb(DotHome home) {
    this.home = home;
    this.revisions = new Revisions(home);
  }

  public ExportReply export(ExportRequest request, OutputStream out)
      throws DaemonException, IOException, StoreException {
    long begin = System.nanoTime();
    FullName name = FullName.parse(request.name());
    DotRecord dot = home.requireDot(name.dot());
    Selected selected = new Selected(name.dot(), dot, name.branch().orElse(dot.branch()));
    if (!selected.checkedOut()) {
      home.requireBranch(name.dot(), selected.branch());
    }
    ObjectId commit = revisions.resolve(selected, request.at().orElse("HEAD"));
    String subdot = name.subdot().orElse(FullName.DEFAULT_SUBDOT);
    TarExport tar = new TarExport(home.objects(), out);
    try (Hold untilWritten = home.objects().retention().hold(() -> List.of(commit))) {
      write(tar, name, subdot, commit);
    }
    return new ExportReply(
        name.dot().toString(),
        subdot,
        commit.toHex(),
        tar.members(),
        tar.bytes(),
        System.nanoTime() - begin);
  }

  private void write(TarExport tar, FullName name, String subdot, ObjectId commit)
      throws DaemonException, IOException, StoreException {
    DirectoryRef tree = home.history().commit(commit).tree();
    if (subdot.equals(FullName.ROOT_SUBDOT)) {
      tar.write(commit, tree, Optional.empty());
    } else {
      TreeEntry entry = subdot(name, tree, subdot);
      Optional<Attributes> top = Optional.of(entry.attributes());
      tar.write(commit, (DirectoryRef) entry.content(), top);
    }
  }

  private TreeEntry subdot(FullName name, DirectoryRef tree, String subdot)
      throws DaemonException, StoreException {
    Optional<TreeEntry> entry = new DirectoryReader(home.objects()).find(tree, ByteName.of(subdot));
    if (entry.isEmpty() || !(entry.get().content() instanceof DirectoryRef)) {
      throw new DaemonException(
          ErrorKind.UNKNOWN_SUBDOT,
          name.dot().display() + " has no subdot " + subdot + " in that commit",
          "dm export " + name.dot().display() + "." + FullName.ROOT_SUBDOT + " takes all of them");
    }
    return entry.get();
  }
}
