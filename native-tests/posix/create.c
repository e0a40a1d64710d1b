/* Creation, open flags and modes. */
#include "posix.h"

#include <sys/syscall.h>

CASE(modes_minus_umask, ANYBODY, "open(2): the mode of the created file is (mode & ~umask)")
{
    umask(027);
    make("file", 0777);
    MUST(mkdir("dir", 0777));
    MUST(mkfifo("fifo", 0666));
    SAME(S_IFREG | 0750, stat_of("file").st_mode);
    SAME(S_IFDIR | 0750, stat_of("dir").st_mode);
    SAME(S_IFIFO | 0640, stat_of("fifo").st_mode);
    umask(0);
    make("all", 0777);
    SAME(S_IFREG | 0777, stat_of("all").st_mode);
    MUST(mkdir("sticky", 01777));
    SAME(S_IFDIR | 01777, stat_of("sticky").st_mode);
}

CASE(mode_0_and_read_only, ANYBODY, "open(2): mode applies only to future accesses; the open() that creates a read-only file may well return a read/write descriptor")
{
    int fd = make("none", 0);
    SAME(3, write(fd, "abc", 3));
    SAME(S_IFREG, stat_of("none").st_mode);
    fd = make("read", 0444);
    SAME(3, write(fd, "abc", 3));
    CONTENT("read", "abc");
    MUST(chmod("read", 0));
    SAME(3, pwrite(fd, "xyz", 3, 0));
    char text[3];
    SAME(3, pread(fd, text, 3, 0));
    CHECK(memcmp(text, "xyz", 3) == 0);
}

CASE(exclusive, ANYBODY, "open(2): O_EXCL: if pathname already exists, open() fails with EEXIST; if it is a symbolic link, regardless of where it points")
{
    make_file("file", "x");
    MUST(symlink("nowhere", "dangling"));
    FAILS(EEXIST, open("file", O_CREAT | O_EXCL | O_RDWR, 0644));
    FAILS(EEXIST, open("dangling", O_CREAT | O_EXCL | O_RDWR, 0644));
    FAILS(EEXIST, mkdir("file", 0755));
    FAILS(EEXIST, mkdir("dangling", 0755));
    FAILS(EEXIST, mkfifo("file", 0644));
    FAILS(EEXIST, symlink("a", "file"));
    CHECK(!exists("nowhere"));
}

CASE(through_dangling_link, ANYBODY, "open(2): O_CREAT follows a dangling symbolic link and creates its target")
{
    MUST(symlink("target", "dangling"));
    MUST(open("dangling", O_CREAT | O_RDWR, 0644));
    CHECK(S_ISREG(stat_of("target").st_mode));
    CHECK(S_ISLNK(stat_of("dangling").st_mode));
}

CASE(one_winner, ANYBODY, "open(2): O_EXCL: ensure that this call creates the file: of many at once one succeeds")
{
    enum { PROCESSES = 4, ROUNDS = 100 };
    int report[2];
    MUST(pipe(report));
    pid_t children[PROCESSES];
    for (int p = 0; p < PROCESSES; p++)
        if ((children[p] = start()) == 0) {
            for (int round = 0; round < ROUNDS; round++) {
                char name[32];
                snprintf(name, sizeof name, "lock%d", round);
                int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
                if (fd == -1 && errno != EEXIST)
                    failed(__FILE__, __LINE__, "%s", strerror(errno));
                if (fd != -1) {
                    SAME(1, write(report[1], "x", 1));
                    close(fd);
                }
            }
            _exit(0);
        }
    for (int p = 0; p < PROCESSES; p++)
        join(children[p]);
    MUST(close(report[1]));
    char wins[PROCESSES * ROUNDS + 1];
    SAME(ROUNDS, read(report[0], wins, sizeof wins));
}

CASE(truncating, ANYBODY, "open(2): O_TRUNC: if the file already exists, is a regular file, and the access mode allows writing it will be truncated to length 0")
{
    make_file("file", "content");
    struct stat before = stat_of("file");
    tick();
    int fd = MUST(open("file", O_WRONLY | O_TRUNC));
    SAME(0, stat_at(fd).st_size);
    LATER(before.st_mtim, stat_of("file").st_mtim);
    LATER(before.st_ctim, stat_of("file").st_ctim);
    SAME(before.st_ino, stat_of("file").st_ino);
}

