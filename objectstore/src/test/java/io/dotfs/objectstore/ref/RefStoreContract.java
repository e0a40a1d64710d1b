package io.dotfs.objectstore.ref;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link RefStore} does. A subclass in the module of an implementation says how to make
 * one; closing what it made is the subclass's, in an {@code @AfterEach}.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
public abstract class RefStoreContract {
  private static final RefName MASTER = new RefName("dots/admin/shop/heads/master");
  private static final RefName BRANCH = new RefName("dots/admin/shop/heads/feature");
  private static final RefName OTHER_DOT = new RefName("dots/admin/shop2/heads/master");

  private RefStore refs = new InMemoryRefStore();

  /** Makes an empty store, once for each test. */
  protected abstract RefStore create() throws Exception;

  /**
   * The store as a new process finds it: closes {@code store} if that needs closing, and opens the
   * same state again. A store that keeps nothing returns {@code store}.
   */
  protected abstract RefStore reopen(RefStore store) throws Exception;

  /** An object id made of a number; equal for equal numbers. */
  protected static ObjectId id(int number) {
    return ObjectId.of(
        ByteBuffer.allocate(ObjectId.BYTES).putInt(number).putInt(28, number).array());
  }

  @BeforeEach
  final void createStore() throws Exception {
    refs = create();
  }

  @Test
  void anEmptyStoreHasNothing() throws Exception {
    assertThat(refs.get(MASTER)).isEmpty();
    assertThat(refs.list("")).isEmpty();
    assertThat(refs.reflog(MASTER, 10)).isEmpty();
    refs.update(List.of());
    assertThat(refs.list("")).isEmpty();
  }

  @Test
  void aRefIsCreatedMovedAndDeleted() throws Exception {
    refs.update(List.of(RefUpdate.create(MASTER, id(1), "commit: one")));
    assertThat(refs.get(MASTER)).contains(id(1));
    refs.update(List.of(RefUpdate.move(MASTER, id(1), id(2), "commit: two")));
    assertThat(refs.get(MASTER)).contains(id(2));
    refs.update(List.of(RefUpdate.delete(MASTER, id(2), "branch: deleted")));
    assertThat(refs.get(MASTER)).isEmpty();
    assertThat(refs.list("")).isEmpty();
  }

  @Test
  void creatingWhatExistsIsAConflictThatNamesBothValues() throws Exception {
    refs.update(List.of(RefUpdate.create(MASTER, id(1), "")));
    assertThatThrownBy(() -> refs.update(List.of(RefUpdate.create(MASTER, id(2), ""))))
        .isInstanceOfSatisfying(
            RefConflictException.class,
            e -> {
              assertThat(e.ref()).isEqualTo(MASTER.value());
              assertThat(e.expected()).isEmpty();
              assertThat(e.actual()).contains(id(1));
            });
    assertThat(refs.get(MASTER)).contains(id(1));
  }

  @Test
  void movingOrDeletingFromAnotherValueIsAConflict() throws Exception {
    assertConflict(RefUpdate.move(MASTER, id(1), id(2), ""));
    assertConflict(RefUpdate.delete(MASTER, id(1), ""));
    refs.update(List.of(RefUpdate.create(MASTER, id(1), "")));
    assertConflict(RefUpdate.move(MASTER, id(3), id(2), ""));
    assertConflict(RefUpdate.delete(MASTER, id(3), ""));
    assertThat(refs.get(MASTER)).contains(id(1));
    assertThat(refs.reflog(MASTER, 10)).hasSize(1);
  }

  @Test
  void logsAreKnownByNameAlsoThoseOfDeletedRefs() throws Exception {
    assertThat(refs.logged()).isEmpty();
    refs.update(
        List.of(RefUpdate.create(MASTER, id(1), "a"), RefUpdate.create(BRANCH, id(2), "b")));
    refs.update(List.of(RefUpdate.delete(BRANCH, id(2), "c")));
    refs.update(List.of(RefUpdate.move(MASTER, id(1), id(3), "d")));
    assertThat(refs.logged()).containsExactlyInAnyOrder(MASTER, BRANCH);
  }

