package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.cli.settings.SettingsFile;
import io.dotfs.daemon.api.DotMessages.Upstream;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.RemoteMessages.RefUpdate;
import io.dotfs.daemon.api.RemoteMessages.RemoteDotInfo;
import io.dotfs.daemon.api.RemoteMessages.RemoteListReply;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import io.dotfs.daemon.api.Verb;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each verb from its words to the one request and the text: remote, push, pull, fetch, clone. */
class RemoteCommandsTest extends CommandFixture {
  @Test
  void remotesAreAddedListedChosenAndRemoved() throws Exception {
    daemon.answers(Verb.REMOTE_LIST, new RemoteListReply("me", List.of()));
    environment.put("DOTMESH_PASSWORD", "sesame");
    succeeds("remote add hub me@hub.example.com:8080");
    assertThat(out).isEqualTo("Remote added.\n");
    succeeds("remote add dir file:///srv/dots");
    succeeds("remote -v");
    assertThat(out)
        .isEqualTo("* local\tadmin@localhost\ndir\tfile:///srv/dots\nhub\tme@hub.example.com\n");
    succeeds("remote switch hub");
    succeeds("remote -v");
    assertThat(out).contains("* hub\tme@hub.example.com\n").startsWith("local\tadmin@localhost\n");
    succeeds("remote");
    assertThat(out).isEqualTo("local\ndir\nhub\n");
    succeeds("remote --json");
    assertThat(out).contains("\"current\" : \"hub\"").doesNotContain("sesame");
    succeeds("remote rm hub");
    succeeds("remote -v");
    assertThat(out).isEqualTo("* local\tadmin@localhost\ndir\tfile:///srv/dots\n");
    assertThat(Files.readString(home.resolve("config"))).doesNotContain("sesame");
  }

  @Test
  void theKeyMayComeFromStdin() throws Exception {
    input = "sesame\n";
    daemon.answers(Verb.REMOTE_LIST, new RemoteListReply("me", List.of()));
    succeeds("remote add hub me@hub");
    assertThat(asked())
        .isEqualTo(
            "remote-list {\"remote\":{\"name\":\"hub\",\"url\":\"me@hub\",\"user\":\"me\",\"apiKey\":\"sesame\"}}");
    assertThat(new SettingsFile(home.resolve("config")).load().remote("hub").key())
        .contains("sesame");
  }

