/*
 * The posix suite's harness. Each case runs in a process of its own, in an empty directory of its own on the file system under
 * test, which is its working directory; it ends with the first check that does not hold. See main.c for how it is called.
 */
#ifndef POSIX_H
#define POSIX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Who may run a case. */
enum who { ANYBODY, ROOT, ORDINARY };

struct test {
    const char *file, *name, *sentence;
    enum who who;
    void (*run)(void);
    struct test *next;
};
void register_test(struct test *test);

/* CASE(name, who, "page: the sentence that is checked") { body } */
#define CASE(id, who_may, text)                                                                      \
    static void case_##id(void);                                                                     \
    static struct test test_##id = {__FILE__, #id, text, who_may, case_##id, NULL};                  \
    __attribute__((constructor)) static void register_##id(void) { register_test(&test_##id); }      \
    static void case_##id(void)

/* The users that root's cases turn into, and a group that neither has as its own. */
enum { ALICE = 10001, BOB = 10002, CLUB = 10099 };

/* True on the file system under test, false on the control. */
extern int on_mount;

_Noreturn void failed(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the case on the mount: docs/posix.md lists it with this reason. On the control the case goes on. */
void differs(const char *why);

/* MUST: the call succeeds. Gives its value. */
#define MUST(call)                                                                                   \
    __extension__({                                                                                  \
        long value_ = (long)(call);                                                                  \
        if (value_ == -1)                                                                            \
            failed(__FILE__, __LINE__, "%s: %s", #call, strerror(errno));                            \
        value_;                                                                                      \
    })
/* FAILS: the call returns -1 with this errno. */
#define FAILS(error, call)                                                                           \
    do {                                                                                             \
        errno = 0;                                                                                   \
        long value_ = (long)(call);                                                                  \
        int errno_ = errno;                                                                          \
        if (value_ != -1)                                                                            \
            failed(__FILE__, __LINE__, "%s returned %ld instead of failing with %s", #call, value_, #error); \
        if (errno_ != (error))                                                                       \
            failed(__FILE__, __LINE__, "%s: %s instead of %s", #call, strerror(errno_), #error);     \
    } while (0)
#define SAME(expected, actual)                                                                       \
    do {                                                                                             \
        long long expected_ = (long long)(expected), actual_ = (long long)(actual);                  \
        if (expected_ != actual_)                                                                    \
            failed(__FILE__, __LINE__, "%s is %lld (%llo), not %lld (%llo)", #actual, actual_,       \
                   (unsigned long long)actual_, expected_, (unsigned long long)expected_);           \
    } while (0)
#define CHECK(condition)                                                                             \
    do {                                                                                             \
        if (!(condition))                                                                            \
            failed(__FILE__, __LINE__, "not so: %s", #condition);                                    \
    } while (0)

/* IN_CHILD { body }: the body in a child process, which is awaited; what fails there fails the case. */
#define IN_CHILD for (int in_child_ = fork_and_wait(); in_child_; _exit(0))
int fork_and_wait(void);
/* start() is fork(); join() waits for a child and passes its failure on. */
pid_t start(void);
void join(pid_t child);
/* Becomes this user for good, with the given supplementary groups (a list that ends with 0). */
void become(uid_t uid, gid_t gid, const gid_t *groups);
#define AS(uid) IN_CHILD for (int once_ = (become(uid, uid, (gid_t[]){0}), 1); once_; once_ = 0)
#define AS_MEMBER(uid, group) IN_CHILD for (int once_ = (become(uid, uid, (gid_t[]){group, 0}), 1); once_; once_ = 0)

/* Files. */
int make(const char *name, int mode);                       /* creates it, open for reading and writing, umask regarded */
void make_file(const char *name, const char *content);      /* mode 0644 */
void check_content(const char *file, int line, const char *name, const char *content);
#define CONTENT(name, content) check_content(__FILE__, __LINE__, name, content)
struct stat stat_of(const char *name);                      /* lstat(2) */
struct stat stat_at(int fd);
int exists(const char *name);
void fill(char *buffer, size_t length, unsigned seed);       /* bytes that depend on place and seed, none of them 0 */
int all_zero(const char *buffer, size_t length);
/* Waits until the file system's clock has moved, so that a changed time shows. */
void tick(void);
int earlier(struct timespec a, struct timespec b);
#define LATER(a, b) CHECK(earlier((a), (b)))
#define EQUAL_TIMES(a, b) CHECK(!earlier((a), (b)) && !earlier((b), (a)))

#endif
