/*
 * posix-suite [--mount] DIR [NAME...] : does DIR behave as the man pages say? Every case under DIR, in DIR/<case>, which is removed afterwards.
 *
 * Prints "ok NAME", "skip NAME: why" or "not ok NAME: FILE:LINE: what (the sentence)" for each, then a count; exit status 1 when
 * one failed. --mount says that DIR is a mounted subdot, where the cases that docs/posix.md excuses are skipped.
 */
#include "posix.h"

#include <ftw.h>
#include <grp.h>
#include <stdarg.h>
#include <sys/resource.h>

enum { SECONDS_PER_CASE = 60, SKIPPED = 77 };

int on_mount;
static struct test *tests, **last = &tests;
static int words[2]; /* a pipe that carries the reason of a failure or a skip */

void register_test(struct test *test)
{
    *last = test;
    last = &test->next;
}

static void say(const char *format, va_list arguments)
{
    char text[1024];
    int length = vsnprintf(text, sizeof text, format, arguments);
    if (length > (int)sizeof text - 1)
        length = sizeof text - 1;
    if (write(words[1], text, length) != length)
        _exit(1);
}

_Noreturn void failed(const char *file, int line, const char *format, ...)
{
    char place[1200];
    va_list arguments;
    va_start(arguments, format);
    const char *base = strrchr(file, '/');
    snprintf(place, sizeof place, "%s:%d: %s", base ? base + 1 : file, line, format);
    say(place, arguments);
    va_end(arguments);
    _exit(1);
}

_Noreturn void skip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    _exit(SKIPPED);
}

void differs(const char *why)
{
    if (on_mount)
        skip("docs/posix.md: %s", why);
}

pid_t start(void)
{
    pid_t child = fork();
    if (child == -1)
        failed(__FILE__, __LINE__, "fork: %s", strerror(errno));
    return child;
}

void join(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) == -1)
        if (errno != EINTR)
            failed(__FILE__, __LINE__, "waitpid: %s", strerror(errno));
    if (WIFSIGNALED(status))
        failed(__FILE__, __LINE__, "a child was ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        _exit(WEXITSTATUS(status)); /* it has said why */
}

int fork_and_wait(void)
{
    pid_t child = start();
    if (child == 0)
        return 1;
    join(child);
    return 0;
}

void become(uid_t uid, gid_t gid, const gid_t *groups)
{
    size_t count = 0;
    while (groups[count] != 0)
        count++;
    MUST(setgroups(count, groups));
    MUST(setresgid(gid, gid, gid));
    MUST(setresuid(uid, uid, uid));
}

int make(const char *name, int mode)
{
    return MUST(open(name, O_CREAT | O_EXCL | O_RDWR, mode));
}

void make_file(const char *name, const char *content)
{
    int fd = make(name, 0644);
    SAME(strlen(content), write(fd, content, strlen(content)));
    MUST(close(fd));
}

void check_content(const char *file, int line, const char *name, const char *content)
{
    static char text[1 << 16];
    int fd = open(name, O_RDONLY);
    if (fd == -1)
        failed(file, line, "open %s: %s", name, strerror(errno));
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length != (ssize_t)strlen(content) || memcmp(text, content, length) != 0) {
        text[length < 0 ? 0 : length] = 0;
        failed(file, line, "%s holds \"%.80s\", not \"%.80s\"", name, text, content);
    }
}

struct stat stat_of(const char *name)
{
    struct stat s;
    if (lstat(name, &s) == -1)
        failed(__FILE__, __LINE__, "lstat %s: %s", name, strerror(errno));
    return s;
}

struct stat stat_at(int fd)
{
    struct stat s;
    MUST(fstat(fd, &s));
    return s;
}

int exists(const char *name)
{
    struct stat s;
    return lstat(name, &s) == 0;
}

void fill(char *buffer, size_t length, unsigned seed)
{
    for (size_t i = 0; i < length; i++)
        buffer[i] = (char)(1 + (i * 7 + i / 251 + seed * 31) % 255);
}

