package io.dotfs.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.hub.account.Accounts;
import io.dotfs.hub.account.ApiKey;
import io.dotfs.hub.account.HubDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator types, and what comes back. */
final class HubMainTest {
  @TempDir private Path temporary;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--home");
    all.add(home().toString());
    return HubMain.run(
        new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(new String[0]));
  }

  private Path home() {
    return temporary.resolve("hub");
  }

  @Test
  void usersAndKeys() throws Exception {
    assertThat(run("user", "add", "ann")).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home())))
        .isEqualTo("rwx------");
    assertThat(run("user", "add", "ann")).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("dm: user ann exists already\n");
    assertThat(run("user", "add", "../ann")).isEqualTo(1);
    assertThat(run("key", "add", "ann")).isZero();
    String key = out.toString().trim();
    assertThat(key).matches("dm_[A-Za-z0-9_-]{43}");
    assertThat(run("key", "add", "ann")).isZero();
    assertThat(out.toString().trim()).isNotEqualTo(key);
    assertThat(run("user", "list")).isZero();
    assertThat(out.toString()).isEqualTo("ann\t2\n");
    try (HubDatabase database = HubDatabase.open(home())) {
      Accounts accounts = new Accounts(database, Clock.systemUTC(), new SecureRandom());
      assertThat(accounts.authenticates("ann", new ApiKey(key))).isTrue();
      assertThat(accounts.authenticates("ann", new ApiKey(key + "x"))).isFalse();
      assertThat(accounts.authenticates("bob", new ApiKey(key))).isFalse();
      long id = accounts.keys("ann").get(0).id();
      assertThat(run("key", "rm", "ann", Long.toString(id))).isZero();
      assertThat(accounts.authenticates("ann", new ApiKey(key))).isFalse();
    }
    assertThat(
            Files.readString(
                home().resolve("hub.db"), java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain(key);
    assertThat(run("key", "add", "bob")).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("dm: no such user: bob\n");
    assertThat(run("user", "rm", "ann")).isZero();
    assertThat(run("user", "list")).isZero();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void wrongUsageIsStatusTwo() {
    assertThat(run("frob")).isEqualTo(2);
    assertThat(err.toString()).startsWith("dm: ").contains("hint: ");
    assertThat(run("serve", "--listen", "nowhere")).isEqualTo(2);
    assertThat(run("grant", "add", "shop", "ann", "read")).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("dm: invalid dot name: NAMESPACE/DOT is expected\n");
    assertThat(run("grant", "add", "ann/shop", "ann", "all")).isEqualTo(1);
    assertThat(run("serve", "--tls-cert", "x.pem")).isEqualTo(2);
  }
}