  @Test
  void oldChangesAreForgottenButNotTheLastOneOfALivingRef() throws Exception {
    refs.update(List.of(RefUpdate.create(MASTER, id(1), "a")));
    for (int i = 1; i < 10; i++) {
      refs.update(List.of(RefUpdate.move(MASTER, id(i), id(i + 1), "b")));
    }
    refs.update(List.of(RefUpdate.create(BRANCH, id(1), "c")));
    refs.update(List.of(RefUpdate.delete(BRANCH, id(1), "d")));
    refs.expire(MASTER, Instant.EPOCH);
    assertThat(refs.reflog(MASTER, 100)).hasSize(10);
    refs.expire(MASTER, Instant.MAX);
    refs.expire(BRANCH, Instant.MAX);
    assertThat(refs.reflog(MASTER, 100)).hasSize(1);
    assertThat(refs.reflog(MASTER, 100).get(0).after()).contains(id(10));
    // What comes later is logged and found as ever.
    for (int i = 10; i < 15; i++) {
      refs.update(List.of(RefUpdate.move(MASTER, id(i), id(i + 1), "e")));
    }
    assertThat(refs.reflog(MASTER, 100)).hasSize(6);
    assertThat(refs.reflog(MASTER, 1).get(0).after()).contains(id(15));
    refs.update(List.of(RefUpdate.create(OTHER_DOT, id(1), "f")));
    assertThat(refs.reflog(BRANCH, 100).size()).isLessThanOrEqualTo(1);
  }

  @Test
  void aBatchIsDoneInWholeOrNotAtAll() throws Exception {
    refs.update(
        List.of(RefUpdate.create(MASTER, id(1), "a"), RefUpdate.create(BRANCH, id(2), "b")));
    assertThat(refs.list("")).containsExactly(Map.entry(BRANCH, id(2)), Map.entry(MASTER, id(1)));
    assertThatThrownBy(
            () ->
                refs.update(
                    List.of(
                        RefUpdate.create(OTHER_DOT, id(9), "c"),
                        RefUpdate.move(MASTER, id(1), id(3), "d"),
                        RefUpdate.move(BRANCH, id(7), id(4), "e"))))
        .isInstanceOf(RefConflictException.class);
    assertThat(refs.list("")).containsExactly(Map.entry(BRANCH, id(2)), Map.entry(MASTER, id(1)));
    assertThat(refs.reflog(MASTER, 10)).hasSize(1);
    assertThat(refs.reflog(OTHER_DOT, 10)).isEmpty();
    refs.update(
        List.of(RefUpdate.move(MASTER, id(1), id(3), "f"), RefUpdate.delete(BRANCH, id(2), "g")));
    assertThat(refs.list("")).containsExactly(Map.entry(MASTER, id(3)));
  }

