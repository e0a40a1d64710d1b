package io.dotfs.packstream.receive;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.RemoteFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place for what a failing store means: maps what went wrong in the store of the answering side
 * to what the asking side is told.
 */
public final class StoreFailures {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFailures.class);

  private StoreFailures() {}

  /** What to throw; paths and other inner matters stay in the cause, for the log. */
  static TransferException of(StoreException failure) {
    String told = "the remote's store failed";
    if (failure instanceof CorruptObjectException || failure instanceof MissingObjectException) {
      told = "the remote's store is damaged: " + failure.getMessage();
    }
    RemoteFailure answer = new RemoteFailure(told);
    answer.initCause(failure);
    return answer;
  }

  /** Closes a store; nothing is lost when that fails, since whatever was finished is durable. */
  public static void close(ObjectStore store) {
    try {
      store.close();
    } catch (StoreException e) {
      LOG.warn("event=store-not-closed", e);
    }
  }
}
