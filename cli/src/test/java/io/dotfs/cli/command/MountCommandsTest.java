package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.MountMessages.LockFile;
import io.dotfs.daemon.api.MountMessages.MountReply;
import io.dotfs.daemon.api.Verb;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each verb from its words to the one request and the text: mount and unmount. */
class MountCommandsTest extends CommandFixture {
  @Test
  void mountPassesEverything() {
    daemon.answers(
        Verb.MOUNT,
        new MountReply(
            List.of(), List.of(new LockFile("db/postmaster.pid", 17, "postgres", false))));
    assertThat(
            dm(
                "mount --at HEAD^ --create --as 999:998 --drop-locks --suid --dev shop.db /srv/../srv/db/"))
        .isZero();
    assertThat(asked())
        .isEqualTo(
            "mount {\"name\":\"shop.db\",\"directory\":\"/srv/db\",\"at\":\"HEAD^\",\"readOnly\":false,\"create\":true,"
                + "\"as\":{\"uid\":999,\"gid\":998},\"dropLocks\":true,\"suid\":true,\"dev\":true}");
    assertThat(err)
        .isEqualTo(
            "dm: note: db/postmaster.pid is a lock that names the live process 17 (postgres)\n"
                + "hint: --drop-locks removes it from the copy\n");
  }

  @ParameterizedTest
  @CsvSource({
    "mount --dot shop db /d,shop.db",
    "mount --branch dev shop.db /d,shop@dev.db",
    "mount --dot shop --branch dev db /d,shop@dev.db",
    "mount --branch dev shop /d,shop@dev"
  })
  void mountNamesFollowTheOptions(String line, String name) {
    daemon.answers(Verb.MOUNT, new MountReply(List.of(), List.of()));
    succeeds(line);
    assertThat(asked()).startsWith("mount {\"name\":\"" + name + "\",\"directory\":\"/d\"");
  }

  @Test
  void unmountTakesAbsolutePaths() {
    daemon.answers(Verb.UNMOUNT, new Done());
    succeeds("unmount -f /srv/./db");
    assertThat(asked()).isEqualTo("unmount {\"directory\":\"/srv/db\",\"force\":true}");
  }
}
