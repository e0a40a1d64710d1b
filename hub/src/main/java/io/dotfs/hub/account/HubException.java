package io.dotfs.hub.account;

/** What an administrator asked for cannot be done; the message is one line for the terminal. */
public final class HubException extends Exception {
  private static final long serialVersionUID = 1;

  public HubException(String message) {
    super(message);
  }

  public HubException(String message, Throwable cause) {
    super(message, cause);
  }
}
