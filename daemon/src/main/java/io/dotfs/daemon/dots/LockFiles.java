package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.MountMessages.LockFile;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.diff.TreePath;
import io.dotfs.objectstore.directory.DirectoryCursor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lock files by which a store tells that a server is at work on its data: a copy of the data holds
 * them too, and then a second server refuses to start because of the first. Looked for at the top
 * of a subdot and one directory down.
 */
final class LockFiles {
  private static final Set<String> NAMES = Set.of("postmaster.pid", "mongod.lock", "mysqld.pid");
  private static final int MAX_DIRECTORIES = 1000;
  private static final int MAX_BYTES = 64;

  private final ObjectReader objects;
  private final Path proc;

  LockFiles(ObjectReader objects, Path proc) {
    this.objects = objects;
    this.proc = proc;
  }

  /** A lock file; {@code pid} 0 if it names no process. */
  record Found(TreePath path, long pid, Optional<String> liveCommand) {
    LockFile tell(boolean removed) {
      return new LockFile(DiffVerbs.text(path), pid, liveCommand.orElse(""), removed);
    }
  }

  /** All lock files of a subdot, those of processes that are long gone included. */
  List<Found> find(ByteName subdot, DirectoryRef root) throws StoreException {
    List<Found> found = new ArrayList<>();
    TreePath top = new TreePath(List.of(subdot));
    look(top, root, found);
    DirectoryCursor entries = new DirectoryReader(objects).entries(root);
    for (int i = 0; i < MAX_DIRECTORIES; i++) {
      Optional<TreeEntry> entry = entries.next();
      if (entry.isEmpty()) {
        break;
      }
      if (entry.get().content() instanceof DirectoryRef below) {
        look(top.child(entry.get().name()), below, found);
      }
    }
    return found;
  }

  private void look(TreePath at, DirectoryRef directory, List<Found> found) throws StoreException {
    DirectoryReader reader = new DirectoryReader(objects);
    for (String name : NAMES) {
      Optional<TreeEntry> entry = reader.find(directory, ByteName.of(name));
      if (entry.isPresent() && entry.get().content() instanceof FileContent file) {
        long pid = pid(file);
        found.add(new Found(at.child(ByteName.of(name)), pid, command(pid)));
      }
    }
  }

  /** The number in the first line. */
  private long pid(FileContent file) throws StoreException {
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(MAX_BYTES, file.sizeBytes()));
    new FileReader(objects).read(file, 0, head);
    String line =
        new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1)
            .lines()
            .findFirst()
            .orElse("")
            .strip();
    return line.matches("[0-9]{1,10}") ? Long.parseLong(line) : 0;
  }

  private Optional<String> command(long pid) {
    if (pid == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Files.readString(proc.resolve(pid + "/comm"), StandardCharsets.ISO_8859_1).strip());
    } catch (IOException e) {
      return Optional.empty(); // no such process
    }
  }
}
