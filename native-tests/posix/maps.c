/* Memory mappings, and their coherence with read and write. */
#include "posix.h"

#include <linux/falloc.h>
#include <setjmp.h>

enum { PAGE = 4096, PAGES = 16, SIZE = PAGE * PAGES };

static char data[SIZE], back[SIZE];

static int filled(void)
{
    int fd = make("file", 0644);
    fill(data, SIZE, 1);
    SAME(SIZE, write(fd, data, SIZE));
    return fd;
}

static char *map(int fd, size_t length, int protection, int flags)
{
    char *at = mmap(NULL, length, protection, flags, fd, 0);
    if (at == MAP_FAILED)
        failed(__FILE__, __LINE__, "mmap: %s", strerror(errno));
    return at;
}

/* The signal that reading this byte raises, or 0. */
static sigjmp_buf signalled;
static void on_signal(int number)
{
    siglongjmp(signalled, number);
}
static int touch(volatile char *byte)
{
    signal(SIGBUS, on_signal);
    signal(SIGSEGV, on_signal);
    int number = sigsetjmp(signalled, 1);
    if (number == 0)
        (void)*byte;
    return number;
}

CASE(shared_with_read_and_write, ANYBODY, "mmap(2): MAP_SHARED: updates to the mapping are visible to other processes mapping the same region, and are carried through to the underlying file")
{
    int fd = filled();
    char *shared = map(fd, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED);
    CHECK(memcmp(shared, data, SIZE) == 0);
    shared[PAGE + 7] = '!';
    SAME(1, pread(fd, back, 1, PAGE + 7));
    SAME('!', back[0]);
    SAME(3, pwrite(fd, "abc", 3, 2 * PAGE - 1));
    CHECK(memcmp(shared + 2 * PAGE - 1, "abc", 3) == 0);
    IN_CHILD {
        shared[3 * PAGE] = 'C';
        int own = MUST(open("file", O_RDWR));
        SAME(1, pwrite(own, "D", 1, 4 * PAGE));
        char *again = map(own, SIZE, PROT_READ, MAP_SHARED);
        SAME('!', again[PAGE + 7]);
    }
    SAME('C', shared[3 * PAGE]);
    SAME('D', shared[4 * PAGE]);
    MUST(msync(shared, SIZE, MS_SYNC));
    MUST(munmap(shared, SIZE));
    SAME(1, pread(fd, back, 1, 3 * PAGE));
    SAME('C', back[0]);
}

CASE(private, ANYBODY, "mmap(2): MAP_PRIVATE: updates are not visible to other processes and are not carried through to the underlying file")
{
    int fd = filled();
    char *own = map(fd, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    memset(own, 'p', SIZE);
    MUST(msync(own, SIZE, MS_SYNC));
    SAME(SIZE, pread(fd, back, SIZE, 0));
    CHECK(memcmp(data, back, SIZE) == 0);
    int reader = MUST(open("file", O_RDONLY));
    own = map(reader, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    own[0] = 'q';
    SAME(1, pread(fd, back, 1, 0));
    SAME(data[0], back[0]);
}

CASE(beyond_the_end, ANYBODY, "mmap(2): SIGBUS: attempted access to a page of the buffer that lies beyond the end of the mapped file; the remaining bytes in the partial page are zeroed")
{
    int fd = make("file", 0644);
    SAME(5, write(fd, "hello", 5));
    char *shared = map(fd, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
    SAME(0, touch(shared + 4));
    CHECK(all_zero(shared + 5, PAGE - 5));
    SAME(SIGBUS, touch(shared + PAGE));
    memcpy(shared + 5, "garbage", 7);
    MUST(msync(shared, PAGE, MS_SYNC));
    SAME(5, stat_at(fd).st_size);
    SAME(5, pread(fd, back, 100, 0));
    MUST(ftruncate(fd, 2 * PAGE));
    SAME(0, touch(shared + PAGE));
    SAME(2 * PAGE, pread(fd, back, SIZE, 0));
    CHECK(all_zero(back + 5, 2 * PAGE - 5));
    MUST(ftruncate(fd, 1));
    SAME(SIGBUS, touch(shared + PAGE));
    SAME(0, shared[1]);
}

CASE(protections, ANYBODY, "mmap(2): EACCES: MAP_SHARED was requested and PROT_WRITE is set, but fd is not open in read/write mode")
{
    MUST(close(filled()));
    int reader = MUST(open("file", O_RDONLY)), writer = MUST(open("file", O_WRONLY));
    CHECK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0) == MAP_FAILED && errno == EACCES);
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, writer, 0) == MAP_FAILED && errno == EACCES);
    char *shared = map(reader, PAGE, PROT_READ, MAP_SHARED);
    FAILS(EACCES, mprotect(shared, PAGE, PROT_READ | PROT_WRITE));
    MUST(close(reader));
    SAME(data[9], shared[9]); /* closing does not unmap */
    MUST(mkdir("dir", 0755));
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, MUST(open("dir", O_RDONLY)), 0) == MAP_FAILED && errno == ENODEV);
}

