/* rename(2) and renameat2(2). */
#include "posix.h"

#include <sys/syscall.h>
#ifndef RENAME_WHITEOUT
#define RENAME_WHITEOUT 4
#endif

/* The flags' own call; the host may lack it. */
static long rename_with(const char *from, const char *to, unsigned flags)
{
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

CASE(replaces, ANYBODY, "rename(2): if newpath already exists, it will be atomically replaced")
{
    make_file("old", "old");
    make_file("new", "new");
    MUST(link("new", "kept"));
    struct stat old = stat_of("old");
    int fd = MUST(open("new", O_RDONLY));
    MUST(rename("old", "new"));
    CHECK(!exists("old"));
    CONTENT("new", "old");
    CONTENT("kept", "new");
    SAME(old.st_ino, stat_of("new").st_ino);
    SAME(1, stat_at(fd).st_nlink);
    MUST(rename("new", "kept"));
    SAME(0, stat_at(fd).st_nlink);
}

CASE(two_names_of_one_file, ANYBODY, "rename(2): if oldpath and newpath are existing hard links referring to the same file, then rename() does nothing, and returns a success status")
{
    make_file("a", "x");
    MUST(link("a", "b"));
    MUST(rename("a", "b"));
    CHECK(exists("a") && exists("b"));
    MUST(rename("a", "a"));
    SAME(2, stat_of("a").st_nlink);
}

CASE(kinds, ANYBODY, "rename(2): EISDIR, ENOTDIR, ENOTEMPTY, EINVAL for a directory into itself, ENOENT")
{
    make_file("file", "x");
    MUST(mkdir("dir", 0755));
    MUST(mkdir("dir/sub", 0755));
    MUST(mkdir("full", 0755));
    make_file("full/file", "x");
    MUST(mkdir("empty", 0755));
    FAILS(EISDIR, rename("file", "empty"));
    FAILS(ENOTDIR, rename("empty", "file"));
    FAILS(ENOTEMPTY, rename("dir", "full"));
    FAILS(EINVAL, rename("dir", "dir/sub/new"));
    FAILS(EINVAL, rename("dir", "dir/new"));
    FAILS(ENOTEMPTY, rename("dir/sub", "dir"));
    FAILS(ENOENT, rename("missing", "file"));
    FAILS(ENOENT, rename("file", "missing/file"));
    FAILS(ENOTDIR, rename("file", "file/x"));
    MUST(rename("full", "empty"));
    CHECK(!exists("full"));
    CONTENT("empty/file", "x");
}

CASE(directories_move, ANYBODY, "rename(2): a directory may be moved; .. and the link counts of both parents follow")
{
    MUST(mkdir("a", 0755));
    MUST(mkdir("b", 0755));
    MUST(mkdir("a/dir", 0755));
    make_file("a/dir/file", "x");
    struct stat a = stat_of("a"), b = stat_of("b"), dir = stat_of("a/dir");
    int fd = MUST(open("a/dir/file", O_RDONLY));
    tick();
    MUST(rename("a/dir", "b/moved"));
    SAME(2, stat_of("a").st_nlink);
    SAME(3, stat_of("b").st_nlink);
    SAME(b.st_ino, stat_of("b/moved/..").st_ino);
    SAME(dir.st_ino, stat_of("b/moved").st_ino);
    LATER(a.st_mtim, stat_of("a").st_mtim);
    LATER(b.st_mtim, stat_of("b").st_mtim);
    LATER(a.st_ctim, stat_of("a").st_ctim);
    LATER(dir.st_ctim, stat_of("b/moved").st_ctim);
    char byte;
    SAME(1, read(fd, &byte, 1));
    CONTENT("b/moved/file", "x");
}

CASE(beneath_a_working_directory, ANYBODY, "getcwd(3): the current working directory follows a rename")
{
    char path[PATH_MAX];
    MUST(mkdir("a", 0755));
    MUST(mkdir("a/in", 0755));
    MUST(chdir("a/in"));
    MUST(rename("../../a", "../../b"));
    CHECK(getcwd(path, sizeof path) != NULL && strstr(path, "/b/in") != NULL);
    make_file("file", "x");
    CONTENT("../../b/in/file", "x");
}

CASE(changes_ctime, ANYBODY, "ext4: rename updates the status change time of the renamed file, and not its modification time")
{
    make_file("file", "x");
    struct stat before = stat_of("file");
    tick();
    MUST(rename("file", "new"));
    LATER(before.st_ctim, stat_of("new").st_ctim);
    EQUAL_TIMES(before.st_mtim, stat_of("new").st_mtim);
}

CASE(no_replace, ANYBODY, "renameat2(2): RENAME_NOREPLACE: return an error if newpath already exists")
{
    make_file("a", "a");
    make_file("b", "b");
    MUST(symlink("nowhere", "dangling"));
    FAILS(EEXIST, rename_with("a", "b", RENAME_NOREPLACE));
    FAILS(EEXIST, rename_with("a", "dangling", RENAME_NOREPLACE));
    FAILS(EEXIST, rename_with("a", "a", RENAME_NOREPLACE));
    MUST(rename_with("a", "c", RENAME_NOREPLACE));
    CONTENT("c", "a");
    CONTENT("b", "b");
}

CASE(exchange, ANYBODY, "renameat2(2): RENAME_EXCHANGE: atomically exchange oldpath and newpath; both must exist but may be of different types")
{
    MUST(mkdir("d1", 0755));
    MUST(mkdir("d2", 0755));
    make_file("d1/file", "file");
    MUST(mkdir("d2/dir", 0755));
    make_file("d2/dir/inner", "inner");
    struct stat file = stat_of("d1/file"), dir = stat_of("d2/dir");
    MUST(rename_with("d1/file", "d2/dir", RENAME_EXCHANGE));
    CONTENT("d2/dir", "file");
    CONTENT("d1/file/inner", "inner");
    SAME(file.st_ino, stat_of("d2/dir").st_ino);
    SAME(dir.st_ino, stat_of("d1/file").st_ino);
    SAME(stat_of("d1").st_ino, stat_of("d1/file/..").st_ino);
    SAME(3, stat_of("d1").st_nlink);
    SAME(2, stat_of("d2").st_nlink);
    make_file("x", "x");
    make_file("y", "y");
    MUST(rename_with("x", "y", RENAME_EXCHANGE));
    CONTENT("x", "y");
    CONTENT("y", "x");
    FAILS(ENOENT, rename_with("x", "missing", RENAME_EXCHANGE));
    FAILS(EINVAL, rename_with("d1", "d1/file", RENAME_EXCHANGE));
    FAILS(EINVAL, rename_with("x", "y", RENAME_EXCHANGE | RENAME_NOREPLACE));
    FAILS(EINVAL, rename_with("x", "y", 64));
}

CASE(whiteout, ROOT, "renameat2(2): RENAME_WHITEOUT creates a whiteout object at the source")
{
    differs("only overlay file systems use WHITEOUT");
    make_file("a", "a");
    if (rename_with("a", "b", RENAME_WHITEOUT) == -1 && errno == EINVAL)
        skip("the host's file system has no whiteouts");
    CHECK(S_ISCHR(stat_of("a").st_mode));
}

CASE(never_missing, ANYBODY, "rename(2): there is no point at which another process attempting to access newpath will find it missing")
{
    make_file("target", "0000");
    pid_t writer = start();
    if (writer == 0) {
        for (int i = 0; i < 2000; i++) {
            char text[8];
            snprintf(text, sizeof text, "%04d", i);
            int fd = MUST(open("temporary", O_CREAT | O_EXCL | O_WRONLY, 0644));
            SAME(4, write(fd, text, 4));
            MUST(close(fd));
            MUST(rename("temporary", "target"));
        }
        _exit(0);
    }
    int last = 0, opened = 0;
    while (waitpid(writer, NULL, WNOHANG) == 0) {
        char text[5] = "";
        int fd = MUST(open("target", O_RDONLY));
        SAME(4, read(fd, text, 4));
        close(fd);
        CHECK(atoi(text) >= last);
        last = atoi(text);
        opened++;
    }
    CHECK(opened > 10);
    CONTENT("target", "1999");
}

CASE(sticky_directory, ROOT, "rename(2), unlink(2): EPERM or EACCES: the directory has the sticky bit set and the process's effective user ID is neither the user ID of the file nor of the directory")
{
    MUST(mkdir("tmp", 0777));
    MUST(chmod("tmp", 01777));
    make_file("tmp/alice", "a");
    MUST(chown("tmp/alice", ALICE, ALICE));
    MUST(chmod("tmp/alice", 0666));
    AS(BOB) {
        make_file("tmp/bob", "b");
        FAILS(EPERM, unlink("tmp/alice"));
        FAILS(EPERM, rename("tmp/alice", "tmp/stolen"));
        FAILS(EPERM, rename("tmp/bob", "tmp/alice"));
        FAILS(EPERM, rename_with("tmp/bob", "tmp/alice", RENAME_EXCHANGE));
        MUST(rename("tmp/bob", "tmp/bob2"));
        MUST(unlink("tmp/bob2"));
        MUST(mkdir("tmp/dir", 0755));
    }
    AS(ALICE) {
        FAILS(EPERM, rmdir("tmp/dir"));
        MUST(unlink("tmp/alice"));
    }
    MUST(chown("tmp", ALICE, ALICE));
    AS(ALICE) MUST(rmdir("tmp/dir"));
}

CASE(directory_of_another, ROOT, "rename(2): EACCES: oldpath is a directory and does not allow write permission (needed to update the .. entry)")
{
    MUST(mkdir("a", 0777));
    MUST(mkdir("b", 0777));
    MUST(chmod("a", 0777));
    MUST(chmod("b", 0777));
    MUST(mkdir("a/dir", 0755));
    AS(ALICE) {
        FAILS(EACCES, rename("a/dir", "b/dir"));
        MUST(rename("a/dir", "a/renamed"));
    }
}
