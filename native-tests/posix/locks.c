/* flock, fcntl record locks, open file description locks. */
#include "posix.h"

#include <sys/file.h>

static int lock(int fd, int command, int type, off_t begin, off_t length)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = begin, .l_len = length};
    return fcntl(fd, command, &l);
}

CASE(flock_modes, ANYBODY, "flock(2): more than one process may hold a shared lock, only one an exclusive one; EWOULDBLOCK")
{
    make_file("file", "x");
    int a = MUST(open("file", O_RDWR)), b = MUST(open("file", O_RDONLY));
    MUST(flock(a, LOCK_SH));
    MUST(flock(b, LOCK_SH | LOCK_NB));
    FAILS(EWOULDBLOCK, flock(b, LOCK_EX | LOCK_NB));
    MUST(flock(a, LOCK_UN));
    MUST(flock(b, LOCK_EX | LOCK_NB));
    IN_CHILD {
        int c = MUST(open("file", O_RDONLY));
        FAILS(EWOULDBLOCK, flock(c, LOCK_SH | LOCK_NB));
    }
    int copy = MUST(dup(b));
    MUST(close(b));
    FAILS(EWOULDBLOCK, flock(a, LOCK_SH | LOCK_NB)); /* the duplicate still holds it */
    MUST(close(copy));
    MUST(flock(a, LOCK_EX | LOCK_NB));
}

CASE(flock_waits, ANYBODY, "flock(2): a call may block if an incompatible lock is held by another process, until it is released")
{
    int ready[2];
    char byte;
    MUST(pipe(ready));
    int fd = make("file", 0644);
    MUST(flock(fd, LOCK_EX));
    pid_t child = start();
    if (child == 0) {
        MUST(close(fd)); /* else it would hold the lock as well */
        int own = MUST(open("file", O_RDWR));
        FAILS(EWOULDBLOCK, flock(own, LOCK_EX | LOCK_NB));
        SAME(1, write(ready[1], "x", 1));
        MUST(flock(own, LOCK_EX));
        SAME(7, pread(own, (char[8]){0}, 8, 0)); /* what was written before the release is seen */
        _exit(0);
    }
    SAME(1, read(ready[0], &byte, 1));
    SAME(7, write(fd, "written", 7));
    MUST(close(fd));
    join(child);
}

CASE(records, ANYBODY, "fcntl(2): F_SETLK: EACCES or EAGAIN if a conflicting lock is held by another process; F_GETLK describes it")
{
    int fd = make("file", 0644);
    MUST(lock(fd, F_SETLK, F_WRLCK, 10, 10));
    MUST(lock(fd, F_SETLK, F_RDLCK, 30, 0)); /* to the end, however far */
    pid_t us = getpid();
    IN_CHILD {
        int own = MUST(open("file", O_RDWR));
        FAILS(EAGAIN, lock(own, F_SETLK, F_RDLCK, 19, 1));
        FAILS(EAGAIN, lock(own, F_SETLK, F_WRLCK, 0, 0));
        MUST(lock(own, F_SETLK, F_WRLCK, 0, 10));
        MUST(lock(own, F_SETLK, F_WRLCK, 20, 10));
        MUST(lock(own, F_SETLK, F_RDLCK, 1LL << 40, 1));
        FAILS(EAGAIN, lock(own, F_SETLK, F_WRLCK, 1LL << 40, 1));
        struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 15};
        MUST(fcntl(own, F_GETLK, &l));
        SAME(F_WRLCK, l.l_type);
        SAME(10, l.l_start);
        SAME(10, l.l_len);
        SAME(us, l.l_pid);
        l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 22, .l_len = 1};
        MUST(fcntl(own, F_GETLK, &l));
        SAME(F_UNLCK, l.l_type);
    }
    MUST(lock(fd, F_SETLK, F_UNLCK, 14, 2)); /* splits it */
    IN_CHILD {
        int own = MUST(open("file", O_RDWR));
        MUST(lock(own, F_SETLK, F_WRLCK, 14, 2));
        FAILS(EAGAIN, lock(own, F_SETLK, F_WRLCK, 13, 1));
        FAILS(EAGAIN, lock(own, F_SETLK, F_WRLCK, 16, 1));
    }
    FAILS(EBADF, lock(MUST(open("file", O_RDONLY)), F_SETLK, F_WRLCK, 0, 1));
    FAILS(EBADF, lock(MUST(open("file", O_WRONLY)), F_SETLK, F_RDLCK, 0, 1));
}

CASE(records_go_with_any_close, ANYBODY, "fcntl(2): if a process closes any file descriptor referring to a file, then all of the process's locks on that file are released")
{
    int fd = make("file", 0644);
    MUST(lock(fd, F_SETLK, F_WRLCK, 0, 0));
    IN_CHILD FAILS(EAGAIN, lock(MUST(open("file", O_RDWR)), F_SETLK, F_WRLCK, 0, 0));
    MUST(close(MUST(open("file", O_RDONLY))));
    IN_CHILD MUST(lock(MUST(open("file", O_RDWR)), F_SETLK, F_WRLCK, 0, 0));
    IN_CHILD MUST(lock(MUST(open("file", O_RDWR)), F_SETLK, F_WRLCK, 0, 0)); /* the process before has ended */
}

