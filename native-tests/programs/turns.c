/*
 * turns DIR_A DIR_B HISTORY : writers on two directories that take turns, for the test of "one instant" (DESIGN.md, promise 1).
 *
 * There are as many lanes as kinds of operation times two (threads of one process; two processes). In each lane operation 1
 * is done in DIR_A, operation 2 in DIR_B, operation 3 in DIR_A again, and so on; an operation begins only after the one before it
 * has returned. So any state of the two directories that is one instant shows, for each lane, operations 1..n and nothing of n+1.
 * HISTORY is a file (outside both directories) that is mapped and holds when each operation began and ended, in ticks of one clock
 * that all lanes share, so that turns-check can hold the lanes against each other as well.
 *
 * Prints "ready" once every lane has its files, and then works until SIGTERM or SIGINT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
    CAPACITY = 1 << 20,      /* operations that one lane records */
    BLOCK = 16384,           /* the file system's block for files written in place */
    RING_BLOCKS = 16,        /* "write" and "mmap": consecutive operations hit different blocks */
    RING_SLOTS = 64,         /* per block */
    SLOT = BLOCK / RING_SLOTS,
    RECORD_WORDS = 24,
    SPAN = 24 * 1024,        /* "span": one write(2) over the border of two blocks */
    SPANS = 8,
    WINDOW = 32,             /* "create": files that stay */
};

/* File layout of HISTORY, little-endian as the machine is: this header, then the lanes, then begins and ends of each lane. */
struct history {
    uint64_t magic, lanes, capacity;
    _Atomic uint64_t clock;
    struct lane_record {
        char name[48];
        _Atomic uint64_t begun, ended;
    } lane[];
};
static const uint64_t MAGIC = 0x736e727574ULL;

struct side {
    int dir;                 /* descriptor of the lane's own directory in DIR_A or DIR_B */
    int file;
    uint64_t *map;
    const char *lane;
};

static void die(const char *lane, const char *what)
{
    fprintf(stderr, "turns: %s: %s: %s\n", lane, what, strerror(errno));
    _exit(1);
}

static void must(int ok, const struct side *side, const char *what)
{
    if (!ok)
        die(side->lane, what);
}

static off_t ring_offset(uint64_t k)
{
    return (off_t)(k % RING_BLOCKS) * BLOCK + (off_t)(k / RING_BLOCKS % RING_SLOTS) * SLOT;
}

static void name_of(char *buffer, size_t size, const char *prefix, uint64_t k)
{
    snprintf(buffer, size, "%s%llu", prefix, (unsigned long long)k);
}