int all_zero(const char *buffer, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (buffer[i] != 0)
            return 0;
    return 1;
}

int earlier(struct timespec a, struct timespec b)
{
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

/* The kernel stamps local files with CLOCK_REALTIME_COARSE, whose steps are up to 10 ms. */
void tick(void)
{
    struct timespec begin, now;
    clock_gettime(CLOCK_REALTIME, &begin);
    do {
        nanosleep(&(struct timespec){0, 2000000}, NULL);
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
    } while (!earlier(begin, now));
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *where)
{
    (void)s, (void)where;
    return type == FTW_DP || type == FTW_D ? rmdir(path) : unlink(path);
}

/* Runs one case; returns its exit status, with its words in text. */
static int run(struct test *test, const char *name, char *text, size_t size)
{
    char dir[300];
    int status = 1;
    snprintf(dir, sizeof dir, "%s", name);
    for (char *c = dir; *c != 0; c++)
        if (*c == '/')
            *c = '.';
    if (mkdir(dir, 0755) == -1 || pipe2(words, O_CLOEXEC | O_NONBLOCK) == -1) {
        snprintf(text, size, "main.c: %s: %s", dir, strerror(errno));
        return 1;
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        const char *full = getenv("FULL");
        alarm(full != NULL && strcmp(full, "0") != 0 ? 10 * SECONDS_PER_CASE : SECONDS_PER_CASE);
        umask(022);
        if (chdir(dir) == -1)
            _exit(1);
        test->run();
        _exit(0);
    }
    waitpid(child, &status, 0);
    kill(-child, SIGKILL); /* children of a case that failed */
    ssize_t length = read(words[0], text, size - 1);
    text[length > 0 ? length : 0] = 0;
    close(words[0]);
    close(words[1]);
    if (WIFSIGNALED(status))
        snprintf(text, size, "main.c: ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    int result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    if (nftw(dir, remove_one, 64, FTW_DEPTH | FTW_PHYS) == -1 && result == 0) {
        snprintf(text, size, "main.c: what it left cannot be removed: %s", strerror(errno));
        return 1;
    }
    return result;
}

static int wanted(const char *name, char **names)
{
    if (*names == NULL)
        return 1;
    for (; *names != NULL; names++)
        if (strncmp(name, *names, strlen(*names)) == 0)
            return 1;
    return 0;
}

int main(int count, char **arguments)
{
    int passed = 0, bad = 0, skipped = 0;
    if (count > 1 && strcmp(arguments[1], "--mount") == 0) {
        on_mount = 1;
        arguments++;
        count--;
    }
    if (count < 2 || chdir(arguments[1]) == -1) {
        fprintf(stderr, "usage: posix-suite [--mount] DIR [NAME...]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    for (struct test *test = tests; test != NULL; test = test->next) {
        char name[256], text[2048] = "";
        const char *base = strrchr(test->file, '/');
        base = base ? base + 1 : test->file;
        snprintf(name, sizeof name, "%.*s/%s", (int)strcspn(base, "."), base, test->name);
        if (!wanted(name, arguments + 2))
            continue;
        int result = SKIPPED;
        if (test->who == ROOT && geteuid() != 0)
            strcpy(text, "for root");
        else if (test->who == ORDINARY && geteuid() == 0)
            strcpy(text, "for ordinary users");
        else
            result = run(test, name, text, sizeof text);
        for (char *c = text; *c != 0; c++)
            if (*c == '\n' || *c == '\t')
                *c = ' ';
        if (result == 0)
            passed++, printf("ok %s\n", name);
        else if (result == SKIPPED)
            skipped++, printf("skip %s: %s\n", name, text);
        else
            bad++, printf("not ok %s: %s (%s)\n", name, text, test->sentence);
        fflush(stdout);
    }
    printf("%d passed, %d failed, %d skipped\n", passed, bad, skipped);
    return bad != 0;
}
