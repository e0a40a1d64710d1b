/* Files that live on without a name: unlinked, or replaced by a rename, while open. */
#include "posix.h"

#include <sys/file.h>
#include <sys/xattr.h>

/* Everything that a descriptor can do must work on a file that has no name any more. */
static void use(int fd, ino_t inode)
{
    static char page[4096], back[4096];
    struct stat s = stat_at(fd);
    SAME(0, s.st_nlink);
    SAME(inode, s.st_ino);
    SAME(4, pwrite(fd, "more", 4, s.st_size));
    SAME(s.st_size + 4, stat_at(fd).st_size);
    char text[5] = "";
    SAME(4, pread(fd, text, 4, s.st_size));
    CHECK(strcmp(text, "more") == 0);
    MUST(ftruncate(fd, 100000));
    SAME(100000, stat_at(fd).st_size);
    MUST(ftruncate(fd, 3));
    SAME(3, stat_at(fd).st_size);
    MUST(fchmod(fd, 0741));
    SAME(0741, stat_at(fd).st_mode & 07777);
    MUST(fchown(fd, geteuid(), getegid()));
    struct timespec times[2] = {{1000000000, 1}, {1100000000, 999999999}};
    MUST(futimens(fd, times));
    EQUAL_TIMES(times[0], stat_at(fd).st_atim);
    EQUAL_TIMES(times[1], stat_at(fd).st_mtim);
    MUST(fsync(fd));
    MUST(fdatasync(fd));
    MUST(ftruncate(fd, 8192));
    char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(map != MAP_FAILED);
    fill(page, sizeof page, 5);
    memcpy(map + 4096, page, sizeof page);
    MUST(msync(map, 8192, MS_SYNC));
    SAME(4096, pread(fd, back, 4096, 4096));
    CHECK(memcmp(page, back, 4096) == 0);
    MUST(munmap(map, 8192));
    MUST(fsetxattr(fd, "user.colour", "blue", 4, 0));
    SAME(4, fgetxattr(fd, "user.colour", text, sizeof text));
    MUST(flock(fd, LOCK_EX | LOCK_NB));
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int again = MUST(open(name, O_RDWR));
    SAME(inode, stat_at(again).st_ino);
    SAME(4096, pread(again, back, 4096, 4096));
    CHECK(memcmp(page, back, 4096) == 0);
    FAILS(ENOENT, linkat(AT_FDCWD, name, AT_FDCWD, "revived", AT_SYMLINK_FOLLOW));
}

CASE(after_unlink, ANYBODY, "unlink(2): if any processes still have the file open, the file will remain in existence until the last file descriptor referring to it is closed")
{
    int fd = make("file", 0644);
    SAME(7, write(fd, "content", 7));
    struct stat s = stat_at(fd);
    MUST(unlink("file"));
    CHECK(!exists("file"));
    make_file("file", "another");
    use(fd, s.st_ino);
    CONTENT("file", "another");
    CHECK(stat_of("file").st_ino != s.st_ino);
}

CASE(after_replacement, ANYBODY, "rename(2): open file descriptors for newpath are unaffected")
{
    int fd = make("target", 0644);
    SAME(7, write(fd, "content", 7));
    struct stat s = stat_at(fd);
    make_file("source", "another");
    MUST(rename("source", "target"));
    use(fd, s.st_ino);
    CONTENT("target", "another");
}

CASE(of_a_renamed_file, ANYBODY, "rename(2): open file descriptors for oldpath are also unaffected")
{
    MUST(mkdir("dir", 0755));
    int fd = make("file", 0644);
    MUST(rename("file", "dir/file"));
    SAME(3, write(fd, "abc", 3));
    CONTENT("dir/file", "abc");
    MUST(fchmod(fd, 0600));
    SAME(0600, stat_of("dir/file").st_mode & 07777);
    MUST(ftruncate(fd, 1));
    CONTENT("dir/file", "a");
    SAME(1, stat_at(fd).st_nlink);
}

CASE(large_and_shared, ANYBODY, "unlink(2): the file remains for all its descriptors, in other processes too")
{
    enum { SIZE = 3 << 20 };
    static char data[SIZE], back[SIZE];
    int fd = make("file", 0644);
    fill(data, SIZE, 9);
    SAME(SIZE, write(fd, data, SIZE));
    MUST(unlink("file"));
    IN_CHILD {
        SAME(SIZE, pread(fd, back, SIZE, 0));
        CHECK(memcmp(data, back, SIZE) == 0);
        SAME(1, pwrite(fd, "!", 1, SIZE - 1));
    }
    SAME(SIZE, pread(fd, back, SIZE, 0));
    SAME('!', back[SIZE - 1]);
}

CASE(many, ANYBODY, "unlink(2): each of many nameless files keeps its own content")
{
    enum { FILES = 200 };
    int fds[FILES];
    for (int i = 0; i < FILES; i++) {
        fds[i] = make("same", 0644);
        SAME((long)sizeof i, write(fds[i], &i, sizeof i));
        MUST(unlink("same"));
    }
    for (int i = 0; i < FILES; i++) {
        int content;
        SAME((long)sizeof i, pread(fds[i], &content, sizeof content, 0));
        SAME(i, content);
    }
}

CASE(permission_taken_away, ROOT, "open(2): permissions are checked when a file is opened, and not afterwards")
{
    int opened[2], taken[2];
    char byte, text[6];
    MUST(pipe(opened));
    MUST(pipe(taken));
    make_file("file", "secret");
    pid_t child = start();
    if (child == 0) {
        become(ALICE, ALICE, (gid_t[]){0});
        int fd = MUST(open("file", O_RDONLY));
        SAME(1, write(opened[1], "x", 1));
        SAME(1, read(taken[0], &byte, 1));
        FAILS(EACCES, open("file", O_RDONLY));
        SAME(6, read(fd, text, 6));
        _exit(0);
    }
    SAME(1, read(opened[0], &byte, 1));
    MUST(chmod("file", 0));
    SAME(1, write(taken[1], "x", 1));
    join(child);
}
