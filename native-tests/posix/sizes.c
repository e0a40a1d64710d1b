/* Sizes, holes, allocation, copying within the kernel. */
#include "posix.h"

#include <linux/falloc.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>
#include <sys/uio.h>

enum { MIB = 1 << 20 };

CASE(truncate_down_and_up, ANYBODY, "truncate(2): if the file previously was larger, the extra data is lost; if shorter, it is extended, and the extended part reads as null bytes")
{
    static char data[100000], back[100000];
    int fd = make("file", 0644);
    fill(data, sizeof data, 1);
    SAME((long)sizeof data, write(fd, data, sizeof data));
    long cuts[] = {99999, 65536, 65535, 40961, 16384, 4097, 4096, 1, 0};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        MUST(truncate("file", cuts[i]));
        SAME(cuts[i], stat_at(fd).st_size);
        MUST(truncate("file", sizeof data));
        SAME((long)sizeof back, pread(fd, back, sizeof back, 0));
        CHECK(memcmp(data, back, cuts[i]) == 0);
        CHECK(all_zero(back + cuts[i], sizeof back - cuts[i]));
    }
}

CASE(truncate_errors, ANYBODY, "truncate(2): EINVAL length negative, or fd not open for writing; EISDIR; EACCES; ENOENT")
{
    make_file("file", "x");
    MUST(mkdir("dir", 0755));
    FAILS(EINVAL, truncate("file", -1));
    FAILS(EISDIR, truncate("dir", 0));
    FAILS(ENOENT, truncate("missing", 0));
    FAILS(ENOTDIR, truncate("file/x", 0));
    FAILS(EINVAL, ftruncate(MUST(open("file", O_RDONLY)), 0));
    MUST(mkfifo("fifo", 0644));
    FAILS(EINVAL, truncate("fifo", 0));
    MUST(chmod("file", 0444));
    if (geteuid() != 0)
        FAILS(EACCES, truncate("file", 0));
}

CASE(too_big, ANYBODY, "write(2), truncate(2): EFBIG: larger than the maximum file size, or than the process's RLIMIT_FSIZE")
{
    int fd = make("file", 0644);
    FAILS(EFBIG, ftruncate(fd, LLONG_MAX));
    FAILS(EFBIG, pwrite(fd, "x", 1, 1LL << 60));
    FAILS(EINVAL, pwrite(fd, "x", 1, -1));
    SAME(0, stat_at(fd).st_size);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {10000, 10000};
    MUST(setrlimit(RLIMIT_FSIZE, &limit));
    FAILS(EFBIG, pwrite(fd, "x", 1, 10000));
    FAILS(EFBIG, ftruncate(fd, 10001));
    SAME(4, pwrite(fd, "abcdefgh", 8, 9996)); /* as much as fits */
    SAME(10000, stat_at(fd).st_size);
}

CASE(of_terabytes, ANYBODY, "lseek(2): the offset may be set beyond the end of the file; data written there leaves a gap that reads as null bytes")
{
    char text[16];
    int fd = make("file", 0644);
    off_t far = 1LL << 40;
    SAME(3, pwrite(fd, "end", 3, far));
    SAME(far + 3, stat_at(fd).st_size);
    SAME(3, pread(fd, text, 16, far));
    SAME(16, pread(fd, text, 16, far / 2));
    CHECK(all_zero(text, 16));
    CHECK(stat_at(fd).st_blocks < 2048);
    SAME(0, lseek(fd, 0, SEEK_HOLE));
    CHECK(MUST(lseek(fd, 0, SEEK_DATA)) > far / 2);
    MUST(ftruncate(fd, 10));
    SAME(10, stat_at(fd).st_size);
}

