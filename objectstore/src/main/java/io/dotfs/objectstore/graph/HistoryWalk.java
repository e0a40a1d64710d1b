package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * The walk of {@link History#newestFirst}: two queues. {@code survey} goes down by generation and
 * counts each commit's children; once it is below a commit's children, that number is final, and so
 * is whether the commit is excluded. {@code ready} holds the commits all of whose children have
 * been returned, by time. A commit is forgotten when it is returned, an excluded one when its
 * parents are marked and its children returned, so that memory follows the width of history, and
 * how far its clocks are apart, not its length.
 *
 * <p>Not thread safe.
 */
final class HistoryWalk implements History.Walk {
  private static final Comparator<Node> BY_GENERATION =
      Comparator.comparingLong((Node node) -> node.generation).reversed();
  private static final Comparator<Node> BY_TIME =
      Comparator.comparing((Node node) -> node.time)
          .thenComparingLong(node -> node.generation)
          .reversed()
          .thenComparing(node -> node.id);

  private final History history;
  private final Map<ObjectId, Node> nodes = new HashMap<>();
  private final PriorityQueue<Node> survey = new PriorityQueue<>(BY_GENERATION);
  private final PriorityQueue<Node> ready = new PriorityQueue<>(BY_TIME);

  private static final class Node {
    private final ObjectId id;
    private final long generation;
    private final Instant time;
    private final List<ObjectId> parents;

    /** Children that are not excluded and have not been returned. */
    private int childrenToCome;

    private boolean excluded;

    Node(ObjectId id, Commit commit) {
      this.id = id;
      this.generation = commit.generation();
      this.time = commit.author().time();
      this.parents = commit.parents();
    }
  }

  HistoryWalk(History history, Collection<ObjectId> tips, Collection<ObjectId> excluded)
      throws StoreException {
    this.history = history;
    for (ObjectId id : excluded) {
      node(id).excluded = true;
    }
    long least = Long.MAX_VALUE;
    for (ObjectId id : tips) {
      least = Math.min(least, node(id).generation);
    }
    surveyAbove(least);
    for (ObjectId id : new LinkedHashSet<>(tips)) {
      Node node = nodes.get(id);
      if (node != null && node.childrenToCome == 0 && !node.excluded) {
        ready.add(node);
      }
    }
  }

  @Override
  public Optional<History.Entry> next() throws StoreException {
    Node node = ready.poll();
    if (node == null) {
      return Optional.empty();
    }
    // Parents are known once the survey has passed this commit, at the latest now.
    surveyAbove(node.generation - 1);
    for (ObjectId parentId : node.parents) {
      Node parent = node(parentId);
      surveyAbove(parent.generation);
      parent.childrenToCome--;
      if (parent.childrenToCome == 0) {
        if (parent.excluded) {
          nodes.remove(parentId);
        } else {
          ready.add(parent);
        }
      }
    }
    nodes.remove(node.id);
    return Optional.of(new History.Entry(node.id, history.commit(node.id)));
  }

  /** Surveys all commits of a generation greater than {@code generation}. */
  private void surveyAbove(long generation) throws StoreException {
    while (!survey.isEmpty() && survey.element().generation > generation) {
      Node node = survey.remove();
      for (ObjectId parentId : node.parents) {
        Node parent = node(parentId);
        if (parent.generation >= node.generation) {
          throw CorruptObjectException.malformed(
                  "generation " + node.generation + " above a parent of " + parent.generation)
              .of(node.id);
        }
        if (node.excluded) {
          parent.excluded = true;
        } else {
          parent.childrenToCome++;
        }
      }
      if (node.excluded && node.childrenToCome == 0) {
        nodes.remove(node.id);
      }
    }
  }

  private Node node(ObjectId id) throws StoreException {
    Node known = nodes.get(id);
    if (known != null) {
      return known;
    }
    Node node = new Node(id, history.commit(id));
    nodes.put(id, node);
    survey.add(node);
    return node;
  }
}