CASE(access_modes, ANYBODY, "read(2), write(2): EBADF: fd is not open for reading, for writing")
{
    make_file("file", "content");
    char byte;
    int reader = MUST(open("file", O_RDONLY)), writer = MUST(open("file", O_WRONLY));
    FAILS(EBADF, write(reader, "x", 1));
    FAILS(EBADF, read(writer, &byte, 1));
    SAME(O_RDONLY, MUST(fcntl(reader, F_GETFL)) & O_ACCMODE);
    SAME(O_WRONLY, MUST(fcntl(writer, F_GETFL)) & O_ACCMODE);
}

CASE(directories, ANYBODY, "open(2): EISDIR: pathname refers to a directory and the access requested involved writing; ENOTDIR with O_DIRECTORY")
{
    make_file("file", "x");
    MUST(mkdir("dir", 0755));
    FAILS(EISDIR, open("dir", O_RDWR));
    FAILS(EISDIR, open("dir", O_WRONLY));
    FAILS(EISDIR, open("dir", O_RDONLY | O_CREAT, 0644));
    FAILS(EISDIR, open("dir", O_RDONLY | O_TRUNC));
    FAILS(ENOTDIR, open("file", O_RDONLY | O_DIRECTORY));
    FAILS(ENOTDIR, open("file/", O_RDONLY));
    FAILS(ENOTDIR, open("file/below", O_RDONLY));
    FAILS(EISDIR, open("new/", O_CREAT | O_RDWR, 0644));
    FAILS(ENOENT, open("missing/below", O_CREAT | O_RDWR, 0644));
    FAILS(ENOENT, open("", O_RDONLY));
    int dir = MUST(open("dir/", O_RDONLY | O_DIRECTORY));
    char byte;
    FAILS(EISDIR, read(dir, &byte, 1));
    FAILS(EBADF, write(dir, &byte, 1));
}

CASE(no_follow, ANYBODY, "open(2): O_NOFOLLOW: if the trailing component is a symbolic link, then the open fails with ELOOP")
{
    make_file("file", "x");
    MUST(symlink("file", "link"));
    FAILS(ELOOP, open("link", O_RDONLY | O_NOFOLLOW));
    MUST(open("file", O_RDONLY | O_NOFOLLOW));
    struct stat s;
    int path = MUST(open("link", O_PATH | O_NOFOLLOW));
    MUST(fstat(path, &s));
    CHECK(S_ISLNK(s.st_mode));
}

CASE(path_only, ANYBODY, "open(2): O_PATH: the file itself is not opened, and other operations fail with EBADF")
{
    make_file("file", "content");
    MUST(chmod("file", 0));
    int path = MUST(open("file", O_PATH));
    char byte;
    FAILS(EBADF, read(path, &byte, 1));
    FAILS(EBADF, fchmod(path, 0644));
    SAME(7, stat_at(path).st_size);
    MUST(chmod("file", 0600));
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", path);
    int fd = MUST(open(name, O_RDONLY));
    SAME(1, read(fd, &byte, 1));
}

CASE(append_from_many_processes, ANYBODY, "open(2): O_APPEND: the modification of the file offset and the write operation are performed as a single atomic step")
{
    enum { PROCESSES = 4, RECORDS = 400, LENGTH = 129 };
    make("log", 0644);
    pid_t children[PROCESSES];
    for (int p = 0; p < PROCESSES; p++)
        if ((children[p] = start()) == 0) {
            int fd = MUST(open("log", O_WRONLY | O_APPEND));
            for (int n = 0; n < RECORDS; n++) {
                char record[LENGTH + 1];
                snprintf(record, sizeof record, "%d %06d %0*d\n", p, n, LENGTH - 10, n);
                SAME(LENGTH, write(fd, record, LENGTH));
            }
            _exit(0);
        }
    for (int p = 0; p < PROCESSES; p++)
        join(children[p]);
    SAME(PROCESSES * RECORDS * LENGTH, stat_of("log").st_size);
    FILE *log = fopen("log", "r");
    int next[PROCESSES] = {0}, p, n, again;
    for (int i = 0; i < PROCESSES * RECORDS; i++) {
        SAME(3, fscanf(log, "%d %d %d\n", &p, &n, &again));
        CHECK(p >= 0 && p < PROCESSES && n == again);
        SAME(next[p]++, n);
    }
}