CASE(data_and_holes, ANYBODY, "lseek(2): SEEK_DATA, SEEK_HOLE: next location with data, next hole; ENXIO when offset is beyond the end, or within a hole at the end")
{
    static char data[MIB];
    int fd = make("file", 0644);
    fill(data, MIB, 3);
    SAME(MIB, pwrite(fd, data, MIB, 4 * MIB));
    SAME(MIB, pwrite(fd, data, MIB, 8 * MIB));
    MUST(ftruncate(fd, 12 * MIB));
    MUST(fsync(fd));
    SAME(4 * MIB, lseek(fd, 0, SEEK_DATA));
    SAME(4 * MIB + 5, lseek(fd, 4 * MIB + 5, SEEK_DATA));
    SAME(5 * MIB, lseek(fd, 4 * MIB, SEEK_HOLE));
    SAME(8 * MIB, lseek(fd, 5 * MIB, SEEK_DATA));
    SAME(9 * MIB, lseek(fd, 8 * MIB + 1, SEEK_HOLE));
    SAME(0, lseek(fd, 0, SEEK_HOLE));
    FAILS(ENXIO, lseek(fd, 9 * MIB, SEEK_DATA));
    FAILS(ENXIO, lseek(fd, 12 * MIB, SEEK_DATA));
    FAILS(ENXIO, lseek(fd, 12 * MIB, SEEK_HOLE));
    SAME(10 * MIB, lseek(fd, 10 * MIB, SEEK_HOLE));
    make_file("full", "abc");
    int full = MUST(open("full", O_RDONLY));
    SAME(3, lseek(full, 0, SEEK_HOLE));
    SAME(0, lseek(full, 0, SEEK_DATA));
}

CASE(seeking, ANYBODY, "lseek(2): SEEK_SET, SEEK_CUR, SEEK_END; EINVAL when the resulting offset would be negative")
{
    char byte;
    int fd = make("file", 0644);
    SAME(10, write(fd, "0123456789", 10));
    SAME(10, lseek(fd, 0, SEEK_CUR));
    SAME(7, lseek(fd, -3, SEEK_END));
    SAME(1, read(fd, &byte, 1));
    SAME('7', byte);
    SAME(6, lseek(fd, -2, SEEK_CUR));
    SAME(20, lseek(fd, 10, SEEK_END));
    SAME(0, read(fd, &byte, 1));
    FAILS(EINVAL, lseek(fd, -1, SEEK_SET));
    FAILS(EINVAL, lseek(fd, 0, 99));
    IN_CHILD MUST(lseek(fd, 4, SEEK_SET)); /* the offset is shared with children */
    SAME(1, read(fd, &byte, 1));
    SAME('4', byte);
}

CASE(large_and_unaligned, ANYBODY, "write(2), read(2): any length at any offset")
{
    enum { SIZE = 5 * MIB + 12345 };
    static char data[SIZE], back[SIZE];
    int fd = make("file", 0644);
    fill(data, SIZE, 7);
    SAME(SIZE, pwrite(fd, data, SIZE, 4097));
    SAME(SIZE + 4097, stat_at(fd).st_size);
    SAME(SIZE, pread(fd, back, SIZE, 4097));
    CHECK(memcmp(data, back, SIZE) == 0);
    SAME(4097, pread(fd, back, 4097, 0));
    CHECK(all_zero(back, 4097));
    SAME(10, pread(fd, back, 4096, SIZE + 4087));
    SAME(0, pread(fd, back, 1, SIZE + 4097));
    void *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    FAILS(EFAULT, pwrite(fd, nowhere, 10, 0));
}

CASE(vectors, ANYBODY, "readv(2): the data transfers are atomic, buffers in array order; preadv2(2)")
{
    char a[3], b[5], c[2];
    int fd = make("file", 0644);
    struct iovec out[3] = {{"abc", 3}, {"", 0}, {"defgh", 5}}, in[3] = {{a, 3}, {b, 5}, {c, 2}};
    SAME(8, pwritev(fd, out, 3, 100));
    SAME(8, preadv(fd, in, 3, 100));
    CHECK(memcmp(a, "abc", 3) == 0 && memcmp(b, "defgh", 5) == 0);
    SAME(8, pwritev2(fd, out, 3, 108, RWF_DSYNC));
    SAME(116, stat_at(fd).st_size);
    SAME(8, pwritev2(fd, out, 3, 0, RWF_APPEND));
    SAME(124, stat_at(fd).st_size);
}