static void sized(struct side *side, off_t size)
{
    side->file = openat(side->dir, "file", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    must(side->file >= 0, side, "open");
    must(ftruncate(side->file, size) == 0, side, "ftruncate");
}

static void make_ring(struct side *side) { sized(side, RING_BLOCKS * BLOCK); }
static void make_spans(struct side *side) { sized(side, SPANS * SPAN); }
static void make_empty(struct side *side) { sized(side, 0); }

static void make_map(struct side *side)
{
    make_ring(side);
    side->map = mmap(NULL, RING_BLOCKS * BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, side->file, 0);
    must(side->map != MAP_FAILED, side, "mmap");
}

static void make_append(struct side *side)
{
    side->file = openat(side->dir, "file", O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    must(side->file >= 0, side, "open");
}

static void make_rename(struct side *side)
{
    must(mkdirat(side->dir, "0", 0755) == 0 && mkdirat(side->dir, "1", 0755) == 0, side, "mkdir");
    int file = openat(side->dir, "0/0", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    must(file >= 0 && write(file, "content", 7) == 7 && close(file) == 0, side, "create");
}

static void make_link(struct side *side)
{
    make_empty(side);
    must(linkat(side->dir, "file", side->dir, "link.0", 0) == 0, side, "link");
}

static void make_nothing(struct side *side) { (void)side; }

static void do_write(struct side *side, uint64_t k)
{
    uint64_t record[RECORD_WORDS];
    for (int i = 0; i < RECORD_WORDS; i++)
        record[i] = k;
    must(pwrite(side->file, record, sizeof record, ring_offset(k)) == sizeof record, side, "pwrite");
}

static void do_span(struct side *side, uint64_t k)
{
    static _Thread_local uint64_t record[SPAN / sizeof(uint64_t)];
    for (size_t i = 0; i < SPAN / sizeof *record; i++)
        record[i] = k;
    must(pwrite(side->file, record, sizeof record, (off_t)(k % SPANS) * SPAN) == SPAN, side, "pwrite");
}

static void do_append(struct side *side, uint64_t k)
{
    must(write(side->file, &k, sizeof k) == sizeof k, side, "append");
}

static void do_rename(struct side *side, uint64_t k)
{
    char from[48], to[48];
    name_of(from, sizeof from, (k - 1) % 2 ? "1/" : "0/", k - 1);
    name_of(to, sizeof to, k % 2 ? "1/" : "0/", k);
    must(renameat(side->dir, from, side->dir, to) == 0, side, "rename");
}

static void do_create(struct side *side, uint64_t k)
{
    char name[48];
    name_of(name, sizeof name, "", k);
    int file = openat(side->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    must(file >= 0 && write(file, &k, sizeof k) == sizeof k && close(file) == 0, side, "create");
    if (k > WINDOW) {
        name_of(name, sizeof name, "", k - WINDOW);
        must(unlinkat(side->dir, name, 0) == 0, side, "unlink");
    }
}

static void do_map(struct side *side, uint64_t k)
{
    char *at = (char *)side->map + ring_offset(k);
    *(volatile uint64_t *)at = k;
    char *page = (char *)((uintptr_t)at & ~(uintptr_t)4095);
    must(msync(page, 4096, MS_SYNC) == 0, side, "msync");
}

static void do_mtime(struct side *side, uint64_t k)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)k, .tv_nsec = (long)(k % 1000)}};
    must(futimens(side->file, times) == 0, side, "futimens");
}

static void do_xattr(struct side *side, uint64_t k)
{
    must(fsetxattr(side->file, "user.turn", &k, sizeof k, 0) == 0, side, "fsetxattr");
}

static void do_link(struct side *side, uint64_t k)
{
    char old[48], new[48];
    name_of(old, sizeof old, "link.", k - 1);
    name_of(new, sizeof new, "link.", k);
    must(linkat(side->dir, "file", side->dir, new, 0) == 0, side, "link");
    must(unlinkat(side->dir, old, 0) == 0, side, "unlink");
}

static void do_truncate(struct side *side, uint64_t k)
{
    must(ftruncate(side->file, (off_t)k) == 0, side, "ftruncate");
}

static const struct kind {
    const char *name;
    void (*make)(struct side *);
    void (*turn)(struct side *, uint64_t);
} KINDS[] = {
    {"write", make_ring, do_write},     {"span", make_spans, do_span},     {"append", make_append, do_append},
    {"rename", make_rename, do_rename}, {"create", make_nothing, do_create}, {"mmap", make_map, do_map},
    {"mtime", make_empty, do_mtime},    {"xattr", make_empty, do_xattr},   {"link", make_link, do_link},
    {"truncate", make_empty, do_truncate},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS, LANES = 2 * KIND_COUNT };

/* What all processes share. */
static struct shared {
    sem_t turn[LANES][2];
    atomic_int stop;
} *shared;
static struct history *history;
static struct side sides[LANES][2];

static uint64_t *stamps(int lane, int end)
{
    uint64_t *first = (uint64_t *)((char *)history + sizeof *history + LANES * sizeof *history->lane);
    return first + ((size_t)lane * 2 + end) * CAPACITY;
}

