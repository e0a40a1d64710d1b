package io.dotfs.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class WrongKeysTest {
  private final AtomicLong now = new AtomicLong();
  private final WrongKeys wrongKeys = new WrongKeys(now::get);

  @Test
  void anAddressThatIsWrongTooOftenHasToWait() {
    for (int i = 0; i < WrongKeys.BURST; i++) {
      assertThat(wrongKeys.tooMany("a")).isFalse();
      wrongKeys.wrong("a");
    }
    assertThat(wrongKeys.tooMany("a")).isTrue();
    assertThat(wrongKeys.tooMany("b")).isFalse();
    now.addAndGet(WrongKeys.REFILL_SECONDS * 1_000_000_000L);
    assertThat(wrongKeys.tooMany("a")).isFalse();
    wrongKeys.wrong("a");
    assertThat(wrongKeys.tooMany("a")).isTrue();
  }

  @Test
  void memoryIsBounded() {
    for (int i = 0; i < 30_000; i++) {
      wrongKeys.wrong("address " + i);
    }
    assertThat(wrongKeys.size()).isEqualTo(10_000);
  }
}
