package io.dotfs.fusefs.mount;

import io.dotfs.fusefs.kernel.MemoryFileSystem;
import java.nio.file.Path;

/** Serves a {@link MemoryFileSystem} until it is unmounted: DIRECTORY [SOURCE [allow_other]]. */
public final class ServeMemory {
  private ServeMemory() {}

  public static void main(String[] arguments) throws Exception {
    MountOptions options =
        MountOptions.of(Path.of(arguments[0]), arguments.length > 1 ? arguments[1] : "memory")
            .withAllowOther(arguments.length > 2 && arguments[2].equals("allow_other"));
    MountedFileSystem mount = Mounter.kernel().mount(options, new MemoryFileSystem());
    System.out.println("mounted " + mount);
    mount.awaitEnd();
    System.out.println("ended");
  }
}