  @Test
  void oneRefTwiceInABatchIsAProgrammersError() throws Exception {
    assertThatThrownBy(
            () ->
                refs.update(
                    List.of(
                        RefUpdate.create(MASTER, id(1), ""),
                        RefUpdate.move(MASTER, id(1), id(2), ""))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(refs.list("")).isEmpty();
  }

  @Test
  void anUpdateThatChangesNothingIsComparedAndNotLogged() throws Exception {
    refs.update(List.of(RefUpdate.create(MASTER, id(1), "one")));
    refs.update(List.of(RefUpdate.move(MASTER, id(1), id(1), "nothing")));
    refs.update(List.of(new RefUpdate(BRANCH, Optional.empty(), Optional.empty(), "nothing")));
    assertThat(refs.reflog(MASTER, 10)).hasSize(1);
    assertThat(refs.reflog(BRANCH, 10)).isEmpty();
    assertConflict(RefUpdate.move(MASTER, id(2), id(2), "nothing"));
    assertConflict(new RefUpdate(MASTER, Optional.empty(), Optional.empty(), "nothing"));
    assertThatThrownBy(
            () ->
                refs.update(
                    List.of(
                        RefUpdate.move(MASTER, id(2), id(2), "only compared"),
                        RefUpdate.create(BRANCH, id(5), "must not happen"))))
        .isInstanceOf(RefConflictException.class);
    assertThat(refs.get(BRANCH)).isEmpty();
  }

  @Test
  void listTakesAnyPrefixAndSortsByName() throws Exception {
    refs.update(
        List.of(
            RefUpdate.create(OTHER_DOT, id(3), ""),
            RefUpdate.create(MASTER, id(1), ""),
            RefUpdate.create(BRANCH, id(2), ""),
            RefUpdate.create(new RefName("z"), id(4), "")));
    assertThat(refs.list("").keySet()).containsExactly(BRANCH, MASTER, OTHER_DOT, new RefName("z"));
    assertThat(refs.list("dots/admin/shop").keySet()).containsExactly(BRANCH, MASTER, OTHER_DOT);
    assertThat(refs.list("dots/admin/shop/").keySet()).containsExactly(BRANCH, MASTER);
    assertThat(refs.list("dots/admin/shop/heads/m").keySet()).containsExactly(MASTER);
    assertThat(refs.list("dots/admin/shop_")).isEmpty();
    assertThat(refs.list("dots/admin/%")).isEmpty();
    assertThat(refs.list("dots/admin/shop/heads/master/x")).isEmpty();
    assertThat(refs.list("DOTS/")).isEmpty();
    assertThat(refs.list("\uffff")).isEmpty();
  }

  @Test
  void whatListReturnsDoesNotChangeLater() throws Exception {
    refs.update(List.of(RefUpdate.create(MASTER, id(1), "")));
    SortedMap<RefName, ObjectId> listed = refs.list("");
    refs.update(List.of(RefUpdate.move(MASTER, id(1), id(2), "")));
    assertThat(listed).containsExactly(Map.entry(MASTER, id(1)));
  }

  @Test
  void namesThatDifferInCaseOrNestAreDifferentRefs() throws Exception {
    List<RefName> names =
        List.of(
            new RefName("heads/A"),
            new RefName("heads/a"),
            new RefName("heads/a/b"),
            new RefName("heads/a/b/c"),
            new RefName("heads/a.b"),
            new RefName("heads/a-b"),
            new RefName("h/" + "x".repeat(RefName.MAX_LENGTH - 2)));
    List<RefUpdate> batch = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      batch.add(RefUpdate.create(names.get(i), id(i), "ref " + i));
    }
    refs.update(batch);
    refs = reopen(refs);
    for (int i = 0; i < names.size(); i++) {
      assertThat(refs.get(names.get(i))).contains(id(i));
      assertThat(refs.reflog(names.get(i), 10))
          .extracting(ReflogEntry::reason)
          .containsExactly("ref " + i);
    }
    refs.update(List.of(RefUpdate.delete(names.get(1), id(1), "")));
    assertThat(refs.get(names.get(2))).contains(id(2));
    assertThat(refs.get(names.get(0))).contains(id(0));
    assertThat(refs.list("heads/a/").keySet()).containsExactly(names.get(2), names.get(3));
  }

  @Test
  void theReflogIsNewestFirstAndOutlivesItsRef() throws Exception {
    Instant begin = Instant.now().minus(Duration.ofDays(1));
    refs.update(List.of(RefUpdate.create(MASTER, id(1), "commit: one")));
    refs.update(List.of(RefUpdate.move(MASTER, id(1), id(2), "commit: two  with spaces ")));
    refs.update(
        List.of(
            RefUpdate.create(BRANCH, id(2), "branch: from master"),
            RefUpdate.delete(MASTER, id(2), "")));
    refs.update(List.of(RefUpdate.create(MASTER, id(3), "Größe – 時 \ud83d\ude00")));
    for (int round = 0; round < 2; round++) {
      List<ReflogEntry> log = refs.reflog(MASTER, 10);
      assertThat(log)
          .extracting(ReflogEntry::reason)
          .containsExactly(
              "Größe – 時 \ud83d\ude00", "", "commit: two  with spaces ", "commit: one");
      assertThat(log)
          .extracting(ReflogEntry::before)
          .containsExactly(
              Optional.empty(), Optional.of(id(2)), Optional.of(id(1)), Optional.empty());
      assertThat(log)
          .extracting(ReflogEntry::after)
          .containsExactly(
              Optional.of(id(3)), Optional.empty(), Optional.of(id(2)), Optional.of(id(1)));
      assertThat(log).allSatisfy(entry -> assertThat(entry.time()).isAfter(begin));
      assertThat(refs.reflog(MASTER, 2)).isEqualTo(log.subList(0, 2));
      assertThat(refs.reflog(MASTER, 1)).isEqualTo(log.subList(0, 1));
      assertThat(refs.reflog(MASTER, 0)).isEmpty();
      assertThat(refs.reflog(MASTER, Integer.MAX_VALUE)).isEqualTo(log);
      assertThat(refs.reflog(BRANCH, 10)).hasSize(1);
      refs = reopen(refs);
    }
  }

  @Test
  void longReasonsAndLongLogsAreKept() throws Exception {
    String reason = "\u6642".repeat(RefUpdate.MAX_REASON_LENGTH);
    refs.update(List.of(RefUpdate.create(MASTER, id(0), reason)));
    for (int i = 1; i < 60; i++) {
      refs.update(List.of(RefUpdate.move(MASTER, id(i - 1), id(i), reason)));
    }
    refs = reopen(refs);
    List<ReflogEntry> log = refs.reflog(MASTER, 1000);
    assertThat(log).hasSize(60).allSatisfy(entry -> assertThat(entry.reason()).isEqualTo(reason));
    for (int i = 0; i < log.size(); i++) {
      assertThat(log.get(i).after()).contains(id(59 - i));
    }
    assertThat(refs.reflog(MASTER, 7)).isEqualTo(log.subList(0, 7));
  }

  @Test
  void whatWasUpdatedIsThereAfterReopening() throws Exception {
    refs.update(
        List.of(RefUpdate.create(MASTER, id(1), "a"), RefUpdate.create(BRANCH, id(2), "b")));
    refs = reopen(refs);
    assertThat(refs.list("")).containsExactly(Map.entry(BRANCH, id(2)), Map.entry(MASTER, id(1)));
    refs.update(List.of(RefUpdate.move(MASTER, id(1), id(2), "c")));
    refs = reopen(refs);
    assertThat(refs.get(MASTER)).contains(id(2));
    assertThat(refs.reflog(MASTER, 10)).extracting(ReflogEntry::reason).containsExactly("c", "a");
    assertConflict(RefUpdate.move(MASTER, id(1), id(3), ""));
  }

  /** Random batches against a plain map, reopening now and then. */
  @Test
  void agreesWithAModel() throws Exception {
    long seed = 20260101;
    Random random = new Random(seed);
    List<RefName> names = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      names.add(new RefName((i % 2 == 0 ? "a/" : "b/") + "r" + i));
    }
    SortedMap<RefName, ObjectId> model = new TreeMap<>();
    Map<RefName, List<String>> logs = new HashMap<>();
    for (int step = 0; step < 200; step++) {
      List<RefName> chosen = new ArrayList<>(names);
      Collections.shuffle(chosen, random);
      List<RefUpdate> batch = new ArrayList<>();
      for (RefName name : chosen.subList(0, 1 + random.nextInt(3))) {
        Optional<ObjectId> actual = Optional.ofNullable(model.get(name));
        Optional<ObjectId> expected =
            random.nextInt(10) == 0 ? Optional.of(id(random.nextInt(5))) : actual;
        Optional<ObjectId> next =
            random.nextInt(4) == 0 ? Optional.empty() : Optional.of(id(random.nextInt(5)));
        batch.add(new RefUpdate(name, expected, next, "step " + step));
      }
      boolean fits =
          batch.stream()
              .allMatch(u -> u.expected().equals(Optional.ofNullable(model.get(u.name()))));
      boolean done = tryUpdate(refs, batch);
      assertThat(done).as("seed %s step %s", seed, step).isEqualTo(fits);
      for (RefUpdate update : done ? batch : List.<RefUpdate>of()) {
        if (!update.next().equals(update.expected())) {
          logs.computeIfAbsent(update.name(), n -> new ArrayList<>()).add(0, update.reason());
        }
        update
            .next()
            .ifPresentOrElse(n -> model.put(update.name(), n), () -> model.remove(update.name()));
      }
      if (random.nextInt(25) == 0) {
        refs = reopen(refs);
      }
      assertThat(refs.list("")).as("seed %s step %s", seed, step).isEqualTo(model);
    }
    assertThat(refs.list("b/")).isEqualTo(model.subMap(new RefName("b/r"), new RefName("c")));
    for (RefName name : names) {
      assertThat(refs.reflog(name, 1000))
          .extracting(ReflogEntry::reason)
          .isEqualTo(logs.getOrDefault(name, List.of()));
    }
  }

