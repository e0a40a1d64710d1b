/* chmod, chown, set-id and sticky bits. */
#include "posix.h"

#include <sys/syscall.h>

static int mode_of(const char *name)
{
    return stat_of(name).st_mode & 07777;
}

CASE(every_mode, ANYBODY, "chmod(2): the new file mode is specified in mode, 12 bits of it")
{
    make_file("file", "x");
    MUST(mkdir("dir", 0755));
    int fd = MUST(open("file", O_RDONLY));
    for (int mode = 0; mode <= 07777; mode += 0421) {
        MUST(chmod("file", mode));
        SAME(mode, mode_of("file"));
        MUST(fchmod(fd, mode ^ 0777));
        SAME(mode ^ 0777, mode_of("file"));
        MUST(fchmodat(AT_FDCWD, "dir", mode | 0700, 0));
        SAME(mode | 0700, mode_of("dir"));
    }
    MUST(chmod("dir", 0755));
}

CASE(through_a_link, ANYBODY, "symlink(7): chmod follows; fchmodat with AT_SYMLINK_NOFOLLOW on a link is EOPNOTSUPP")
{
    make_file("file", "x");
    MUST(symlink("file", "link"));
    MUST(chmod("link", 0611));
    SAME(0611, mode_of("file"));
    SAME(0777, mode_of("link"));
    FAILS(EOPNOTSUPP, fchmodat(AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW));
    FAILS(ENOENT, chmod("missing", 0644));
    FAILS(ENOTDIR, chmod("file/x", 0644));
}

CASE(only_the_owner_changes_modes, ROOT, "chmod(2): EPERM: the effective UID does not match the owner of the file, and the process is not privileged")
{
    make_file("file", "x");
    MUST(chmod("file", 0666));
    MUST(chown("file", ALICE, ALICE));
    AS(BOB) FAILS(EPERM, chmod("file", 0600));
    AS(ALICE) MUST(chmod("file", 0600));
    SAME(0600, mode_of("file"));
}

CASE(set_gid_of_a_foreign_group, ROOT, "chmod(2): if the group of the file does not match one of the process's groups, the S_ISGID bit will be turned off, but this will not cause an error to be returned")
{
    make_file("file", "x");
    MUST(chown("file", ALICE, CLUB));
    AS(ALICE) {
        MUST(chmod("file", 02755));
        SAME(0755, mode_of("file"));
    }
    AS_MEMBER(ALICE, CLUB) {
        MUST(chmod("file", 02755));
        SAME(02755, mode_of("file"));
    }
}

CASE(sticky_file, ROOT, "chmod(2): S_ISVTX on files by ordinary users has no effect and is no error on Linux")
{
    make_file("file", "x");
    MUST(chown("file", ALICE, ALICE));
    AS(ALICE) {
        MUST(chmod("file", 01644));
        SAME(01644, mode_of("file"));
    }
}

CASE(owner_changes, ROOT, "chown(2): only a privileged process may change the owner of a file; -1 leaves an ID as it is")
{
    make_file("file", "x");
    MUST(chown("file", ALICE, CLUB));
    SAME(ALICE, stat_of("file").st_uid);
    SAME(CLUB, stat_of("file").st_gid);
    MUST(chown("file", -1, BOB));
    SAME(ALICE, stat_of("file").st_uid);
    SAME(BOB, stat_of("file").st_gid);
    MUST(chown("file", BOB, -1));
    SAME(BOB, stat_of("file").st_uid);
    MUST(chown("file", -1, -1));
    MUST(chown("file", 4000000000U, 3999999999U));
    SAME(4000000000U, stat_of("file").st_uid);
    SAME(3999999999U, stat_of("file").st_gid);
    MUST(chown("file", ALICE, ALICE));
    AS(ALICE) {
        FAILS(EPERM, chown("file", BOB, -1));
        FAILS(EPERM, chown("file", -1, BOB));
        MUST(chown("file", ALICE, ALICE));
        MUST(chown("file", -1, -1));
    }
    AS(BOB) {
        FAILS(EPERM, chown("file", BOB, -1));
        FAILS(EPERM, chown("file", -1, BOB));
    }
}

CASE(group_changes, ROOT, "chown(2): the owner of a file may change the group of the file to any group of which that owner is a member")
{
    make_file("file", "x");
    MUST(chown("file", ALICE, ALICE));
    AS_MEMBER(ALICE, CLUB) {
        MUST(chown("file", -1, CLUB));
        SAME(CLUB, stat_of("file").st_gid);
        MUST(chown("file", ALICE, ALICE));
        FAILS(EPERM, chown("file", -1, BOB));
    }
    AS_MEMBER(BOB, CLUB) FAILS(EPERM, chown("file", -1, CLUB));
}

CASE(of_links_themselves, ROOT, "lchown(2): is like chown(), but does not dereference symbolic links")
{
    make_file("file", "x");
    MUST(symlink("file", "link"));
    MUST(lchown("link", ALICE, BOB));
    SAME(ALICE, stat_of("link").st_uid);
    SAME(0, stat_of("file").st_uid);
    MUST(chown("link", BOB, BOB));
    SAME(BOB, stat_of("file").st_uid);
    SAME(ALICE, stat_of("link").st_uid);
}