/* One side of one lane: waits for its turn, does one operation, hands over. */
static void work(int lane, int which)
{
    const struct kind *kind = &KINDS[lane % KIND_COUNT];
    struct side *side = &sides[lane][which];
    uint64_t *begin = stamps(lane, 0), *end = stamps(lane, 1);
    for (uint64_t k = 1;; k++) {
        uint64_t index = 2 * (k - 1) + which;
        while (sem_wait(&shared->turn[lane][which]) != 0)
            ;
        if (atomic_load(&shared->stop))
            return;
        if (index >= CAPACITY)
            continue; /* the lane is full: it keeps its turn until the end */
        begin[index] = atomic_fetch_add(&history->clock, 1);
        atomic_store(&history->lane[lane].begun, index + 1);
        kind->turn(side, k);
        end[index] = atomic_fetch_add(&history->clock, 1);
        atomic_store(&history->lane[lane].ended, index + 1);
        sem_post(&shared->turn[lane][1 - which]);
    }
}

static void *work_in_thread(void *argument)
{
    intptr_t number = (intptr_t)argument;
    work((int)(number / 2), (int)(number % 2));
    return NULL;
}

static void map_history(const char *path)
{
    size_t size = sizeof *history + LANES * sizeof *history->lane + (size_t)LANES * 2 * CAPACITY * sizeof(uint64_t);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || ftruncate(file, (off_t)size) != 0)
        die(path, "create");
    history = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (history == MAP_FAILED)
        die(path, "mmap");
    history->lanes = LANES;
    history->capacity = CAPACITY;
    atomic_store(&history->clock, 1);
}

static void make_lane(int lane, char **dirs)
{
    const struct kind *kind = &KINDS[lane % KIND_COUNT];
    char *name = history->lane[lane].name;
    snprintf(name, sizeof history->lane[lane].name, "%s.%s", kind->name, lane < KIND_COUNT ? "threads" : "processes");
    sem_init(&shared->turn[lane][0], 1, 1);
    sem_init(&shared->turn[lane][1], 1, 0);
    for (int which = 0; which < 2; which++) {
        char path[4096];
        struct side *side = &sides[lane][which];
        side->lane = name;
        snprintf(path, sizeof path, "%s/%s", dirs[which], name);
        must(mkdir(path, 0755) == 0, side, path);
        side->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        must(side->dir >= 0, side, path);
        kind->make(side);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: turns DIR_A DIR_B HISTORY\n");
        return 2;
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    /* A worker that is only stopped (SIGSTOP) has not ended. */
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP}, NULL);
    map_history(argv[3]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        die("shared", "mmap");
    for (int lane = 0; lane < LANES; lane++)
        make_lane(lane, argv + 1);

    pthread_t threads[KIND_COUNT * 2];
    for (int lane = KIND_COUNT; lane < LANES; lane++)
        for (int which = 0; which < 2; which++)
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
                work(lane, which);
                _exit(0);
            }
    for (intptr_t number = 0; number < 2 * KIND_COUNT; number++)
        if (pthread_create(&threads[number], NULL, work_in_thread, (void *)number) != 0)
            die("threads", "pthread_create");
    history->magic = MAGIC;
    puts("ready");
    fflush(stdout);

    int got;
    sigwait(&signals, &got);
    int early = got == SIGCHLD; /* a worker ended by itself, so it failed */
    atomic_store(&shared->stop, 1);
    for (int lane = 0; lane < LANES; lane++)
        for (int which = 0; which < 2; which++)
            sem_post(&shared->turn[lane][which]);
    for (int number = 0; number < 2 * KIND_COUNT; number++)
        pthread_join(threads[number], NULL);
    int status = early ? 1 : 0, raw;
    while (wait(&raw) > 0)
        if (!WIFEXITED(raw) || WEXITSTATUS(raw) != 0)
            status = 1;
    if (status != 0)
        fprintf(stderr, "turns: a worker ended before its time\n");
    return status;
}