  /** Threads race for each step of a counter that is kept in a ref. */
  @Test
  void ofConcurrentUpdatesExactlyOneWins() throws Exception {
    int threads = 4;
    int rounds = 25;
    CyclicBarrier barrier = new CyclicBarrier(threads);
    List<Callable<Integer>> racers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int racer = t;
      racers.add(
          () -> {
            int wins = 0;
            for (int round = 0; round < rounds; round++) {
              Optional<ObjectId> now = refs.get(MASTER);
              barrier.await(30, TimeUnit.SECONDS);
              ObjectId next = id(1 + round * threads + racer);
              if (tryUpdate(
                  refs, List.of(new RefUpdate(MASTER, now, Optional.of(next), "racer " + racer)))) {
                wins++;
              }
              barrier.await(30, TimeUnit.SECONDS);
            }
            return wins;
          });
    }
    int wins = 0;
    for (Integer count : runAll(racers)) {
      wins += count;
    }
    assertThat(wins).isEqualTo(rounds);
    List<ReflogEntry> log = refs.reflog(MASTER, 1000);
    assertThat(log).hasSize(rounds);
    for (int i = 0; i + 1 < log.size(); i++) {
      assertThat(log.get(i).before()).isEqualTo(log.get(i + 1).after());
    }
    assertThat(log.get(0).after()).isEqualTo(refs.get(MASTER));
  }

  /** Two refs always move together; nobody may see them differ. */
  @Test
  void nobodySeesHalfABatch() throws Exception {
    refs.update(List.of(RefUpdate.create(MASTER, id(0), ""), RefUpdate.create(BRANCH, id(0), "")));
    AtomicBoolean done = new AtomicBoolean();
    Callable<Integer> writer =
        () -> {
          try {
            for (int i = 0; i < 60; i++) {
              refs.update(
                  List.of(
                      RefUpdate.move(MASTER, id(i), id(i + 1), ""),
                      RefUpdate.move(BRANCH, id(i), id(i + 1), "")));
            }
          } finally {
            done.set(true);
          }
          return 0;
        };
    Callable<Integer> reader =
        () -> {
          int torn = 0;
          do {
            SortedMap<RefName, ObjectId> seen = refs.list("dots/admin/shop/");
            torn += seen.size() == 2 && seen.get(MASTER).equals(seen.get(BRANCH)) ? 0 : 1;
          } while (!done.get());
          return torn;
        };
    assertThat(runAll(List.of(writer, reader, reader))).containsExactly(0, 0, 0);
    assertThat(refs.get(BRANCH)).contains(id(60));
  }

  private void assertConflict(RefUpdate update) {
    assertThatThrownBy(() -> refs.update(List.of(update))).isInstanceOf(RefConflictException.class);
  }

  private static boolean tryUpdate(RefStore refs, List<RefUpdate> batch) throws StoreException {
    try {
      refs.update(batch);
      return true;
    } catch (RefConflictException e) {
      return false;
    }
  }

  private static <T> List<T> runAll(List<Callable<T>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