CASE(stores_reach_the_file, ANYBODY, "msync(2): MS_SYNC: requests an update and waits for it to complete; munmap and close lose nothing")
{
    int fd = filled();
    char *shared = map(fd, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED);
    fill(shared, SIZE, 2);
    MUST(munmap(shared, SIZE));
    MUST(close(fd));
    fd = MUST(open("file", O_RDONLY));
    SAME(SIZE, read(fd, back, SIZE));
    fill(data, SIZE, 2);
    CHECK(memcmp(data, back, SIZE) == 0);
    int direct = open("file", O_RDONLY | O_DIRECT);
    if (direct != -1) {
        char *aligned = aligned_alloc(PAGE, SIZE);
        SAME(SIZE, read(direct, aligned, SIZE));
        CHECK(memcmp(data, aligned, SIZE) == 0);
    }
}

CASE(holes_show_in_a_mapping, ANYBODY, "fallocate(2), copy_file_range(2), truncate(2): mappings show what they did")
{
    int fd = filled(), other = make("other", 0644);
    char *shared = map(fd, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED);
    shared[PAGE] = 'x'; /* a dirty page, to be punched */
    MUST(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE, PAGE));
    CHECK(all_zero(shared + PAGE, PAGE));
    MUST(fallocate(fd, FALLOC_FL_ZERO_RANGE, 3 * PAGE - 100, 200));
    CHECK(all_zero(shared + 3 * PAGE - 100, 200));
    CHECK(shared[3 * PAGE - 101] == data[3 * PAGE - 101] && shared[3 * PAGE + 100] == data[3 * PAGE + 100]);
    SAME(6, write(other, "copied", 6));
    SAME(6, copy_file_range(other, &(off_t){0}, fd, &(off_t){5 * PAGE - 3}, 6, 0));
    CHECK(memcmp(shared + 5 * PAGE - 3, "copied", 6) == 0);
    shared[6 * PAGE] = 'y'; /* a dirty page, to be copied */
    SAME(1, copy_file_range(fd, &(off_t){6 * PAGE}, other, &(off_t){0}, 1, 0));
    SAME(1, pread(other, back, 1, 0));
    SAME('y', back[0]);
    MUST(ftruncate(fd, 8 * PAGE + 10));
    MUST(ftruncate(fd, SIZE));
    CHECK(all_zero(shared + 8 * PAGE + 10, SIZE - 8 * PAGE - 10));
}

CASE(direct_writes_show_in_a_mapping, ANYBODY, "open(2), O_DIRECT: applications should avoid mixing; Linux writes back and drops the pages concerned")
{
    int fd = filled(), direct = open("file", O_RDWR | O_DIRECT);
    if (direct == -1)
        skip("no O_DIRECT here");
    char *shared = map(fd, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED), *aligned = aligned_alloc(PAGE, PAGE);
    SAME(data[2 * PAGE], shared[2 * PAGE]);
    memset(aligned, 'd', PAGE);
    SAME(PAGE, pwrite(direct, aligned, PAGE, 2 * PAGE));
    SAME('d', shared[2 * PAGE]);
    shared[4 * PAGE] = 'm';
    SAME(PAGE, pread(direct, aligned, PAGE, 4 * PAGE));
    SAME('m', aligned[0]);
}

CASE(sparse, ANYBODY, "mmap(2): stores into a hole of a file allocate it")
{
    int fd = make("file", 0644);
    MUST(ftruncate(fd, 64 << 20));
    char *shared = map(fd, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED);
    SAME(0, shared[50 << 20]);
    shared[50 << 20] = 'h';
    shared[(64 << 20) - 1] = 'e';
    MUST(msync(shared, 64 << 20, MS_SYNC));
    SAME(1, pread(fd, back, 1, 50 << 20));
    SAME('h', back[0]);
    SAME(1, pread(fd, back, 2, (64 << 20) - 1));
    SAME('e', back[0]);
    CHECK(stat_at(fd).st_blocks * 512L < 4 << 20);
}

CASE(two_processes_counting, ANYBODY, "mmap(2): MAP_SHARED is memory that processes share")
{
    int fd = make("file", 0644);
    MUST(ftruncate(fd, PAGE));
    volatile long *count = (long *)map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
    pid_t child = start();
    for (int i = 0; i < 100000; i++)
        __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
    if (child == 0)
        _exit(0);
    join(child);
    SAME(200000, *count);
    MUST(msync((void *)count, PAGE, MS_SYNC));
    long stored;
    SAME((long)sizeof stored, pread(fd, &stored, sizeof stored, 0));
    SAME(200000, stored);
}
