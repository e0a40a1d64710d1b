package io.dotfs.daemon.docker;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.packstream.TransferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What lies behind volumes: dots, and the mounting of their subdots. Thread safe. */
interface VolumeData {
  /**
   * Makes the dot that a volume's name means if there is none, as the options say.
   *
   * @param volume a full name, with branch and subdot where it has them
   */
  void create(String volume, Map<String, String> options)
      throws DaemonException, TransferException, IOException, StoreException, InterruptedException;

  /** Mounts; subdot and dot are made if they are not there. The directory exists. */
  void mount(String volume, Path directory, boolean readOnly)
      throws DaemonException, IOException, StoreException, InterruptedException;

  /** True if it is mounted there by this daemon, and served. */
  boolean isMounted(Path directory);

  /**
   * Takes the mount away; nothing happens where there is none.
   *
   * @throws DaemonException {@link io.dotfs.daemon.api.ErrorKind#IN_USE}
   */
  void unmount(Path directory) throws DaemonException, IOException;

  /** Forgets a dot that nobody ever named or committed. */
  void discardAnonymous(String volume)
      throws DaemonException, IOException, StoreException, InterruptedException;
}
