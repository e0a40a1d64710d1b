package io.dotfs.objectstore.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.codec.TagCodec;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.CountingReader;
import io.dotfs.objectstore.fixture.NaiveTree;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.Tag;
import io.dotfs.objectstore.store.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final History history = new History(objects);
  private int clock = 1000;

  private ObjectId commit(ObjectId... parents) throws StoreException {
    return NaiveTree.commit(objects, DirectoryRef.EMPTY, clock++, List.of(parents));
  }

  private List<ObjectId> walk(Collection<ObjectId> tips, Collection<ObjectId> excluded)
      throws StoreException {
    List<ObjectId> ids = new ArrayList<>();
    History.Walk walk = history.newestFirst(tips, excluded);
    for (Optional<History.Entry> next = walk.next(); next.isPresent(); next = walk.next()) {
      assertThat(next.get().commit()).isEqualTo(history.commit(next.get().id()));
      ids.add(next.get().id());
    }
    assertThat(walk.next()).isEmpty();
    return ids;
  }

  /** Commits with up to three parents among the earlier ones, and clocks that err. */
  private List<ObjectId> randomHistory(Random random, int count) throws StoreException {
    List<ObjectId> commits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Set<ObjectId> parents = new HashSet<>();
      int wanted = i == 0 || random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(3);
      for (int p = 0; p < wanted; p++) {
        parents.add(commits.get(Math.max(0, i - 1 - random.nextInt(6))));
      }
      int seconds = random.nextInt(5) == 0 ? random.nextInt(2000) : 1000 + i;
      commits.add(
          NaiveTree.commit(objects, DirectoryRef.EMPTY, seconds * 1000L + i, List.copyOf(parents)));
    }
    return commits;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void aWalkYieldsExactlyTheDifferenceAndNoParentBeforeItsChild(long seed) throws Exception {
    Random random = new Random(seed);
    List<ObjectId> commits = randomHistory(random, 60);
    for (int round = 0; round < 20; round++) {
      Set<ObjectId> tips = some(random, commits, 1 + random.nextInt(3));
      Set<ObjectId> excluded = some(random, commits, random.nextInt(3));
      Set<ObjectId> expected = NaiveTree.reachable(objects, tips);
      expected.removeAll(NaiveTree.reachable(objects, excluded));
      List<ObjectId> walked = walk(tips, excluded);
      assertThat(walked).doesNotHaveDuplicates().hasSameElementsAs(expected);
      Set<ObjectId> before = new HashSet<>();
      for (ObjectId id : walked) {
        assertThat(history.commit(id).parents()).noneMatch(before::contains);
        before.add(id);
      }
      assertNewestOfThePossibleFirst(walked);
    }
  }

  /** At each step no other commit whose children are all out is newer. */
  private void assertNewestOfThePossibleFirst(List<ObjectId> walked) throws StoreException {
    Set<ObjectId> open = new HashSet<>(walked);
    for (ObjectId id : walked) {
      Set<ObjectId> parents = new HashSet<>();
      for (ObjectId other : open) {
        parents.addAll(history.commit(other).parents());
      }
      for (ObjectId other : open) {
        if (!parents.contains(other)) {
          assertThat(history.commit(other).author().time())
              .isBeforeOrEqualTo(history.commit(id).author().time());
        }
      }
      open.remove(id);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void ancestorsAndMergeBasesAreThoseOfAnExhaustiveSearch(long seed) throws Exception {
    Random random = new Random(seed);
    List<ObjectId> commits = randomHistory(random, 40);
    for (int round = 0; round < 60; round++) {
      ObjectId one = commits.get(random.nextInt(commits.size()));
      ObjectId other = commits.get(random.nextInt(commits.size()));
      Set<ObjectId> fromOne = NaiveTree.reachable(objects, List.of(one));
      Set<ObjectId> common = NaiveTree.reachable(objects, List.of(other));
      assertThat(history.isAncestor(one, other)).isEqualTo(common.contains(one));
      assertThat(history.count(one)).isEqualTo(fromOne.size());
      common.retainAll(fromOne);
      Set<ObjectId> best = new HashSet<>(common);
      for (ObjectId id : common) {
        Set<ObjectId> below = NaiveTree.reachable(objects, List.of(id));
        below.remove(id);
        best.removeAll(below);
      }
      assertThat(history.mergeBases(one, other))
          .isSorted()
          .containsExactlyInAnyOrderElementsOf(best);
      Set<ObjectId> asked = some(random, commits, 4);
      Set<ObjectId> reached = new HashSet<>(asked);
      reached.retainAll(NaiveTree.reachable(objects, List.of(one, other)));
      assertThat(history.reachable(asked, List.of(one, other))).isEqualTo(reached);
    }
  }

  private static Set<ObjectId> some(Random random, List<ObjectId> commits, int count) {
    Set<ObjectId> some = new HashSet<>();
    for (int i = 0; i < count; i++) {
      some.add(commits.get(random.nextInt(commits.size())));
    }
    return some;
  }

  @Test
  void theFirstPageOfALongHistoryReadsOnlyThatPage() throws Exception {
    ObjectId tip = commit();
    for (int i = 0; i < 3000; i++) {
      tip = commit(tip);
    }
    CountingReader counting = new CountingReader(objects);
    History.Walk walk = new History(counting).newestFirst(List.of(tip), List.of());
    for (int i = 0; i < 10; i++) {
      assertThat(walk.next()).isPresent();
    }
    assertThat(counting.reads()).isLessThan(40);
  }

  @Test
  void whatIsExcludedIsNotFollowedToItsBeginning() throws Exception {
    ObjectId shared = commit();
    for (int i = 0; i < 2000; i++) {
      shared = commit(shared);
    }
    ObjectId mine = commit(commit(shared));
    ObjectId theirs = commit(shared);
    CountingReader counting = new CountingReader(objects);
    History counted = new History(counting);
    History.Walk walk = counted.newestFirst(List.of(mine), List.of(theirs));
    assertThat(walk.next()).isPresent();
    assertThat(walk.next()).isPresent();
    assertThat(walk.next()).isEmpty();
    assertThat(counted.mergeBases(mine, theirs)).containsExactly(shared);
    assertThat(counted.isAncestor(mine, theirs)).isFalse();
    assertThat(counted.isAncestor(shared, mine)).isTrue();
    assertThat(counting.reads()).isLessThan(60);
  }

  @Test
  void aTipThatIsAnAncestorOfAnotherComesOnceAndInItsPlace() throws Exception {
    ObjectId first = commit();
    ObjectId second = commit(first);
    ObjectId third = commit(second);
    assertThat(walk(List.of(first, third, first), List.of())).containsExactly(third, second, first);
    assertThat(walk(List.of(first, third), List.of(second))).containsExactly(third);
    assertThat(walk(List.of(first), List.of(third))).isEmpty();
    assertThat(walk(List.of(), List.of(third))).isEmpty();
  }

  @Test
  void firstParentsAreFollowed() throws Exception {
    ObjectId root = commit();
    ObjectId side = commit();
    ObjectId merge = commit(root, side);
    ObjectId tip = commit(merge);
    assertThat(history.firstParent(tip, 0)).contains(tip);
    assertThat(history.firstParent(tip, 2)).contains(root);
    assertThat(history.firstParent(tip, 3)).isEmpty();
    assertThatThrownBy(() -> history.firstParent(tip, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(history.generationOver(List.of())).isEqualTo(1);
    assertThat(history.generationOver(List.of(root, merge))).isEqualTo(3);
  }

  @Test
  void tagsOfTagsArePeeled() throws Exception {
    ObjectId commit = commit();
    ObjectId inner = tag(commit, ObjectType.COMMIT);
    ObjectId outer = tag(inner, ObjectType.TAG);
    assertThat(history.peel(commit)).isEqualTo(commit);
    assertThat(history.peel(outer)).isEqualTo(commit);
    ObjectId lie = tag(inner, ObjectType.COMMIT);
    assertThatThrownBy(() -> history.peel(lie)).isInstanceOf(CorruptObjectException.class);
    ObjectId chunk = objects.put(ObjectType.CHUNK, ByteBuffer.wrap(new byte[] {1}));
    assertThatThrownBy(() -> history.peel(chunk)).isInstanceOf(CorruptObjectException.class);
  }

  private ObjectId tag(ObjectId target, ObjectType type) throws StoreException {
    return objects.put(
        ObjectType.TAG,
        TagCodec.encode(
            new Tag(target, type, "v1", Stamp.utc("Ann", Instant.EPOCH), "", Optional.empty())));
  }

  @Test
  void aMissingOrMalformedCommitIsNamed() throws Exception {
    ObjectId root = commit();
    ObjectId tip = commit(commit(root));
    objects.remove(root);
    assertThatThrownBy(() -> history.count(tip))
        .isInstanceOfSatisfying(
            MissingObjectException.class, e -> assertThat(e.id()).isEqualTo(root));
    assertThatThrownBy(() -> walk(List.of(tip), List.of()))
        .isInstanceOf(MissingObjectException.class);
    ObjectId garbage = objects.put(ObjectType.COMMIT, ByteBuffer.wrap(new byte[] {9, 9, 9}));
    assertThatThrownBy(() -> history.commit(garbage)).isInstanceOf(StoreException.class);
  }

  /** Searches rely on generations: one that lies must not make them wrong without a word. */
  @Test
  void aGenerationNotAboveTheParentsIsCorrupt() throws Exception {
    ObjectId root = commit();
    ObjectId second = commit(root);
    ObjectId third = commit(second);
    ObjectId liar =
        objects.put(
            ObjectType.COMMIT,
            CommitCodec.encode(
                new Commit(
                    DirectoryRef.EMPTY,
                    List.of(third),
                    2,
                    Stamp.utc("Ann", Instant.EPOCH),
                    "",
                    new TreeMap<>(),
                    Optional.empty())));
    assertThatThrownBy(() -> walk(List.of(liar), List.of()))
        .isInstanceOfSatisfying(
            CorruptObjectException.class, e -> assertThat(e.id()).contains(liar));
    assertThatThrownBy(() -> history.mergeBases(liar, second))
        .isInstanceOf(CorruptObjectException.class);
    assertThatThrownBy(() -> history.reachable(List.of(root), List.of(liar)))
        .isInstanceOf(CorruptObjectException.class);
  }
}
