package io.dotfs.packstream.receive;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.ref.FileRefStore;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.ProtocolMismatch;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.TransferException.UnknownDot;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.wire.RemoteDot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Dots in a directory: a {@code file://} remote. Everybody who may write the directory may do
 * everything; any number of processes may use it at once.
 *
 * <pre>
 *   format                        "dotfs remote 1"
 *   dots/NAMESPACE/DOT/objects/   packs
 *   dots/NAMESPACE/DOT/refs/      refs and reflogs
 *   dots/NAMESPACE/DOT/quarantine/USER/   packs of pushes that did not get through
 * </pre>
 */
public final class DirectoryHost implements DotHost {
  private static final String FORMAT = "dotfs remote 1\n";
  private static final String NAMESPACE = "admin";
  private final Path root;

  /** Nothing is read or made yet. */
  public DirectoryHost(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  @Override
  public String defaultNamespace(String user) {
    return NAMESPACE;
  }

  @Override
  public List<RemoteDot> list(String user) throws TransferException {
    checkFormat();
    List<RemoteDot> dots = new ArrayList<>();
    for (String namespace : names(root.resolve("dots"))) {
      for (String dot : names(root.resolve("dots").resolve(namespace))) {
        DotName name = new DotName(namespace, dot);
        if (!refs(name).isEmpty()) {
          dots.add(new RemoteDot(name, true));
        }
      }
    }
    dots.sort((a, b) -> a.name().compareTo(b.name()));
    return dots;
  }

  @Override
  public Opened forReading(String user, DotName dot) throws TransferException {
    if (isVacant()) {
      // What a first push makes is not there yet.
      throw new UnknownDot(dot);
    }
    checkFormat();
    if (!Files.isDirectory(place(dot), LinkOption.NOFOLLOW_LINKS)) {
      throw new UnknownDot(dot);
    }
    return open(dot);
  }

  @Override
  public Opened forWriting(String user, DotName dot) throws TransferException {
    try {
      Files.createDirectories(root);
      if (isVacant()) {
        Files.writeString(root.resolve("format"), FORMAT);
      }
      checkFormat();
      Files.createDirectories(place(dot));
    } catch (IOException e) {
      throw new Unreachable("cannot write to " + root + ": " + reason(e), e);
    }
    return open(dot);
  }

  private Opened open(DotName dot) throws TransferException {
    Path place = place(dot);
    try {
      ObjectStore store = ObjectStore.open(place.resolve("objects"));
      HostedDot hosted =
          new HostedDot(
              dot,
              store,
              FileRefStore.open(place.resolve("refs")),
              place.resolve("quarantine"),
              ReceiveLimits.DEFAULT,
              new SplittableRandom().nextLong());
      return new Opened(hosted, Files.isWritable(place), () -> StoreFailures.close(store));
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  private Set<RefName> refs(DotName dot) throws TransferException {
    try {
      return FileRefStore.open(place(dot).resolve("refs")).list("").keySet();
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  private Path place(DotName dot) {
    return root.resolve("dots").resolve(dot.namespace()).resolve(dot.dot());
  }

  /** Whether there is no directory, or an empty one. */
  private boolean isVacant() throws Unreachable {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      return !entries.iterator().hasNext();
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      throw new Unreachable("cannot read " + root + ": " + reason(e), e);
    }
  }

  private void checkFormat() throws TransferException {
    try {
      byte[] format = Files.readAllBytes(root.resolve("format"));
      if (!new String(format, StandardCharsets.ISO_8859_1).equals(FORMAT)) {
        throw new ProtocolMismatch(
            "the directory holds something else, or was written by a newer version of dotfs");
      }
    } catch (IOException e) {
      throw new Unreachable("no remote in " + root + ": " + reason(e), e);
    }
  }

  private static List<String> names(Path directory) throws TransferException {
    List<String> names = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return names;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (DotName.isPart(name) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          names.add(name);
        }
      }
    } catch (IOException e) {
      throw new RemoteFailure("cannot list " + directory + ": " + reason(e));
    }
    return names;
  }

  private static String reason(IOException failure) {
    return failure instanceof NoSuchFileException
        ? "no such file or directory"
        : failure.getClass().getSimpleName();
  }
}
