package io.dotfs.cli.command;

import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.api.DaemonException;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a command needs beyond its words, its settings and its output, and what depends on whether
 * it has a process of its own. For the command's thread.
 */
public interface Surroundings {
  /**
   * Called before a command does anything.
   *
   * @param alone whether it needs a process of its own: a terminal to ask at, the very environment
   *     that it was called in
   * @throws DeclinedException if it must run elsewhere
   */
  void admit(boolean alone);

  /**
   * Returns a client of the daemon that serves an endpoint.
   *
   * @throws DaemonException if there is none, and none could be started
   * @throws DeclinedException if it would have to be started from elsewhere
   */
  DaemonClient daemon(DaemonEndpoint endpoint) throws DaemonException;

  /** Returns the standard input. */
  InputStream in();

  /**
   * Shows text through a pager on the terminal that is the standard output.
   *
   * @param pager a command for {@code sh -c}
   * @return whether it was shown, or the reader has seen enough; false if there is no such pager
   * @throws IOException if the shell cannot be started, or the terminal has gone
   */
  boolean page(String pager, String text) throws IOException;
}
