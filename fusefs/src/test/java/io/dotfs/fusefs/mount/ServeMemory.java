package io.dotfs.fusefs.mount;

import io.dotfs.fusefs.kernel.MemoryFileSystem;
import java.nio.file.Path;

/** Serves a {@link MemoryFileSystem} on the directory given, until it is unmounted. */
public final class ServeMemory {
  private ServeMemory() {}

  public static void main(String[] arguments) throws Exception {
    MountOptions options =
        MountOptions.of(Path.of(arguments[0]), "memory")
            .withAllowOther(arguments.length > 1 && arguments[1].equals("allow_other"));
    MountedFileSystem mount = Mounter.kernel().mount(options, new MemoryFileSystem());
    System.out.println("mounted " + mount);
    mount.awaitEnd();
    System.out.println("ended");
  }
}
