/* Time stamps. */
#include "posix.h"

#include <linux/falloc.h>
#include <sys/time.h>
#include <sys/xattr.h>

static const struct timespec EARLY = {981173106, 789012345}, LATE = {4102444800, 999999999};

CASE(to_the_nanosecond, ANYBODY, "utimensat(2): update the timestamps of a file with nanosecond precision")
{
    make_file("file", "x");
    MUST(mkdir("dir", 0755));
    MUST(symlink("file", "link"));
    const char *names[] = {"file", "dir", "link"};
    for (int i = 0; i < 3; i++) {
        struct timespec times[2] = {EARLY, LATE};
        times[0].tv_nsec += i;
        MUST(utimensat(AT_FDCWD, names[i], times, AT_SYMLINK_NOFOLLOW));
        struct stat s = stat_of(names[i]);
        EQUAL_TIMES(times[0], s.st_atim);
        EQUAL_TIMES(times[1], s.st_mtim);
    }
    struct timespec times[2] = {{1, 0}, {2, 0}};
    MUST(utimensat(AT_FDCWD, "link", times, 0));
    SAME(2, stat_of("file").st_mtim.tv_sec);
    EQUAL_TIMES(LATE, stat_of("link").st_mtim);
    MUST(futimens(MUST(open("file", O_RDONLY)), (struct timespec[2]){{3, 4}, {5, 6}}));
    EQUAL_TIMES(((struct timespec){5, 6}), stat_of("file").st_mtim);
}

CASE(before_1970_and_after_2038, ANYBODY, "time(7), ext4: times from 1901 to 2446 can be represented")
{
    make_file("file", "x");
    long seconds[] = {-2147483647, -86400, -1, 0, 2147483647, 2147483648, 4294967296, 15032385534};
    if (on_mount == 0) {
        MUST(utimensat(AT_FDCWD, "file", (struct timespec[2]){{15032385534, 0}, {15032385534, 0}}, 0));
        if (stat_of("file").st_mtim.tv_sec != 15032385534)
            skip("the host's file system does not reach to 2446");
    }
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        struct timespec times[2] = {{seconds[i], 1}, {seconds[i], 999999999}};
        MUST(utimensat(AT_FDCWD, "file", times, 0));
        SAME(seconds[i], stat_of("file").st_mtim.tv_sec);
        SAME(999999999, stat_of("file").st_mtim.tv_nsec);
        SAME(seconds[i], stat_of("file").st_atim.tv_sec);
    }
}

CASE(now_and_omit, ANYBODY, "utimensat(2): UTIME_NOW: the current time; UTIME_OMIT: left unchanged; times NULL: both to the current time")
{
    struct timespec both[2] = {EARLY, EARLY}, before;
    make_file("file", "x");
    MUST(utimensat(AT_FDCWD, "file", both, 0));
    clock_gettime(CLOCK_REALTIME_COARSE, &before);
    MUST(utimensat(AT_FDCWD, "file", (struct timespec[2]){{0, UTIME_OMIT}, {0, UTIME_NOW}}, 0));
    EQUAL_TIMES(EARLY, stat_of("file").st_atim);
    CHECK(!earlier(stat_of("file").st_mtim, before));
    MUST(utimensat(AT_FDCWD, "file", both, 0));
    MUST(utimensat(AT_FDCWD, "file", (struct timespec[2]){{0, UTIME_NOW}, {0, UTIME_OMIT}}, 0));
    CHECK(!earlier(stat_of("file").st_atim, before));
    EQUAL_TIMES(EARLY, stat_of("file").st_mtim);
    MUST(utimensat(AT_FDCWD, "file", (struct timespec[2]){LATE, {0, UTIME_OMIT}}, 0));
    EQUAL_TIMES(LATE, stat_of("file").st_atim);
    EQUAL_TIMES(EARLY, stat_of("file").st_mtim);
    struct stat unchanged = stat_of("file");
    tick();
    MUST(utimensat(AT_FDCWD, "file", (struct timespec[2]){{0, UTIME_OMIT}, {0, UTIME_OMIT}}, 0));
    EQUAL_TIMES(unchanged.st_ctim, stat_of("file").st_ctim);
    MUST(utimensat(AT_FDCWD, "file", NULL, 0));
    CHECK(!earlier(stat_of("file").st_mtim, before) && earlier(stat_of("file").st_atim, LATE));
    FAILS(EINVAL, utimensat(AT_FDCWD, "file", (struct timespec[2]){{0, 1000000000}, {0, 0}}, 0));
    FAILS(EINVAL, utimensat(AT_FDCWD, "file", (struct timespec[2]){{0, 0}, {0, -5}}, 0));
}

CASE(who_may_set_them, ROOT, "utimensat(2): EACCES: times is NULL or both are UTIME_NOW, and there is no write access; EPERM: other times by one who is not the owner")
{
    struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}}, mixed[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}}, set[2] = {EARLY, EARLY};
    make_file("file", "x");
    MUST(chown("file", ALICE, ALICE));
    MUST(chmod("file", 0644));
    AS(BOB) {
        FAILS(EACCES, utimensat(AT_FDCWD, "file", NULL, 0));
        FAILS(EACCES, utimensat(AT_FDCWD, "file", now, 0));
        FAILS(EPERM, utimensat(AT_FDCWD, "file", mixed, 0));
        FAILS(EPERM, utimensat(AT_FDCWD, "file", set, 0));
    }
    MUST(chmod("file", 0666));
    AS(BOB) {
        MUST(utimensat(AT_FDCWD, "file", NULL, 0));
        MUST(utimensat(AT_FDCWD, "file", now, 0));
        FAILS(EPERM, utimensat(AT_FDCWD, "file", mixed, 0));
        FAILS(EPERM, utimensat(AT_FDCWD, "file", set, 0));
    }
    MUST(chmod("file", 0));
    AS(ALICE) {
        MUST(utimensat(AT_FDCWD, "file", now, 0));
        MUST(utimensat(AT_FDCWD, "file", set, 0));
    }
    EQUAL_TIMES(EARLY, stat_of("file").st_mtim);
}

