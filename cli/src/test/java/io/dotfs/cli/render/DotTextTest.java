package io.dotfs.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.daemon.api.DotMessages.StatusReply;
import io.dotfs.daemon.api.DotMessages.SubdotStatus;
import io.dotfs.daemon.api.DotMessages.Upstream;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DotTextTest {
  private static final String ID = "0123456789abcdef".repeat(4);

  private static final DotSummary SHOP =
      new DotSummary(
          "admin/subdots_sockshop",
          "admin",
          "subdots_sockshop",
          "master",
          "be3e4bdd17d569ab",
          List.of("/db_1", "/mq_1"),
          850_049_106,
          1,
          336_896);
  private static final DotSummary EMPTY =
      new DotSummary("me/x", "me", "x", "dev", "be3e4bdd17d569ab", List.of(), 0, 0, 0);

  @Test
  void listIsAsTheManualShowsIt() {
    assertThat(DotText.list("local", List.of(SHOP), Optional.of("admin/subdots_sockshop")))
        .isEqualTo(
            """
            Current remote: local (use 'dm remote -v' to list and 'dm remote switch' to switch)

              DOT               BRANCH  SERVER            CONTAINERS   SIZE        COMMITS  DIRTY
            * subdots_sockshop  master  be3e4bdd17d569ab  /db_1,/mq_1  810.67 MiB  1        329.00 kiB
            """);
  }

  @Test
  void listPadsToTheWidestCellAndMarksTheCurrentDotAlone() {
    assertThat(DotText.list("hub", List.of(EMPTY, SHOP), Optional.of("me/x")))
        .isEqualTo(
            """
            Current remote: hub (use 'dm remote -v' to list and 'dm remote switch' to switch)

              DOT               BRANCH  SERVER            CONTAINERS   SIZE        COMMITS  DIRTY
            * me/x              dev     be3e4bdd17d569ab               -           0        -
              subdots_sockshop  master  be3e4bdd17d569ab  /db_1,/mq_1  810.67 MiB  1        329.00 kiB
            """);
  }

  @Test
  void anEmptyListHasItsHeader() {
    assertThat(DotText.list("local", List.of(), Optional.empty()))
        .endsWith("\n  DOT  BRANCH  SERVER  CONTAINERS  SIZE  COMMITS  DIRTY\n");
  }

  @Test
  void listForScriptsHasTabsAndBytes() {
    assertThat(DotText.listForScripts(List.of(EMPTY, SHOP)))
        .isEqualTo(
            "me/x\tdev\tbe3e4bdd17d569ab\t\t0\t0\t0\n"
                + "subdots_sockshop\tmaster\tbe3e4bdd17d569ab\t/db_1,/mq_1\t850049106\t1\t336896\n");
  }

  @Test
  void statusTellsWhereWhatAndWho() {
    MountInfo mount =
        new MountInfo(
            "/srv/db",
            "admin/shop",
            "master",
            "db",
            Optional.empty(),
            false,
            false,
            Optional.empty(),
            Optional.empty());
    MountInfo old =
        new MountInfo(
            "/srv/old",
            "admin/shop",
            "master",
            "db",
            Optional.of(ID),
            true,
            true,
            Optional.empty(),
            Optional.empty());
    StatusReply status =
        new StatusReply(
            "admin/shop",
            "master",
            true,
            Optional.of(ID),
            3,
            "be3e4bdd17d569ab",
            true,
            Optional.of(new Upstream("hub", "me/shop")),
            List.of(
                new SubdotStatus("cache", 0, 0, 0, List.of()),
                new SubdotStatus("db", 1 << 20, 8192, 2, List.of(mount, old))),
            List.of(new OpenFile(4711, "post\u001bgres", "file", "/srv/db/base/1", "db")));
    assertThat(DotText.status(status, "/run/dotfs/dm.sock", Style.PLAIN))
        .isEqualTo(
            """
            Dot shop on branch master
            3 commits, the last is 0123456789ab
            Tracks hub:me/shop
            System daemon be3e4bdd17d569ab at /run/dotfs/dm.sock

              SUBDOT  SIZE      DIRTY     MOUNTED AT
              cache   -         -         -
              db      1.00 MiB  8.00 kiB  /srv/db, /srv/old (at 0123456789ab, read-only)

            Open files:
              PID   COMMAND       OPEN AS  PATH
              4711  post\\x1bgres  file     /srv/db/base/1
            """);
  }

  @Test
  void aFreshDotHasNeitherCommitsNorSubdots() {
    StatusReply status =
        new StatusReply(
            "admin/shop",
            "master",
            true,
            Optional.empty(),
            0,
            "be3e4bdd17d569ab",
            false,
            Optional.empty(),
            List.of(),
            List.of());
    assertThat(DotText.status(status, "/tmp/s", Style.PLAIN))
        .isEqualTo(
            """
            Dot shop on branch master
            No commits yet
            Daemon be3e4bdd17d569ab at /tmp/s

            No subdots yet (dm mount --create NAME.SUBDOT DIR makes one)
            """);
  }

  @Test
  void dotShowKeepsTheWordsThatScriptsKnow() {
    DotShowReply dot =
        new DotShowReply(
            SHOP,
            Optional.of(ID),
            Optional.of(new Upstream("hub", "me/sockshop")),
            List.of(
                new BranchInfo("dev", false, Optional.empty(), "", 0),
                new BranchInfo("master", true, Optional.of(ID), "First", 0)),
            List.of(new BranchInfo("hub/master", false, Optional.of(ID), "First", 0)),
            List.of(new TagInfo("v1", ID, Optional.empty())),
            List.of());
    assertThat(DotText.show(dot, true))
        .isEqualTo(
            """
            Dot admin/subdots_sockshop:
            Dot is currently selected.
            Head: %s
            Commits: 1
            Dot size: 810.67 MiB (329.00 kiB dirty)
            Containers: /db_1, /mq_1
            Branches:
              dev
            * master
              hub/master
            Tags:
              v1
            Tracks dot me/sockshop on remote hub
            """
                .formatted(ID));
    assertThat(DotText.showForScripts(dot, false))
        .isEqualTo(
            ("namespace\tadmin\nname\tsubdots_sockshop\nhead\t%s\ncommitCount\t1\nsize\t850049106\ndirty\t336896\n"
                    + "currentBranch\tmaster\ncontainer\t/db_1\ncontainer\t/mq_1\nbranch\tdev\nbranch\tmaster\nremoteBranch\thub/master\ntag\tv1\t%s\n"
                    + "defaultUpstreamDot\thub\tme/sockshop\n")
                .formatted(ID, ID));
  }

  @Test
  void branchesMarkTheCurrentOne() {
    BranchListReply reply =
        new BranchListReply(
            "admin/shop",
            "master",
            List.of(
                new BranchInfo("experiment", false, Optional.empty(), "", 0),
                new BranchInfo("master", true, Optional.of(ID), "Ten customers", 2048)),
            List.of(new BranchInfo("hub/master", false, Optional.of(ID), "Ten customers", 0)));
    assertThat(DotText.branches(reply, false, false, Style.PLAIN))
        .isEqualTo("  experiment\n* master\n");
    assertThat(DotText.branches(reply, true, false, Style.COLOUR))
        .isEqualTo("  experiment\n* \u001b[32mmaster\u001b[m\n  hub/master\n");
    assertThat(DotText.branches(reply, false, true, Style.PLAIN))
        .isEqualTo(
            "  experiment no commits\n* master     0123456789ab Ten customers (2.00 kiB dirty)\n");
  }
}