CASE(chown_clears_set_id, ROOT, "chown(2): when the owner or group of an executable file is changed, the S_ISUID and S_ISGID mode bits are cleared; Linux treats root like other users")
{
    make_file("file", "x");
    MUST(chmod("file", 06755));
    MUST(chown("file", ALICE, ALICE));
    SAME(0755, mode_of("file"));
    MUST(chmod("file", 06755));
    AS_MEMBER(ALICE, CLUB) MUST(chown("file", -1, CLUB));
    SAME(0755, mode_of("file"));
    MUST(chmod("file", 06745)); /* not group-executable: S_ISGID meant mandatory locking */
    MUST(chown("file", BOB, CLUB));
    SAME(02745, mode_of("file"));
    MUST(mkdir("dir", 0755));
    MUST(chmod("dir", 06755));
    MUST(chown("dir", ALICE, CLUB));
    SAME(06755, mode_of("dir"));
}

CASE(write_clears_set_id, ROOT, "inode(7), write(2): a write by a process without CAP_FSETID clears S_ISUID, and S_ISGID of a group-executable file")
{
    make_file("file", "content");
    MUST(chown("file", ALICE, ALICE));
    MUST(chmod("file", 06777));
    AS(BOB) {
        int fd = MUST(open("file", O_WRONLY));
        SAME(0, write(fd, "", 0));
        SAME(1, write(fd, "x", 1));
        SAME(0777, stat_at(fd).st_mode & 07777);
    }
    SAME(0777, mode_of("file"));
    MUST(chmod("file", 06777));
    AS(BOB) MUST(truncate("file", 2));
    SAME(0777, mode_of("file"));
    MUST(chmod("file", 06777));
    AS(BOB) MUST(open("file", O_WRONLY | O_TRUNC));
    SAME(0777, mode_of("file"));
    MUST(chmod("file", 06777));
    AS(BOB) {
        int fd = MUST(open("file", O_RDWR));
        MUST(fallocate(fd, 0, 0, 10000));
    }
    SAME(0777, mode_of("file"));
    MUST(chmod("file", 06777));
    int fd = MUST(open("file", O_WRONLY));
    SAME(1, write(fd, "x", 1)); /* root has CAP_FSETID */
    SAME(06777, mode_of("file"));
}

CASE(set_gid_directory, ROOT, "inode(7): S_ISGID of a directory: files created there inherit their group ID from the directory, and directories created there will also get the S_ISGID bit set")
{
    MUST(mkdir("dir", 0755));
    MUST(chown("dir", ALICE, CLUB));
    MUST(chmod("dir", 02777));
    AS(BOB) {
        make("dir/file", 0664);
        MUST(mkdir("dir/sub", 0755));
        MUST(symlink("x", "dir/link"));
        MUST(mkfifo("dir/fifo", 0644));
        make("dir/set", 02775); /* not a member of the directory's group */
    }
    SAME(CLUB, stat_of("dir/file").st_gid);
    SAME(BOB, stat_of("dir/file").st_uid);
    SAME(CLUB, stat_of("dir/sub").st_gid);
    SAME(02755, mode_of("dir/sub"));
    SAME(CLUB, stat_of("dir/link").st_gid);
    SAME(CLUB, stat_of("dir/fifo").st_gid);
    SAME(0755, mode_of("dir/set"));
    AS_MEMBER(ALICE, CLUB) {
        make("dir/set2", 02775);
        SAME(02755, mode_of("dir/set2"));
    }
    MUST(mkdir("plain", 0777));
    MUST(chmod("plain", 0777));
    AS(BOB) make("plain/file", 0644);
    SAME(BOB, stat_of("plain/file").st_gid);
}

CASE(set_uid_program, ROOT, "execve(2): if the set-user-ID bit is set on the program file, then the effective user ID of the calling process is changed to that of the owner")
{
    static char image[1 << 22];
    int from = open("/usr/bin/id", O_RDONLY), to = make("id", 0755);
    if (from == -1)
        skip("there is no /usr/bin/id");
    ssize_t length = MUST(read(from, image, sizeof image));
    SAME(length, write(to, image, length));
    MUST(close(to));
    MUST(chown("id", ALICE, CLUB));
    MUST(chmod("id", 06755));
    int out[2];
    MUST(pipe(out));
    AS(BOB) {
        MUST(dup2(out[1], 1));
        execl("./id", "id", "-u", NULL);
        failed(__FILE__, __LINE__, "execl: %s", strerror(errno));
    }
    char text[32] = "";
    MUST(read(out[0], text, sizeof text - 1));
    SAME(ALICE, atoi(text));
}

CASE(directory_bits, ROOT, "path_resolution(7): reading a directory needs read, passing it search permission")
{
    struct stat s;
    MUST(mkdir("search", 0755));
    make_file("search/file", "x");
    MUST(chmod("search", 0711));
    MUST(mkdir("list", 0755));
    make_file("list/file", "x");
    MUST(chmod("list", 0744));
    AS(ALICE) {
        FAILS(EACCES, open("search", O_RDONLY | O_DIRECTORY));
        MUST(stat("search/file", &s));
        MUST(open("list", O_RDONLY | O_DIRECTORY));
        FAILS(EACCES, stat("list/file", &s));
        FAILS(EACCES, chdir("list"));
        MUST(chdir("search"));
    }
}