CASE(records_wait, ANYBODY, "fcntl(2): F_SETLKW: if a conflicting lock is held, then wait for that lock to be released")
{
    int ready[2];
    char byte;
    MUST(pipe(ready));
    int fd = make("file", 0644);
    MUST(lock(fd, F_SETLK, F_WRLCK, 0, 100));
    pid_t child = start();
    if (child == 0) {
        int own = MUST(open("file", O_RDWR));
        SAME(1, write(ready[1], "x", 1));
        MUST(lock(own, F_SETLKW, F_RDLCK, 50, 1));
        SAME(4, pread(own, (char[8]){0}, 8, 0));
        _exit(0);
    }
    SAME(1, read(ready[0], &byte, 1));
    SAME(4, write(fd, "done", 4));
    MUST(lock(fd, F_SETLK, F_UNLCK, 0, 0));
    join(child);
}

CASE(deadlock, ANYBODY, "fcntl(2): EDEADLK: it was detected that the specified F_SETLKW command would cause a deadlock")
{
    int ready[2];
    char byte;
    MUST(pipe(ready));
    int fd = make("file", 0644);
    MUST(lock(fd, F_SETLK, F_WRLCK, 0, 1));
    pid_t child = start();
    if (child == 0) {
        int own = MUST(open("file", O_RDWR));
        MUST(lock(own, F_SETLK, F_WRLCK, 1, 1));
        SAME(1, write(ready[1], "x", 1));
        int result = lock(own, F_SETLKW, F_WRLCK, 0, 1); /* one of both is refused */
        _exit(result == 0 || errno == EDEADLK ? 0 : 1);
    }
    SAME(1, read(ready[0], &byte, 1));
    int result = lock(fd, F_SETLKW, F_WRLCK, 1, 1);
    CHECK(result == 0 || errno == EDEADLK);
    MUST(lock(fd, F_SETLK, F_UNLCK, 0, 0));
    join(child);
}

CASE(of_open_file_descriptions, ANYBODY, "fcntl(2): open file description locks conflict within a process, and are released on the last close of their description only")
{
    int a = make("file", 0644), b = MUST(open("file", O_RDWR));
    MUST(lock(a, F_OFD_SETLK, F_WRLCK, 0, 10));
    FAILS(EAGAIN, lock(b, F_OFD_SETLK, F_WRLCK, 5, 1));
    MUST(lock(b, F_OFD_SETLK, F_WRLCK, 10, 1));
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 5};
    MUST(fcntl(b, F_OFD_GETLK, &l));
    SAME(F_WRLCK, l.l_type);
    SAME(-1, l.l_pid);
    MUST(close(MUST(open("file", O_RDONLY))));
    FAILS(EAGAIN, lock(b, F_OFD_SETLK, F_RDLCK, 5, 1));
    IN_CHILD FAILS(EAGAIN, lock(MUST(open("file", O_RDWR)), F_SETLK, F_WRLCK, 5, 1));
    int copy = MUST(dup(a));
    MUST(close(a));
    FAILS(EAGAIN, lock(b, F_OFD_SETLK, F_RDLCK, 5, 1));
    MUST(close(copy));
    MUST(lock(b, F_OFD_SETLK, F_WRLCK, 0, 0));
}

CASE(counting_under_a_lock, ANYBODY, "fcntl(2): locks exclude: many processes that count in one file lose nothing")
{
    enum { PROCESSES = 3, ROUNDS = 200 };
    int fd = make("file", 0644), count = 0;
    SAME((long)sizeof count, write(fd, &count, sizeof count));
    pid_t children[PROCESSES];
    for (int p = 0; p < PROCESSES; p++)
        if ((children[p] = start()) == 0) {
            int own = MUST(open("file", O_RDWR));
            for (int i = 0; i < ROUNDS; i++) {
                if (p == 0)
                    MUST(lock(own, F_OFD_SETLKW, F_WRLCK, 0, 0));
                else
                    MUST(lock(own, F_SETLKW, F_WRLCK, 0, 0));
                SAME((long)sizeof count, pread(own, &count, sizeof count, 0));
                count++;
                SAME((long)sizeof count, pwrite(own, &count, sizeof count, 0));
                MUST(lock(own, p == 0 ? F_OFD_SETLK : F_SETLK, F_UNLCK, 0, 0));
            }
            _exit(0);
        }
    for (int p = 0; p < PROCESSES; p++)
        join(children[p]);
    SAME((long)sizeof count, pread(fd, &count, sizeof count, 0));
    SAME(PROCESSES * ROUNDS, count);
}

CASE(leases, ANYBODY, "fcntl(2): F_SETLEASE: a read lease can be placed only on a file descriptor that is opened read-only")
{
    make_file("file", "x");
    int fd = MUST(open("file", O_RDONLY));
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    SAME(F_RDLCK, fcntl(fd, F_GETLEASE));
    MUST(fcntl(fd, F_SETLEASE, F_UNLCK));
    int writer = MUST(open("file", O_RDWR));
    FAILS(EAGAIN, fcntl(fd, F_SETLEASE, F_RDLCK));
    (void)writer;
}