  @Test
  void aWrongKeyIsRefusedAtOnceAnAbsentHubIsNot() throws Exception {
    environment.put("DOTMESH_PASSWORD", "sesame");
    String denied = "Permission denied. Please check that your API key is still valid.";
    daemon.fails(Verb.REMOTE_LIST, new ErrorRecord(ErrorKind.PERMISSION_DENIED, denied));
    assertThat(dm("remote add hub me@hub")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: " + denied + "\n");
    succeeds("remote");
    assertThat(out).isEqualTo("local\n");
    daemon.fails(Verb.REMOTE_LIST, new ErrorRecord(ErrorKind.REMOTE_UNREACHABLE, "no route"));
    assertThat(dm("remote add hub me@hub")).isZero();
    assertThat(err).isEqualTo("dm: note: the hub does not answer yet; the key is not checked\n");
    assertThat(out).isEqualTo("Remote added.\n");
  }

  @Test
  void listShowsTheCurrentRemotesDots() {
    succeeds("remote add dir file:///srv");
    succeeds("remote switch dir");
    daemon.answers(
        Verb.REMOTE_LIST,
        new RemoteListReply(
            "admin",
            List.of(new RemoteDotInfo("admin/shop", true), new RemoteDotInfo("ci/x", false))));
    succeeds("list");
    assertThat(out)
        .isEqualTo(
            """
            Current remote: dir (use 'dm remote -v' to list and 'dm remote switch' to switch)

              DOT         ACCESS
              admin/shop  read and write
              ci/x        read
            """);
    succeeds("list -H");
    assertThat(out).isEqualTo("admin/shop\nci/x\n");
    succeeds("list --json");
    assertThat(out).contains("\"currentRemote\" : \"dir\"").contains("\"writable\" : false");
  }

  @Test
  void divergedCommitsAreKeptOnABranchWhenAskedFor() {
    succeeds("remote add dir file:///srv");
    daemon.fails(
        Verb.PULL, new ErrorRecord(ErrorKind.DIVERGED, "master and dir/master have diverged"));
    assertThat(dm("pull dir")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: master and dir/master have diverged\n");
    assertThat(asked()).endsWith("\"force\":false,\"stash\":false}");
    String kept = "master-DIVERGED-20261121T131750Z";
    daemon.answers(
        Verb.PULL,
        new TransferReply(
            "admin/shop",
            "dir",
            "admin/shop",
            List.of(
                new RefUpdate(kept, Optional.empty(), ID, "kept"),
                new RefUpdate("master", Optional.of(ID), "f".repeat(64), "replaced")),
            1,
            1,
            0,
            0,
            1));
    succeeds("pull dir --stash-on-divergence");
    assertThat(asked()).endsWith("\"force\":false,\"stash\":true}");
    assertThat(out)
        .contains(
            kept
                + ": keeps your commits, at 0123456789ab\nmaster: 0123456789ab..ffffffffffff (replaced)\n");
  }

  private static TransferReply moved() {
    return new TransferReply(
        "admin/shop",
        "hub",
        "me/shop",
        List.of(new RefUpdate("master", Optional.empty(), ID, "created")),
        1,
        5,
        0,
        0,
        1_000_000);
  }

  @Test
  void pushGoesToTheSoleRemoteWithItsKey() {
    environment.put("DOTMESH_PASSWORD", "sesame");
    daemon.answers(Verb.REMOTE_LIST, new RemoteListReply("me", List.of()));
    succeeds("remote add hub me@hub:8080");
    daemon.answers(Verb.PUSH, moved());
    succeeds("push");
    assertThat(asked())
        .isEqualTo(
            "push {"
                + SOLE
                + ",\"remote\":{\"name\":\"hub\",\"url\":\"me@hub:8080\",\"user\":\"me\",\"apiKey\":\"sesame\"},"
                + "\"allBranches\":false,\"force\":false}");
    assertThat(out)
        .startsWith(
            "Pushing admin/shop to hub:me/shop\nCalculating...\nfinished 5 B / 5 B [======================] 100.00% ")
        .contains("\nDone!\n");
    succeeds("push hub shop dev --all --force-with-lease --remote-name other");
    assertThat(asked())
        .startsWith("push {\"selector\":{\"dot\":\"shop\",\"branch\":\"dev\"},")
        .endsWith("\"remoteDot\":\"other\",\"allBranches\":true,\"force\":true}");
  }

  @Test
  void amongSeveralRemotesTheCurrentOneWinsOverTheUpstream() {
    succeeds("remote add one file:///one");
    succeeds("remote add two file:///two");
    daemon.answers(Verb.FETCH, moved());
    daemon.answers(Verb.DOT_SHOW, show(Optional.empty()));
    assertThat(dm("fetch")).isEqualTo(1);
    assertThat(err)
        .isEqualTo(
            "dm: which remote is meant is not clear\nhint: name it, or choose one with 'dm remote switch NAME'\n");
    daemon.answers(Verb.DOT_SHOW, show(Optional.of(new Upstream("two", "admin/shop"))));
    succeeds("fetch");
    assertThat(asked()).contains("file:///two");
    succeeds("remote switch one");
    succeeds("fetch");
    assertThat(asked()).contains("file:///one");
    succeeds("fetch two");
    assertThat(asked()).contains("file:///two");
  }

  @Test
  void cloneMakesTheNewDotCurrent() throws Exception {
    succeeds("remote add dir file:///srv");
    daemon.answers(Verb.CLONE, moved());
    succeeds("clone dir me/shop dev --at HEAD^ --local-name copy");
    assertThat(asked())
        .isEqualTo(
            "clone {\"remote\":{\"name\":\"dir\",\"url\":\"file:///srv\"},\"remoteDot\":\"me/shop\",\"branch\":\"dev\","
                + "\"at\":\"HEAD^\",\"localName\":\"copy\"}");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot()).contains("admin/shop");
  }
}
