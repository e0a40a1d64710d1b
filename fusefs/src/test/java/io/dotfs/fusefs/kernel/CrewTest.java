package io.dotfs.fusefs.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CrewTest {
  private final AtomicInteger recruited = new AtomicInteger();

  private Crew crew(int readers, int maxThreads) {
    Crew crew =
        new Crew(
            readers,
            maxThreads,
            owner -> {
              recruited.incrementAndGet();
              return true;
            });
    assertThat(crew.recruitFirst()).isTrue();
    crew.fill();
    return crew;
  }

  @Test
  void aSpareComesOnceHalfOfTheReadersAreBlocked() {
    Crew crew = crew(4, 10);
    assertThat(recruited).hasValue(4);
    crew.block();
    crew.block();
    assertThat(recruited).hasValue(4);
    crew.block();
    assertThat(recruited).hasValue(5);
  }

  @Test
  void aSingleReaderIsReplacedAtOnce() {
    Crew crew = crew(1, 3);
    crew.block();
    crew.block();
    assertThat(recruited).hasValue(3);
    crew.block();
    assertThat(recruited).as("the bound").hasValue(3);
  }

  @Test
  void aSpareThatIsNotNeededWaitsUntilItIs() throws Exception {
    Crew crew = crew(1, 10);
    crew.block();
    assertThat(recruited).hasValue(2);
    CompletableFuture<Boolean> waiting = new CompletableFuture<>();
    Thread first = new Thread(() -> waiting.complete(crew.unblock()));
    first.start();
    while (first.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    assertThat(waiting).isNotDone();
    crew.block();
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(recruited).hasValue(2);
  }

  @Test
  void theEndWakesSparesAndStartsNoMore() throws Exception {
    Crew crew = crew(1, 10);
    crew.block();
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(crew::unblock);
    crew.end();
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
    crew.block();
    assertThat(recruited).hasValue(2);
    assertThat(crew.unblock()).isTrue();
    assertThat(crew.leave(true)).isFalse();
    assertThat(crew.leave(true)).isTrue();
  }

  @Test
  void aWorkerThatDiesIsReplaced() {
    Crew crew = crew(1, 3);
    assertThat(crew.leave(true)).isFalse();
    assertThat(recruited).hasValue(2);
  }
}