CASE(append_wherever_the_offset_is, ANYBODY, "open(2): O_APPEND: before each write(2), the file offset is positioned at the end of the file; pwrite(2) BUGS: appends regardless of offset")
{
    make_file("file", "12345");
    int fd = MUST(open("file", O_RDWR | O_APPEND));
    MUST(lseek(fd, 0, SEEK_SET));
    SAME(2, write(fd, "67", 2));
    SAME(7, lseek(fd, 0, SEEK_CUR));
    SAME(2, pwrite(fd, "89", 2, 1));
    CONTENT("file", "123456789");
    MUST(fcntl(fd, F_SETFL, 0));
    SAME(1, pwrite(fd, "X", 1, 1));
    CONTENT("file", "1X3456789");
    MUST(truncate("file", 3));
    MUST(fcntl(fd, F_SETFL, O_APPEND));
    SAME(1, write(fd, "e", 1));
    CONTENT("file", "1X3e");
}

CASE(temporary_file, ANYBODY, "open(2): O_TMPFILE: create an unnamed temporary regular file; linkat(2) can give it a name, unless O_EXCL")
{
    char name[64];
    int fd = open(".", O_TMPFILE | O_RDWR, 0640);
    if (fd == -1 && errno == EOPNOTSUPP && !on_mount)
        skip("the host's file system has no O_TMPFILE");
    if (fd == -1)
        failed(__FILE__, __LINE__, "O_TMPFILE: %s", strerror(errno));
    SAME(0, stat_at(fd).st_nlink);
    SAME(S_IFREG | 0640, stat_at(fd).st_mode);
    SAME(5, write(fd, "hello", 5));
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    MUST(linkat(AT_FDCWD, name, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    SAME(1, stat_of("named").st_nlink);
    SAME(stat_at(fd).st_ino, stat_of("named").st_ino);
    CONTENT("named", "hello");
    fd = MUST(open(".", O_TMPFILE | O_EXCL | O_RDWR, 0640));
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    FAILS(ENOENT, linkat(AT_FDCWD, name, AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
    FAILS(EINVAL, open(".", O_TMPFILE | O_RDONLY, 0640));
    SAME(3, (MUST(write(fd, "abc", 3))));
}

CASE(synchronous, ANYBODY, "open(2): O_SYNC, O_DSYNC: write operations complete according to synchronized I/O file, data integrity completion")
{
    char text[8];
    int flags[] = {O_SYNC, O_DSYNC};
    for (int i = 0; i < 2; i++) {
        int fd = MUST(open("file", O_CREAT | O_RDWR | flags[i], 0644));
        CHECK((MUST(fcntl(fd, F_GETFL)) & flags[i]) == flags[i]);
        SAME(5, pwrite(fd, "abcde", 5, i * 5));
        SAME(5, pread(fd, text, 5, i * 5));
        CHECK(memcmp(text, "abcde", 5) == 0);
        MUST(close(fd));
    }
    CONTENT("file", "abcdeabcde");
}

CASE(direct, ANYBODY, "open(2): O_DIRECT: file I/O is done directly to/from user-space buffers")
{
    enum { SIZE = 65536 };
    char *data = aligned_alloc(4096, SIZE), *back = aligned_alloc(4096, SIZE);
    int fd = open("file", O_CREAT | O_RDWR | O_DIRECT, 0644);
    if (fd == -1 && errno == EINVAL && !on_mount)
        skip("the host's file system has no O_DIRECT");
    CHECK(fd != -1);
    int buffered = MUST(open("file", O_RDWR));
    fill(data, SIZE, 1);
    SAME(SIZE, pwrite(fd, data, SIZE, 0));
    SAME(SIZE, pread(buffered, back, SIZE, 0));
    CHECK(memcmp(data, back, SIZE) == 0);
    fill(data, 4096, 2);
    SAME(4096, pwrite(fd, data, 4096, 8192));
    SAME(4096, pread(buffered, back, 4096, 8192));
    CHECK(memcmp(data, back, 4096) == 0);
    fill(data, 4096, 3);
    SAME(4096, pwrite(buffered, data, 4096, 16384));
    SAME(4096, pread(fd, back, 4096, 16384));
    CHECK(memcmp(data, back, 4096) == 0);
    SAME(0, pread(fd, back, 4096, SIZE));
    MUST(ftruncate(fd, SIZE + 100));
    SAME(100, pread(fd, back, 4096, SIZE));
    CHECK(all_zero(back, 100));
}

CASE(no_atime, ROOT, "open(2): O_NOATIME: EPERM when the effective user ID does not match the owner of the file and the caller is not privileged")
{
    make_file("file", "x");
    MUST(chmod("file", 0666));
    MUST(chown("file", ALICE, ALICE));
    AS(ALICE) MUST(open("file", O_RDONLY | O_NOATIME));
    AS(BOB) {
        FAILS(EPERM, open("file", O_RDONLY | O_NOATIME));
        MUST(open("file", O_RDWR));
    }
}

CASE(executables, ANYBODY, "execve(2): EACCES: execute permission is denied; open(2): ETXTBSY: pathname refers to an executable image which is currently being executed and write access was requested")
{
    static char image[1 << 22];
    int from = open("/bin/sleep", O_RDONLY), to = make("program", 0644);
    if (from == -1)
        skip("there is no /bin/sleep");
    ssize_t length = MUST(read(from, image, sizeof image));
    SAME(length, write(to, image, length));
    MUST(close(to));
    FAILS(EACCES, execl("./program", "program", "0", NULL));
    MUST(chmod("program", 0755));
    int ready[2];
    MUST(pipe2(ready, O_CLOEXEC));
    pid_t child = start();
    if (child == 0) {
        execl("./program", "program", "50", NULL);
        failed(__FILE__, __LINE__, "execl: %s", strerror(errno));
    }
    MUST(close(ready[1]));
    char byte;
    SAME(0, read(ready[0], &byte, 1)); /* closed by exec */
    FAILS(ETXTBSY, open("program", O_WRONLY));
    MUST(kill(child, SIGKILL));
    waitpid(child, NULL, 0);
    MUST(open("program", O_WRONLY));
}

CASE(link_count_of_directories, ANYBODY, "inode(7): st_nlink; ext4: a directory has two links and one more for each subdirectory")
{
    MUST(mkdir("dir", 0755));
    SAME(2, stat_of("dir").st_nlink);
    MUST(mkdir("dir/a", 0755));
    MUST(mkdir("dir/b", 0755));
    make_file("dir/file", "");
    SAME(4, stat_of("dir").st_nlink);
    MUST(rmdir("dir/a"));
    SAME(3, stat_of("dir").st_nlink);
    MUST(rename("dir/b", "b"));
    SAME(2, stat_of("dir").st_nlink);
}

CASE(removing_directories, ANYBODY, "rmdir(2): ENOTEMPTY, EINVAL for a trailing dot, ENOTDIR; unlink(2): EISDIR")
{
    MUST(mkdir("dir", 0755));
    make_file("dir/file", "");
    FAILS(ENOTEMPTY, rmdir("dir"));
    FAILS(EINVAL, rmdir("dir/."));
    FAILS(ENOTEMPTY, rmdir("dir/.."));
    FAILS(ENOTDIR, rmdir("dir/file"));
    FAILS(EISDIR, unlink("dir"));
    FAILS(ENOENT, rmdir("missing"));
    MUST(unlink("dir/file"));
    MUST(rmdir("dir/"));
    CHECK(!exists("dir"));
}

CASE(in_a_removed_directory, ANYBODY, "open(2): ENOENT: a directory component in pathname does not exist; rmdir(2) of a directory in use")
{
    MUST(mkdir("dir", 0755));
    int dir = MUST(open("dir", O_RDONLY | O_DIRECTORY));
    MUST(rmdir("dir"));
    SAME(0, stat_at(dir).st_nlink);
    FAILS(ENOENT, openat(dir, "file", O_CREAT | O_RDWR, 0644));
    FAILS(ENOENT, mkdirat(dir, "sub", 0755));
    FAILS(ENOENT, symlinkat("x", dir, "link"));
    char entries[1024];
    long read = syscall(SYS_getdents64, dir, entries, sizeof entries);
    CHECK(read == 0 || (read == -1 && errno == ENOENT));
}

CASE(permission_to_create, ROOT, "path_resolution(7): search permission; open(2): EACCES: write access to the parent directory is not allowed")
{
    MUST(mkdir("dir", 0755));
    MUST(mkdir("dir/closed", 0700));
    make_file("dir/closed/file", "x");
    MUST(mkdir("dir/open", 0777));
    MUST(chmod("dir/open", 0777));
    make_file("dir/file", "x");
    MUST(chmod("dir/file", 0600));
    AS(ALICE) {
        FAILS(EACCES, open("dir/new", O_CREAT | O_RDWR, 0644));
        FAILS(EACCES, mkdir("dir/new", 0755));
        FAILS(EACCES, symlink("x", "dir/new"));
        FAILS(EACCES, unlink("dir/file"));
        FAILS(EACCES, rename("dir/file", "dir/open/file"));
        FAILS(EACCES, open("dir/closed/file", O_RDONLY));
        FAILS(EACCES, open("dir/file", O_RDONLY));
        struct stat s;
        FAILS(EACCES, stat("dir/closed/file", &s));
        MUST(stat("dir/file", &s));
        int fd = MUST(open("dir/open/mine", O_CREAT | O_EXCL | O_RDWR, 0644));
        SAME(ALICE, stat_at(fd).st_uid);
        SAME(ALICE, stat_at(fd).st_gid);
    }
    SAME(ALICE, stat_of("dir/open/mine").st_uid);
}

CASE(access_by_class, ROOT, "access(2), path_resolution(7): the first three bits are for the owner, the next for the group, the last for all others")
{
    make_file("file", "x");
    MUST(chown("file", ALICE, CLUB));
    MUST(chmod("file", 0461));
    AS(ALICE) {
        MUST(access("file", R_OK));
        FAILS(EACCES, access("file", W_OK));
        FAILS(EACCES, access("file", X_OK));
        FAILS(EACCES, open("file", O_WRONLY));
    }
    AS_MEMBER(BOB, CLUB) {
        MUST(access("file", R_OK | W_OK));
        FAILS(EACCES, access("file", X_OK));
        MUST(open("file", O_RDWR));
    }
    AS(BOB) {
        FAILS(EACCES, access("file", R_OK));
        FAILS(EACCES, access("file", W_OK));
        MUST(access("file", X_OK));
        FAILS(EACCES, open("file", O_RDONLY));
    }
    MUST(access("file", R_OK | W_OK | X_OK));
    MUST(chmod("file", 0600));
    FAILS(EACCES, access("file", X_OK));
}

CASE(thirty_two_groups, ROOT, "getgroups(2): a process can have up to NGROUPS_MAX supplementary group IDs, and each of them gives access")
{
    make_file("file", "x");
    MUST(mkdir("dir", 0770));
    MUST(chown("file", 0, 20031));
    MUST(chown("dir", 0, 20031));
    MUST(chmod("file", 0060));
    MUST(chmod("dir", 0770));
    gid_t groups[33] = {0};
    for (int i = 0; i < 32; i++)
        groups[i] = 20000 + i;
    IN_CHILD {
        become(ALICE, ALICE, groups);
        MUST(open("file", O_RDWR));
        make("dir/file", 0644);
        MUST(mkdir("dir/dir", 0755));
        MUST(rename("dir/file", "dir/dir/file"));
    }
    groups[31] = 0;
    IN_CHILD {
        become(ALICE, ALICE, groups);
        FAILS(EACCES, open("file", O_RDONLY));
        FAILS(EACCES, open("dir/other", O_CREAT | O_RDWR, 0644));
    }
}
