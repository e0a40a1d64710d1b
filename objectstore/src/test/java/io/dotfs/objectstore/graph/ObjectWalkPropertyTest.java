package io.dotfs.objectstore.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.fixture.ModelTree;
import io.dotfs.objectstore.fixture.NaiveTree;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of random trees, sent from one store to another by what the walk names and
 * judged by the check: nothing the receiver needs may be missing, and little may come in vain.
 */
class ObjectWalkPropertyTest {
  private static final int COMMITS = 14;

  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final List<ObjectId> commits = new ArrayList<>();

  /** Branches that are edited and merged. */
  private void makeHistory(long seed, int size) throws Exception {
    Random random = new Random(seed);
    List<ModelTree> trees = new ArrayList<>();
    for (int i = 0; i < COMMITS; i++) {
      List<ObjectId> parents = new ArrayList<>();
      ModelTree tree;
      if (i == 0 || random.nextInt(10) == 0) {
        tree = ModelTree.random(seed + i, size);
      } else {
        int first = Math.max(0, i - 1 - random.nextInt(3));
        parents.add(commits.get(first));
        tree = trees.get(first).copy();
        tree.change(random.nextInt(8));
        int second = random.nextInt(i);
        if (random.nextInt(3) == 0 && second != first) {
          // A merge that takes the other side's tree in whole, or its own.
          parents.add(commits.get(second));
          tree = random.nextBoolean() ? trees.get(second).copy() : tree;
          tree.change(random.nextInt(3));
        }
      }
      trees.add(tree);
      commits.add(NaiveTree.commit(objects, tree.store(objects), 1000 + i, parents));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whatIsNamedCompletesWhatIsHad(long seed) throws Exception {
    makeHistory(seed, 30 + (int) seed * 12);
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      Set<ObjectId> haves = some(random, random.nextInt(3));
      Set<ObjectId> wants = some(random, 1 + random.nextInt(2));
      List<ObjectId> named = new ArrayList<>();
      Set<ObjectId> had = NaiveTree.reachable(objects, haves);
      Set<ObjectId> there = new HashSet<>(had);
      new ObjectWalk(objects)
          .missing(
              wants,
              haves,
              (id, type) -> {
                assertThat(objects.info(id).orElseThrow().type()).isEqualTo(type);
                // Children first: at any moment all that an object names is there.
                assertThat(there).containsAll(NaiveTree.children(objects, id));
                there.add(id);
                named.add(id);
              });
      assertThat(named).as("seed %s round %s", seed, round).doesNotHaveDuplicates();
      assertThat(there).containsAll(NaiveTree.reachable(objects, wants));
      if (haves.isEmpty()) {
        assertThat(new LinkedHashSet<>(named)).isEqualTo(NaiveTree.reachable(objects, wants));
      }
      // The receiver, which has what it had and a batch of what was named, comes to the same end.
      MemoryObjectStore store = copy(had);
      MemoryObjectStore batch = copy(new HashSet<>(named));
      ConnectivityCheck check = new ConnectivityCheck(batch, store);
      assertThat(check.missing(wants, haves, 10)).as("seed %s round %s", seed, round).isEmpty();
    }
  }

  /** Takes one object away from a whole batch, wherever it is: the check has to say so. */
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26})
  void anyObjectThatIsLeftOutIsMissed(long seed) throws Exception {
    makeHistory(seed, 60);
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      Set<ObjectId> haves = some(random, random.nextInt(3));
      Set<ObjectId> wants = some(random, 1);
      List<ObjectId> named = new ArrayList<>();
      new ObjectWalk(objects).missing(wants, haves, (id, type) -> named.add(id));
      Set<ObjectId> had = NaiveTree.reachable(objects, haves);
      named.removeIf(had::contains);
      if (named.isEmpty()) {
        continue;
      }
      ObjectId dropped = named.remove(random.nextInt(named.size()));
      MemoryObjectStore batch = copy(new HashSet<>(named));
      // With and without the object in some corner of the store that the peer may not read.
      MemoryObjectStore store = copy(had);
      assertThat(new ConnectivityCheck(batch, store).missing(wants, haves, 10))
          .as("seed %s round %s", seed, round)
          .contains(dropped);
      assertThat(new ConnectivityCheck(batch, objects).missing(wants, haves, 10))
          .as("seed %s round %s, with the whole store behind", seed, round)
          .contains(dropped);
    }
  }

  /** What is complete may be found at any other place, at whatever cost. */
  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 34})
  void onlyWhatIsReachableCounts(long seed) throws Exception {
    makeHistory(seed, 60);
    Random random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      Set<ObjectId> haves = some(random, 1 + random.nextInt(2));
      Set<ObjectId> wants = some(random, 1);
      Set<ObjectId> had = NaiveTree.reachable(objects, haves);
      Set<ObjectId> needed = NaiveTree.reachable(objects, wants);
      // Exactly what is not reachable from the haves, which a clever sender might find out.
      Set<ObjectId> sent = new LinkedHashSet<>(needed);
      sent.removeAll(had);
      MemoryObjectStore batch = copy(sent);
      assertThat(new ConnectivityCheck(batch, objects).missing(wants, haves, 10))
          .as("seed %s round %s", seed, round)
          .isEmpty();
      // The same with fewer rights: what only the haves lead to is missing then.
      if (needed.stream().anyMatch(had::contains)) {
        assertThat(new ConnectivityCheck(batch, objects).missing(wants, List.of(), 10))
            .isNotEmpty()
            .allMatch(id -> needed.contains(id) && had.contains(id));
      }
    }
  }

  private MemoryObjectStore copy(Set<ObjectId> ids) throws Exception {
    MemoryObjectStore copy = new MemoryObjectStore();
    for (ObjectId id : ids) {
      ObjectType type = objects.info(id).orElseThrow().type();
      copy.put(type, objects.read(id, type));
    }
    return copy;
  }

  private Set<ObjectId> some(Random random, int count) {
    Set<ObjectId> some = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      some.add(commits.get(random.nextInt(commits.size())));
    }
    return some;
  }
}