CASE(allocate, ANYBODY, "fallocate(2): mode 0: the file size will be changed if offset+len is greater; any subregion that did not contain data will be initialized to zero")
{
    char text[200];
    int fd = make("file", 0644);
    SAME(3, write(fd, "abc", 3));
    MUST(fallocate(fd, 0, 0, 100));
    SAME(100, stat_at(fd).st_size);
    SAME(100, pread(fd, text, 200, 0));
    CHECK(memcmp(text, "abc", 3) == 0 && all_zero(text + 3, 97));
    MUST(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, MIB));
    SAME(100, stat_at(fd).st_size);
    SAME(0, posix_fallocate(fd, 1000, 1000));
    SAME(2000, stat_at(fd).st_size);
    FAILS(EINVAL, fallocate(fd, 0, 0, 0));
    FAILS(EINVAL, fallocate(fd, 0, -1, 10));
    FAILS(EBADF, fallocate(MUST(open("file", O_RDONLY)), 0, 0, 10));
    FAILS(EFBIG, fallocate(fd, 0, 1LL << 60, 10));
    int ends[2];
    MUST(pipe(ends));
    FAILS(ESPIPE, fallocate(ends[1], 0, 0, 10));
    FAILS(EOPNOTSUPP, fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10)); /* needs KEEP_SIZE */
}

CASE(punch_hole, ANYBODY, "fallocate(2): FALLOC_FL_PUNCH_HOLE: partial filesystem blocks are zeroed, and whole blocks are removed; subsequent reads return zeros")
{
    enum { SIZE = 300000 };
    static char data[SIZE], back[SIZE];
    int fd = make("file", 0644);
    fill(data, SIZE, 4);
    SAME(SIZE, write(fd, data, SIZE));
    long holes[][2] = {{5, 1}, {4096, 4096}, {16383, 2}, {20000, 100000}, {290000, 20000}, {400000, 10}};
    for (size_t i = 0; i < sizeof holes / sizeof *holes; i++) {
        MUST(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, holes[i][0], holes[i][1]));
        for (long at = holes[i][0]; at < holes[i][0] + holes[i][1] && at < SIZE; at++)
            data[at] = 0;
        SAME(SIZE, stat_at(fd).st_size);
        SAME(SIZE, pread(fd, back, SIZE, 0));
        CHECK(memcmp(data, back, SIZE) == 0);
    }
    long before = stat_at(fd).st_blocks;
    MUST(fsync(fd));
    MUST(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, SIZE));
    SAME(SIZE, pread(fd, back, SIZE, 0));
    CHECK(all_zero(back, SIZE));
    CHECK(stat_at(fd).st_blocks < before);
    FAILS(ENXIO, lseek(fd, 0, SEEK_DATA));
}

CASE(zero_range, ANYBODY, "fallocate(2): FALLOC_FL_ZERO_RANGE: zeros space in the byte range; with KEEP_SIZE the file size will not be changed")
{
    enum { SIZE = 100000 };
    static char data[SIZE], back[SIZE + 5000];
    int fd = make("file", 0644);
    fill(data, SIZE, 4);
    SAME(SIZE, write(fd, data, SIZE));
    MUST(fallocate(fd, FALLOC_FL_ZERO_RANGE, 4000, 50000));
    SAME(SIZE, pread(fd, back, SIZE, 0));
    CHECK(memcmp(data, back, 4000) == 0 && all_zero(back + 4000, 50000) && memcmp(data + 54000, back + 54000, SIZE - 54000) == 0);
    MUST(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, SIZE - 10, 5000));
    SAME(SIZE, stat_at(fd).st_size);
    MUST(fallocate(fd, FALLOC_FL_ZERO_RANGE, SIZE - 100, 5100));
    SAME(SIZE + 5000, stat_at(fd).st_size);
    SAME(SIZE + 5000, pread(fd, back, SIZE + 5000, 0));
    CHECK(all_zero(back + SIZE - 100, 5100));
    CHECK(memcmp(data + 54000, back + 54000, SIZE - 54100) == 0);
}