/* What each operation does to a file's three times: a letter for each that must move on, a dot for each that must stay. */
static void moves(const char *expected, struct stat before, struct stat after, const char *what, int line)
{
    struct timespec b[3] = {before.st_atim, before.st_mtim, before.st_ctim}, a[3] = {after.st_atim, after.st_mtim, after.st_ctim};
    for (int i = 0; i < 3; i++) {
        int moved = earlier(b[i], a[i]), same = !moved && !earlier(a[i], b[i]);
        if (expected[i] == '.' ? !same : !moved)
            failed(__FILE__, line, "%s: the %s time %s", what, (const char *[]){"access", "modification", "status change"}[i],
                   moved ? "moved" : same ? "stayed" : "went back");
    }
}
#define MOVES(expected, name, operation)                                                             \
    do {                                                                                             \
        struct stat before_ = stat_of(name);                                                         \
        tick();                                                                                      \
        MUST(operation);                                                                             \
        moves(expected, before_, stat_of(name), #operation, __LINE__);                               \
    } while (0)

CASE(of_a_file, ANYBODY, "inode(7): mtime changes with the content, ctime with content, owner, group, link count, mode")
{
    make_file("file", "content");
    int fd = MUST(open("file", O_RDWR));
    MOVES(".mc", "file", write(fd, "x", 1));
    MOVES(".mc", "file", pwrite(fd, "y", 1, 100));
    MOVES("...", "file", write(fd, "", 0));
    MOVES(".mc", "file", truncate("file", 50));
    MOVES(".mc", "file", ftruncate(fd, 60));
    MOVES(".mc", "file", ftruncate(fd, 60));
    MOVES("..c", "file", chmod("file", 0600));
    MOVES("..c", "file", chmod("file", 0600));
    MOVES("..c", "file", chown("file", geteuid(), -1));
    MOVES("..c", "file", link("file", "second"));
    MOVES("..c", "file", unlink("second"));
    MOVES("..c", "file", setxattr("file", "user.a", "b", 1, 0));
    MOVES("..c", "file", removexattr("file", "user.a"));
    MOVES("..c", "file", utimensat(AT_FDCWD, "file", (struct timespec[2]){{0, UTIME_OMIT}, stat_of("file").st_mtim}, 0));
    MOVES(".mc", "file", fallocate(fd, 0, 0, 9000));
    MOVES(".mc", "file", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 4096));
    MOVES(".mc", "file", fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 4096));
    MOVES("...", "file", close(open("file", O_RDWR)));
    MOVES("...", "file", fsync(fd));
    char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    MOVES(".mc", "file", (map[0] = 'm', msync(map, 4096, MS_SYNC)));
    int other = make("other", 0644);
    MOVES(".mc", "other", copy_file_range(fd, &(off_t){0}, other, &(off_t){0}, 5, 0));
}

CASE(of_a_directory, ANYBODY, "inode(7): a directory's mtime is changed by the creation or deletion of files in it")
{
    MUST(mkdir("dir", 0755));
    MOVES(".mc", "dir", close(open("dir/file", O_CREAT | O_WRONLY, 0644)));
    MOVES(".mc", "dir", mkdir("dir/sub", 0755));
    MOVES(".mc", "dir", symlink("x", "dir/link"));
    MOVES(".mc", "dir", mkfifo("dir/fifo", 0644));
    MOVES(".mc", "dir", link("dir/file", "dir/hard"));
    MOVES(".mc", "dir", rename("dir/hard", "dir/renamed"));
    MOVES(".mc", "dir", unlink("dir/renamed"));
    MOVES(".mc", "dir", rmdir("dir/sub"));
    MOVES("...", "dir", truncate("dir/file", 3));
    MOVES("...", "dir", chmod("dir/file", 0600));
    MOVES("..c", "dir", chmod("dir", 0700));
    MOVES(".mc", "dir", rename("dir/link", "link"));
    MOVES(".mc", "dir", rename("link", "dir/link"));
}

CASE(of_new_files, ANYBODY, "POSIX open(): O_CREAT marks for update all three timestamps of the file")
{
    struct timespec before, after;
    clock_gettime(CLOCK_REALTIME_COARSE, &before);
    make_file("file", "x");
    MUST(mkdir("dir", 0755));
    MUST(symlink("x", "link"));
    tick();
    clock_gettime(CLOCK_REALTIME, &after);
    const char *names[] = {"file", "dir", "link"};
    for (int i = 0; i < 3; i++) {
        struct stat s = stat_of(names[i]);
        CHECK(!earlier(s.st_atim, before) && earlier(s.st_atim, after));
        CHECK(!earlier(s.st_mtim, before) && earlier(s.st_mtim, after));
        CHECK(!earlier(s.st_ctim, before) && earlier(s.st_ctim, after));
    }
}

CASE(reading_changes_only_atime, ANYBODY, "POSIX read(): marks for update the last data access timestamp, and no other")
{
    make_file("file", "content");
    struct stat before = stat_of("file");
    tick();
    char text[7];
    int fd = MUST(open("file", O_RDONLY));
    SAME(7, read(fd, text, 7));
    struct stat after = stat_of("file");
    EQUAL_TIMES(before.st_mtim, after.st_mtim);
    EQUAL_TIMES(before.st_ctim, after.st_ctim);
}
