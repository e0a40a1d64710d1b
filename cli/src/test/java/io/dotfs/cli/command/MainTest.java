package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.cli.render.Terminal;
import io.dotfs.cli.settings.SettingsFile;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteReply;
import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.BranchMessages.CheckoutReply;
import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.BranchMessages.RestoreReply;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.ListReply;
import io.dotfs.daemon.api.DotMessages.Upstream;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.DiffReply;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import io.dotfs.daemon.api.HistoryMessages.ReflogReply;
import io.dotfs.daemon.api.MountMessages.LockFile;
import io.dotfs.daemon.api.MountMessages.MountReply;
import io.dotfs.daemon.api.RemoteMessages.RefUpdate;
import io.dotfs.daemon.api.RemoteMessages.RemoteDotInfo;
import io.dotfs.daemon.api.RemoteMessages.RemoteListReply;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import io.dotfs.daemon.api.ServerMessages.Damage;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.api.ServerMessages.PingReply;
import io.dotfs.daemon.api.Verb;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each verb from its words to the one request and the text, and each bad input to its error. */
class MainTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String SOLE = "\"selector\":{}";
  private static final DotSummary SHOP =
      new DotSummary(
          "admin/shop", "admin", "shop", "master", "be3e4bdd17d569ab", List.of(), 0, 0, 0);

  /** Short, since a socket's path may have 100 bytes only. */
  private Path home;

  private FakeDaemon daemon;
  private final Map<String, String> environment = new HashMap<>();
  private String input = "";
  private String out = "";
  private String err = "";

  @BeforeEach
  void start(@TempDir Path unused) throws Exception {
    home = Files.createTempDirectory(Path.of("/tmp"), "dm");
    daemon = new FakeDaemon(home.resolve("daemon.sock"));
    environment.put("DM_HOME", home.toString());
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
    try (var files = Files.list(home)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(home);
  }

  /** Runs dm with words separated by single spaces. */
  private int dm(String line) {
    return dm(line.split(" ", -1));
  }

  private int dm(String... words) {
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(outBytes, false, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(errBytes, false, StandardCharsets.UTF_8);
    Session session =
        new Session(
            environment,
            Path.of("").toAbsolutePath(),
            Terminal.NONE,
            new OwnProcess(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))),
            outStream,
            errStream);
    int status = Main.run(session, words);
    outStream.flush();
    errStream.flush();
    out = outBytes.toString(StandardCharsets.UTF_8);
    err = errBytes.toString(StandardCharsets.UTF_8);
    return status;
  }

  private String asked() {
    return daemon.requests().get(daemon.requests().size() - 1);
  }

  private void succeeds(String line) {
    assertThat(dm(line)).as(err).isZero();
    assertThat(err).isEmpty();
  }

  private void makeCurrent(String dot) throws Exception {
    new SettingsFile(home.resolve("config")).update(settings -> settings.withCurrentDot(dot));
  }

  // ---- dots

  @Test
  void initMakesTheNewDotCurrent() throws Exception {
    daemon.answers(Verb.INIT, SHOP);
    succeeds("init shop");
    assertThat(asked()).isEqualTo("init {\"dot\":\"shop\"}");
    assertThat(out).isEqualTo("Created dot shop on branch master\n");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot()).contains("admin/shop");
  }

  @Test
  void listMarksASoleDot() {
    daemon.answers(Verb.LIST, new ListReply(List.of(SHOP)));
    for (String word : List.of("list", "ls")) {
      succeeds(word);
      assertThat(out)
          .isEqualTo(
              """
              Current remote: local (use 'dm remote -v' to list and 'dm remote switch' to switch)

                DOT   BRANCH  SERVER            CONTAINERS  SIZE  COMMITS  DIRTY
              * shop  master  be3e4bdd17d569ab              -     0        -
              """);
    }
    succeeds("list -H");
    assertThat(out).isEqualTo("shop\tmaster\tbe3e4bdd17d569ab\t\t0\t0\t0\n");
    succeeds("list --json");
    assertThat(out).contains("\"currentDot\" : \"admin/shop\"").contains("\"dirtyBytes\" : 0");
  }

  @Test
  void switchTakesTheNameFromTheDaemon() throws Exception {
    daemon.answers(Verb.DOT_SHOW, show(Optional.empty()));
    succeeds("switch shop");
    assertThat(asked()).isEqualTo("dot-show {\"dot\":\"shop\"}");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot()).contains("admin/shop");
  }

  private static DotShowReply show(Optional<Upstream> upstream) {
    return new DotShowReply(
        SHOP, Optional.empty(), upstream, List.of(), List.of(), List.of(), List.of());
  }

  @Test
  void deletingAsksAndTakesOnlyAY() throws Exception {
    daemon.answers(Verb.DOT_SHOW, show(Optional.empty()));
    daemon.answers(Verb.DOT_DELETE, new Done());
    makeCurrent("admin/shop");
    for (String answer : List.of("", "\n", "y\n", "Yes\n", "n\n")) {
      input = answer;
      assertThat(dm("dot delete shop")).isZero();
      assertThat(out).endsWith("(enter Y to continue): Aborted.\n");
      assertThat(asked()).startsWith("dot-show");
    }
    input = "Y\n";
    succeeds("dot delete shop");
    assertThat(asked()).isEqualTo("dot-delete {\"dot\":\"admin/shop\"}");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot()).isEmpty();
  }

  @Test
  void theUpstreamOfADotIsSet() {
    succeeds("remote add dir file:///srv");
    daemon.answers(Verb.SET_UPSTREAM, new Done());
    succeeds("dot set-upstream dir me/shop");
    assertThat(asked())
        .isEqualTo("set-upstream {\"upstream\":{\"remote\":\"dir\",\"dot\":\"me/shop\"}}");
    succeeds("dot set-upstream shop dir me/shop");
    assertThat(asked())
        .isEqualTo(
            "set-upstream {\"dot\":\"shop\",\"upstream\":{\"remote\":\"dir\",\"dot\":\"me/shop\"}}");
  }

  @Test
  void aDotThatCannotBeNotedDownIsMadeAllTheSame() {
    daemon.answers(Verb.INIT, SHOP);
    assertThat(dm("--config /proc/nowhere/config init shop")).isEqualTo(0);
    assertThat(out).isEqualTo("Created dot shop on branch master\n");
    assertThat(err)
        .startsWith("dm: note: admin/shop is not the current dot: cannot write the settings in ");
  }

  @Test
  void forceDeletesWithoutAsking() {
    daemon.answers(Verb.DOT_SHOW, show(Optional.empty()));
    daemon.answers(Verb.DOT_DELETE, new Done());
    succeeds("dot delete -f shop");
    assertThat(out).isEmpty();
  }

  // ---- which dot is meant

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "log | {}",
        "log --dot x | {\"dot\":\"x\"}",
        "log --branch dev | {\"branch\":\"dev\"}",
        "log --dot me/x@dev | {\"dot\":\"me/x\",\"branch\":\"dev\"}",
        "log --dot=x --branch=y | {\"dot\":\"x\",\"branch\":\"y\"}"
      })
  void optionsNameDotAndBranch(String line, String selector) {
    daemon.answers(Verb.LOG, new LogReply("admin/shop", "master", List.of()));
    succeeds(line);
    assertThat(asked()).contains("\"selector\":" + selector + ",");
  }

  @Test
  void theCurrentDotStandsIn() throws Exception {
    makeCurrent("admin/shop");
    daemon.answers(Verb.LOG, new LogReply("admin/shop", "master", List.of()));
    succeeds("log");
    assertThat(asked()).contains("\"selector\":{\"dot\":\"admin/shop\"}");
  }

  @Test
  void aCurrentDotThatIsGoneIsExplained() throws Exception {
    makeCurrent("admin/shop");
    daemon.fails(Verb.LOG, new ErrorRecord(ErrorKind.UNKNOWN_DOT, "no dot is called admin/shop"));
    assertThat(dm("log")).isEqualTo(1);
    assertThat(err)
        .isEqualTo(
            "dm: the current dot admin/shop is gone\nhint: dm switch DOT makes another one current\n");
    assertThat(dm("log --dot admin/shop")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: no dot is called admin/shop\n");
  }

  // ---- history

  @Test
  void commitSendsMessageMetadataAndAuthor() {
    daemon.answers(
        Verb.COMMIT,
        new CommitReply(
            "admin/shop", "master", ID, Optional.empty(), 1_500_000, 2048, 3, 9, List.of()));
    assertThat(
            dm(
                "commit",
                "-m",
                "Ten\ncustomers ü",
                "-m",
                "more",
                "-d",
                "b=1=2",
                "-d",
                "a=",
                "--author",
                "Zoë <z@x>"))
        .isZero();
    assertThat(asked())
        .startsWith("commit {" + SOLE + ",\"message\":\"Ten\\ncustomers \\u00FC\\n\\nmore\",")
        .contains("\"metadata\":{\"a\":\"\",\"b\":\"1=2\"}")
        .contains("\"author\":\"Zo\\u00EB <z@x>\"");
    assertThat(out).isEqualTo(ID + "\npaused writers for 1.50 ms, stored 2.00 kiB in 3 objects\n");
  }

  @Test
  void aMessageMayLookLikeAnOption() {
    daemon.answers(
        Verb.COMMIT,
        new CommitReply(
            "admin/shop",
            "master",
            ID,
            Optional.empty(),
            0,
            0,
            0,
            0,
            List.of("a socket was left out")));
    assertThat(dm("commit", "-m", "--dash")).as(err).isZero();
    assertThat(asked()).contains("\"message\":\"--dash\"");
    assertThat(err).isEqualTo("dm: note: a socket was left out\n");
    assertThat(dm("commit", "-m", "@file")).isZero();
    assertThat(asked()).contains("\"message\":\"@file\"");
  }

  @Test
  void anEmptyMessageIsRefused() {
    assertThat(dm("commit", "-m", " \n")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: the commit message is empty\nhint: dm commit -m MSG\n");
  }

  @Test
  void revisionsOfTheReflogAreNoFiles() {
    daemon.answers(Verb.RESET, new ResetReply("admin/shop", "master", Optional.empty(), ID, "Ten"));
    succeeds("reset --hard @{1}");
    assertThat(asked())
        .isEqualTo("reset {" + SOLE + ",\"revision\":\"@{1}\",\"hard\":true,\"force\":false}");
    assertThat(out).isEqualTo("Branch master is now at 0123456789ab Ten\n");
  }

  @Test
  void logPassesItsLimits() {
    daemon.answers(Verb.LOG, new LogReply("admin/shop", "master", List.of()));
    succeeds("log -n 3 --oldest-first dev");
    assertThat(asked())
        .isEqualTo("log {" + SOLE + ",\"revision\":\"dev\",\"limit\":3,\"oldestFirst\":true}");
    int before = daemon.requests().size();
    succeeds("log -n 0");
    assertThat(daemon.requests()).hasSize(before);
    assertThat(out).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "diff | {SEL,\"patch\":true,\"stat\":false,\"paths\":[]}",
        "diff A | {SEL,\"from\":\"A\",\"patch\":true,\"stat\":false,\"paths\":[]}",
        "diff --stat A B | {SEL,\"from\":\"A\",\"to\":\"B\",\"patch\":false,\"stat\":true,\"paths\":[]}",
        "diff --name-status -- db -x | {SEL,\"patch\":false,\"stat\":false,\"paths\":[\"db\",\"-x\"]}",
        "diff A -- | {SEL,\"from\":\"A\",\"patch\":true,\"stat\":false,\"paths\":[]}",
        "diff --stat -p | {SEL,\"patch\":true,\"stat\":true,\"paths\":[]}",
        "diff --summary | {SEL,\"patch\":false,\"stat\":true,\"paths\":[]}",
        "diff --json | {SEL,\"patch\":false,\"stat\":true,\"paths\":[]}"
      })
  void diffAsksForWhatItShows(String line, String request) {
    daemon.answers(
        Verb.DIFF,
        new DiffReply("admin/shop", Optional.empty(), Optional.empty(), List.of(), false));
    succeeds(line);
    assertThat(asked()).isEqualTo("diff " + request.replace("SEL", SOLE));
  }

  @Test
  void reflogPassesItsLimit() {
    daemon.answers(Verb.REFLOG, new ReflogReply("admin/shop", "master", List.of()));
    succeeds("reflog -n 2");
    assertThat(asked()).isEqualTo("reflog {" + SOLE + ",\"limit\":2}");
  }

  // ---- branches

  @Test
  void branchListsCreatesDeletesAndRenames() {
    BranchInfo master = new BranchInfo("master", true, Optional.empty(), "", 0);
    daemon.answers(
        Verb.BRANCH_LIST, new BranchListReply("admin/shop", "master", List.of(master), List.of()));
    daemon.answers(Verb.BRANCH_CREATE, master);
    daemon.answers(Verb.BRANCH_DELETE, new BranchDeleteReply("dev", Optional.of(ID)));
    daemon.answers(Verb.BRANCH_RENAME, master);
    succeeds("branch");
    assertThat(out).isEqualTo("* master\n");
    succeeds("branch dev HEAD^");
    assertThat(asked()).isEqualTo("branch-create {\"name\":\"dev\",\"start\":\"HEAD^\"}");
    succeeds("branch -d dev");
    assertThat(asked()).isEqualTo("branch-delete {\"name\":\"dev\",\"force\":false}");
    assertThat(out).isEqualTo("Deleted branch dev (was 0123456789ab)\n");
    succeeds("branch -D dev");
    assertThat(asked()).isEqualTo("branch-delete {\"name\":\"dev\",\"force\":true}");
    succeeds("branch -m old new");
    assertThat(asked()).isEqualTo("branch-rename {\"oldName\":\"old\",\"newName\":\"new\"}");
  }

  @Test
  void forkAndRenameGiveNewNames() throws Exception {
    DotSummary store =
        new DotSummary(
            "admin/store", "admin", "store", "master", "be3e4bdd17d569ab", List.of(), 0, 2, 0);
    daemon.answers(Verb.FORK, store);
    succeeds("fork shop store");
    assertThat(asked()).isEqualTo("fork {\"source\":\"shop\",\"newName\":\"store\"}");
    assertThat(out).isEqualTo("Forked shop to store, on branch master with 2 commits\n");
    daemon.answers(
        Verb.DOT_SHOW,
        new DotShowReply(
            SHOP, Optional.empty(), Optional.empty(), List.of(), List.of(), List.of(), List.of()));
    daemon.answers(Verb.DOT_RENAME, store);
    makeCurrent("admin/shop");
    succeeds("dot rename shop store");
    assertThat(asked()).isEqualTo("dot-rename {\"oldName\":\"shop\",\"newName\":\"store\"}");
    assertThat(out).isEqualTo("Renamed dot shop to store\n");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot())
        .contains("admin/store");
  }

  @Test
  void runWantsDataAndACommand() {
    assertThat(dm("run -- true")).isEqualTo(2);
    assertThat(err).startsWith("dm: no data is named\n");
    assertThat(dm("run shop.db")).isEqualTo(2);
    assertThat(err).startsWith("dm: no command is named after --\n");
    assertThat(daemon.requests()).isEmpty();
  }

  @Test
  void checkoutSwitchesCreatesAndForces() {
    daemon.answers(
        Verb.CHECKOUT,
        new CheckoutReply("admin/shop", "dev", "master", Optional.empty(), false, List.of()));
    succeeds("checkout --force dev");
    assertThat(asked())
        .isEqualTo("checkout {\"branch\":\"dev\",\"create\":false,\"force\":true,\"carry\":false}");
    assertThat(out).isEqualTo("Switched to branch 'dev'\n");
    daemon.answers(
        Verb.CHECKOUT,
        new CheckoutReply("admin/shop", "dev", "master", Optional.empty(), true, List.of()));
    succeeds("checkout --carry -b dev HEAD~2");
    assertThat(asked())
        .isEqualTo(
            "checkout {\"branch\":\"dev\",\"create\":true,\"start\":\"HEAD~2\",\"force\":false,\"carry\":true}");
    assertThat(out).isEqualTo("Switched to a new branch 'dev'\n");
  }

  @Test
  void pathsAfterDashesAreBroughtBack() {
    daemon.answers(Verb.RESTORE, new RestoreReply(ID, 1));
    succeeds("checkout master -- files/a -b");
    assertThat(asked())
        .isEqualTo("restore {" + SOLE + ",\"revision\":\"master\",\"paths\":[\"files/a\",\"-b\"]}");
    assertThat(out).isEqualTo("Restored 1 path\n");
    succeeds("restore --source HEAD^ files/a -- files/b");
    assertThat(asked())
        .isEqualTo(
            "restore {" + SOLE + ",\"revision\":\"HEAD^\",\"paths\":[\"files/a\",\"files/b\"]}");
  }

  @Test
  void tagsAreMadeMovedAndDeleted() {
    daemon.answers(Verb.TAG_CREATE, new TagInfo("v1", ID, Optional.empty()));
    daemon.answers(Verb.TAG_DELETE, new Done());
    succeeds("tag -f -m Before v1 HEAD^");
    assertThat(asked())
        .isEqualTo(
            "tag-create {"
                + SOLE
                + ",\"name\":\"v1\",\"revision\":\"HEAD^\",\"message\":\"Before\",\"force\":true}");
    succeeds("tag -d v1");
    assertThat(asked()).isEqualTo("tag-delete {\"name\":\"v1\"}");
  }

  // ---- mounts

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

  // ---- remotes

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

  // ---- the rest

  @Test
  void fsckSaysWhatIsDamagedAndFails() {
    daemon.answers(Verb.FSCK, new FsckReply(10, 2048, 3, List.of()));
    succeeds("fsck");
    assertThat(out).isEqualTo("Checked 10 objects, 2.00 kiB, and 3 refs\nAll is sound\n");
    daemon.answers(
        Verb.FSCK,
        new FsckReply(10, 2048, 3, List.of(new Damage(ID, "p.pack", 4096, "checksum differs"))));
    assertThat(dm("fsck")).isEqualTo(1);
    assertThat(out).endsWith("damaged: " + ID + " in p.pack at 4096: checksum differs\n");
    assertThat(err).isEqualTo("dm: 1 thing is damaged\n");
  }

  @Test
  void versionAndDoctorAndDaemonHaveJsonToo() {
    daemon.answers(
        Verb.PING,
        new PingReply("1.2", 1, 4711, "be3e4bdd17d569ab", "/h", false, "2026-11-21T13:17:50Z", 3));
    succeeds("version --json");
    assertThat(out).contains("\"daemon\" : \"1.2\"");
    dm("doctor --json");
    assertThat(out).contains("\"findings\" : [ {").contains("\"state\" : \"fine\"");
    succeeds("daemon status --json");
    assertThat(out).contains("\"pid\" : 4711");
    succeeds("daemon status");
    assertThat(out)
        .isEqualTo(
            """
            The daemon runs (process 4711, version 1.2, since 2026-11-21T13:17:50Z)
            Kind:    your own
            Socket:  %s/daemon.sock
            Home:    /h
            Server:  be3e4bdd17d569ab
            Mounts:  3
            """
                .formatted(home));
    succeeds("daemon start");
    assertThat(out).isEqualTo("The daemon runs already (process 4711)\n");
    succeeds("cluster init");
    assertThat(out).isEqualTo("Server be3e4bdd17d569ab is ready, its data is in /h\n");
  }

  static List<String> verbs() {
    return Verbs.names();
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void everyVerbHasHelpWithAnExample(String verb) {
    succeeds(verb + " --help");
    assertThat(out).startsWith("Usage: dm " + verb).contains("\nExample:\n  dm ");
    String help = out;
    succeeds("help " + verb);
    assertThat(out).isEqualTo(help);
  }

  @ParameterizedTest
  @CsvSource({
    "dot show",
    "dot delete",
    "remote add",
    "remote rm",
    "remote switch",
    "daemon start",
    "daemon stop",
    "daemon status",
    "daemon run",
    "cluster init"
  })
  void nestedVerbsHaveHelpToo(String words) {
    succeeds(words + " --help");
    assertThat(out).startsWith("Usage: dm " + words).contains("\nExample:\n  dm ");
  }

  @Test
  void theGeneralHelpNamesEveryVerb() {
    succeeds("--help");
    for (String verb : Verbs.names()) {
      assertThat(out).containsPattern("(?m)^  " + verb + " +\\S");
    }
    assertThat(dm(new String[0])).isEqualTo(2);
    assertThat(out).isEmpty();
    assertThat(err).startsWith("Usage: dm COMMAND");
  }

  @Test
  void completionIsAScriptThatNamesTheVerbs() {
    succeeds("completion bash");
    assertThat(out)
        .startsWith("#!/usr/bin/env bash")
        .contains("checkout")
        .contains("--force-with-lease");
    succeeds("completion zsh");
    assertThat(out).contains("bashcompinit").contains("checkout");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "comit | unknown command 'comit' | did you mean 'dm commit'?",
        "frobnicate | unknown command 'frobnicate' | dm --help lists the commands",
        "merge x | unknown command 'merge' | dm --help lists the commands",
        "--frob list | unknown option '--frob' | dm --help",
        "--config | no file after --config | dm --help",
        "list --frob | unknown option '--frob' | dm list --help",
        "list x | unexpected word 'x' | dm list --help",
        "init | missing: DOT | dm init --help",
        "commit | missing: --message MSG | dm commit --help",
        "log -n x | invalid value for option '--max-count': 'x' is not an int | dm log --help",
        "log --graph --oldest-first | these do not go together: --graph, --oldest-first | dm log --help",
        "log -n -1 | a negative number of commits | dm log -n N",
        "reflog -n -1 | a negative number of moves | dm reflog -n N",
        "checkout | no branch is named | dm checkout BRANCH; dm branch lists the branches",
        "checkout a b | more than one branch is named | dm checkout -b NEW START makes a branch; paths stand after --",
        "checkout a -- | which paths to bring back is not clear | dm checkout [COMMIT] -- PATH...",
        "checkout -b a -- x | which paths to bring back is not clear | dm checkout [COMMIT] -- PATH...",
        "restore | no path is named | dm restore [--source COMMIT] PATH...",
        "branch -d | no branch is named | dm branch -d NAME",
        "branch -m a | renaming takes two names | dm branch -m OLD NEW",
        "branch -d -m a b | these do not go together: -d, -m | dm branch --help",
        "tag -d | no tag is named | dm tag NAME [COMMIT]",
        "mount x | no directory is named | dm mount NAME DIR",
        "mount x /d --as 5 | invalid owner '5' | write --as UID:GID with two numbers, as in 999:999",
        "dot | 'dm dot' wants one more word | dm dot --help",
        "daemon | 'dm daemon' wants one more word | dm daemon --help",
        "cluster | 'dm cluster' wants one more word | dm cluster --help",
        "dot frob | unexpected word 'frob' | dm dot --help",
        "dot delete | missing: DOT | dm dot delete --help",
        "remote add x | missing: URL | dm remote add --help",
        "dot set-upstream x | a remote and the dot's name there are needed | dm dot set-upstream [DOT] REMOTE REMOTE-DOT",
        "clone x | missing: DOT | dm clone --help",
        "completion fish | invalid value for positional parameter at index 0 (SHELL): expected one of [bash, zsh] (case-sensitive) but was 'fish' | dm completion --help"
      })
  void wrongUsageIsOneClearLineAndStatusTwo(String line, String message, String hint) {
    assertThat(dm(line)).as(err).isEqualTo(2);
    assertThat(err).isEqualTo("dm: " + message + "\nhint: " + hint + "\n");
    assertThat(out).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "commit -m x -d k | no value in the metadata 'k' | write -d key=value",
        "commit -m x -d K=v | invalid metadata key 'K' | a key starts with a lower-case letter and goes on with letters, digits, '.', '_' or '-'",
        "commit -m x -d a=1 -d a=2 | the metadata key 'a' is given twice | name each key once",
        "push | there is no remote yet | dm remote add NAME USER@HOST",
        "push nowhere | no such remote: nowhere | dm remote -v lists the remotes; dm remote add NAME USER@HOST adds one",
        "clone nowhere x | no such remote: nowhere | dm remote -v lists the remotes; dm remote add NAME USER@HOST adds one",
        "remote rm nowhere | no such remote: nowhere | dm remote lists the remotes",
        "remote switch nowhere | no such remote: nowhere | dm remote lists the remotes",
        "remote add local me@hub | 'local' is this host | a name has up to 64 letters, digits, '_' or '-'",
        "remote add a/b me@hub | invalid remote name 'a/b' | a name has up to 64 letters, digits, '_' or '-'",
        "remote add hub hub | invalid remote address: hub | write user@host[:port], https://user@host[:port] or file:///path",
        "remote add hub me@hub:0 | invalid port in the remote address: me@hub:0 | a port is a number from 1 to 65535",
        "remote add s s3://b/x | s3:// remotes are not supported by this version | use a hub (user@host[:port]) or a directory (file:///path)",
        "remote add hub me@hub | no API key was given | set DOTMESH_PASSWORD, or type it when asked"
      })
  void whatFailsIsOneClearLineAndStatusOne(String line, String message, String hint) {
    assertThat(dm(line)).as(err).isEqualTo(1);
    assertThat(err).isEqualTo("dm: " + message + "\nhint: " + hint + "\n");
    assertThat(out).isEmpty();
    assertThat(daemon.requests()).isEmpty();
  }

  @Test
  void aRemoteIsNotReplacedUnasked() {
    succeeds("remote add dir file:///srv");
    assertThat(dm("remote add dir file:///other")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: the remote 'dir' exists already\nhint: dm remote rm dir\n");
  }

  @Test
  void theDaemonsErrorsArePassedOnEscaped() {
    daemon.fails(Verb.LOG, new ErrorRecord(ErrorKind.IN_USE, "in use by \u001b[2J\n1", "kill 1"));
    assertThat(dm("log")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: in use by \\x1b[2J\\n1\nhint: kill 1\n");
  }

  @Test
  void stackTracesAreForVerboseAlone() {
    daemon.fails(Verb.LOG, new ErrorRecord(ErrorKind.INTERNAL, "fault"));
    dm("log");
    assertThat(err).isEqualTo("dm: fault\n");
    dm("log --verbose");
    assertThat(err).startsWith("dm: fault\n").contains("\tat io.dotfs.");
    dm("--verbose log");
    assertThat(err).contains("\tat io.dotfs.");
  }

  @Test
  void settingsMayBeElsewhere() throws Exception {
    Path other = home.resolve("other");
    Files.writeString(other, "{\"currentDot\": \"me/other\"}");
    daemon.answers(Verb.LOG, new LogReply("me/other", "master", List.of()));
    succeeds("--config " + other + " log");
    assertThat(asked()).contains("me/other");
    succeeds("log --config " + other);
    assertThat(asked()).contains("me/other");
    succeeds("log");
    assertThat(asked()).doesNotContain("me/other");
    Files.writeString(other, "{");
    assertThat(dm("log --config=" + other)).isEqualTo(1);
    assertThat(err)
        .startsWith("dm: the settings in " + other + " are damaged: line 1 ")
        .contains("\nhint: ");
  }
}