CASE(collapse_and_insert, ANYBODY, "fallocate(2): FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE")
{
    int fd = make("file", 0644);
    MUST(ftruncate(fd, 65536));
    if (on_mount) {
        FAILS(EOPNOTSUPP, fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
        FAILS(EOPNOTSUPP, fallocate(fd, FALLOC_FL_INSERT_RANGE, 0, 4096));
    }
    differs("the kernel rejects COLLAPSE_RANGE and INSERT_RANGE for FUSE");
    if (fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096) == -1 && errno == EOPNOTSUPP)
        skip("the host's file system has no COLLAPSE_RANGE");
    SAME(61440, stat_at(fd).st_size);
}

CASE(copying_within_the_kernel, ANYBODY, "copy_file_range(2): performs an in-kernel copy; 0 at the end of the input; EINVAL for overlapping ranges; EBADF for O_APPEND")
{
    enum { SIZE = 200000 };
    static char data[SIZE], back[SIZE];
    int from = make("from", 0644), to = make("to", 0644);
    fill(data, SIZE, 6);
    SAME(SIZE, write(from, data, SIZE));
    for (off_t in = 0, out = 100; in < SIZE;)
        CHECK(MUST(copy_file_range(from, &in, to, &out, SIZE - in, 0)) > 0);
    SAME(SIZE + 100, stat_at(to).st_size);
    SAME(SIZE, pread(to, back, SIZE, 100));
    CHECK(memcmp(data, back, SIZE) == 0);
    SAME(0, copy_file_range(from, &(off_t){SIZE}, to, &(off_t){0}, 10, 0));
    SAME(1000, copy_file_range(from, &(off_t){0}, from, &(off_t){5000}, 1000, 0));
    SAME(1000, pread(from, back, 1000, 5000));
    CHECK(memcmp(data, back, 1000) == 0);
    FAILS(EINVAL, copy_file_range(from, &(off_t){0}, from, &(off_t){10}, 1000, 0));
    FAILS(EBADF, copy_file_range(from, NULL, MUST(open("to", O_RDONLY)), NULL, 10, 0));
    FAILS(EBADF, copy_file_range(from, NULL, MUST(open("to", O_WRONLY | O_APPEND)), NULL, 10, 0));
    FAILS(EISDIR, copy_file_range(MUST(open(".", O_RDONLY)), NULL, to, NULL, 10, 0));
    FAILS(EINVAL, copy_file_range(from, NULL, to, NULL, 10, 1));
    lseek(from, 50, SEEK_SET);
    lseek(to, 10, SEEK_SET);
    SAME(20, copy_file_range(from, NULL, to, NULL, 20, 0));
    SAME(70, lseek(from, 0, SEEK_CUR));
    SAME(30, lseek(to, 0, SEEK_CUR));
    SAME(20, pread(to, back, 20, 10));
    CHECK(memcmp(data + 50, back, 20) == 0);
}

CASE(sending_and_splicing, ANYBODY, "sendfile(2), splice(2): file to file and through a pipe")
{
    enum { SIZE = 150000 };
    static char data[SIZE], back[SIZE];
    int from = make("from", 0644), to = make("to", 0644), ends[2];
    fill(data, SIZE, 8);
    SAME(SIZE, write(from, data, SIZE));
    for (off_t at = 0; at < SIZE;)
        CHECK(MUST(sendfile(to, from, &at, SIZE - at)) > 0);
    SAME(SIZE, pread(to, back, SIZE, 0));
    CHECK(memcmp(data, back, SIZE) == 0);
    MUST(ftruncate(to, 0));
    MUST(pipe(ends));
    for (loff_t in = 0, out = 0; in < SIZE;) {
        long piece = MUST(splice(from, &in, ends[1], NULL, 30000, 0));
        for (long done = 0; done < piece;)
            done += MUST(splice(ends[0], NULL, to, &out, piece - done, 0));
    }
    memset(back, 0, SIZE);
    SAME(SIZE, pread(to, back, SIZE, 0));
    CHECK(memcmp(data, back, SIZE) == 0);
}

CASE(blocks_and_size, ANYBODY, "stat(2): st_blocks: the number of 512 B units allocated; st_blksize: the preferred block size")
{
    static char data[MIB];
    int fd = make("file", 0644);
    fill(data, MIB, 1);
    SAME(MIB, write(fd, data, MIB));
    MUST(fsync(fd));
    struct stat s = stat_at(fd);
    CHECK(s.st_blocks * 512L >= MIB && s.st_blocks * 512L < 2 * MIB);
    CHECK(s.st_blksize >= 512 && (s.st_blksize & (s.st_blksize - 1)) == 0);
    MUST(ftruncate(fd, 0));
    CHECK(stat_at(fd).st_blocks * 512L < MIB);
    /* Appended to and asked each time; then a hole, and what fills it. */
    for (int end = 0; end < 64 * 1024; end += 1000) {
        SAME(1000, pwrite(fd, data, 1000, end));
        long allocated = stat_at(fd).st_blocks * 512L;
        CHECK(allocated >= end + 1000 && allocated < end + 1000 + 128 * 1024);
    }
    MUST(ftruncate(fd, 8 * MIB));
    SAME(1000, pwrite(fd, data, 1000, 8 * MIB - 1000));
    CHECK(stat_at(fd).st_blocks * 512L < MIB);
    for (int at = MIB; at < 3 * MIB; at += MIB)
        SAME(MIB, pwrite(fd, data, MIB, at));
    CHECK(stat_at(fd).st_blocks * 512L >= 2 * MIB && stat_at(fd).st_blocks * 512L < 4 * MIB);
}

CASE(figures_of_the_file_system, ANYBODY, "statvfs(3): f_namemax 255; blocks >= free >= available; sync(2) family")
{
    struct statvfs s;
    int fd = make("file", 0644);
    MUST(statvfs(".", &s));
    SAME(255, s.f_namemax);
    CHECK(s.f_blocks > 0 && s.f_blocks >= s.f_bfree && s.f_bfree >= s.f_bavail && s.f_bavail > 0);
    CHECK(s.f_files > 0 && s.f_files >= s.f_ffree);
    CHECK(s.f_frsize >= 512 && (s.f_flag & ST_RDONLY) == 0);
    MUST(fstatvfs(fd, &s));
    MUST(syncfs(fd));
    MUST(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
    MUST(fsync(MUST(open(".", O_RDONLY | O_DIRECTORY))));
    MUST(fdatasync(MUST(open(".", O_RDONLY | O_DIRECTORY))));
    SAME(0, posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
    MUST(readahead(fd, 0, 4096));
}

CASE(two_writers_at_their_own_places, ANYBODY, "POSIX write(): writes to different ranges by many processes leave each its own")
{
    enum { PROCESSES = 4, SLOT = 1000, ROUNDS = 150 };
    static char slot[SLOT], back[SLOT];
    make("file", 0644);
    pid_t children[PROCESSES];
    for (int p = 0; p < PROCESSES; p++)
        if ((children[p] = start()) == 0) {
            int fd = MUST(open("file", O_RDWR));
            for (int round = 0; round < ROUNDS; round++) {
                fill(slot, SLOT, p * ROUNDS + round);
                SAME(SLOT, pwrite(fd, slot, SLOT, (round * PROCESSES + p) * SLOT));
            }
            _exit(0);
        }
    for (int p = 0; p < PROCESSES; p++)
        join(children[p]);
    int fd = MUST(open("file", O_RDONLY));
    for (int n = 0; n < PROCESSES * ROUNDS; n++) {
        fill(slot, SLOT, (n % PROCESSES) * ROUNDS + n / PROCESSES);
        SAME(SLOT, pread(fd, back, SLOT, n * SLOT));
        CHECK(memcmp(slot, back, SLOT) == 0);
    }
}
