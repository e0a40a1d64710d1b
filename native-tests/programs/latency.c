/*
 * latency DIR : what single system calls on DIR cost, one caller, no sync. Prints "NAME VALUE" lines:
 *   getattr_p50_us   statx(2) with AT_STATX_FORCE_SYNC, so that the file system is asked and not the kernel's cache
 *   write_4k_p50_us  pwrite(2) of 4 KiB at random places of a 64 MiB file that was written before
 *   create_per_s     open O_CREAT|O_EXCL, write 8 KiB, close
 *   list_per_s       readdir and lstat of these files, after the kernel's caches were dropped where that is allowed
 *   unlink_per_s
 *   seq_write_MB_s, seq_read_MB_s   1 MiB at a time; the read is cold where the caches can be dropped
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 20000, FILES = 4000, AREA = 64 << 20, SEQUENTIAL_MIB = 256 };

static char buffer[1 << 20];
static int64_t times[ROUNDS];

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void must(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "latency: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_median(const char *name)
{
    qsort(times, ROUNDS, sizeof *times, compare);
    printf("%s %.2f\n", name, (double)times[ROUNDS / 2] / 1000);
}

static void print_rate(const char *name, double count, int64_t begin)
{
    printf("%s %.1f\n", name, count * 1e9 / (double)(now() - begin));
}

static void drop_caches(void)
{
    sync();
    int file = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        (void)!write(file, "3", 1);
        close(file);
    }
}

static void getattr(void)
{
    int file = open("attr", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    must(file >= 0, "attr");
    for (int i = 0; i < ROUNDS; i++) {
        struct statx status;
        int64_t begin = now();
        must(statx(file, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &status) == 0, "statx");
        times[i] = now() - begin;
    }
    close(file);
    print_median("getattr_p50_us");
}

static void random_writes(void)
{
    int file = open("area", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    must(file >= 0, "area");
    for (int at = 0; at < AREA; at += (int)sizeof buffer)
        must(pwrite(file, buffer, sizeof buffer, at) == sizeof buffer, "pwrite");
    uint64_t random = 88172645463325252ULL;
    for (int i = 0; i < ROUNDS; i++) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        off_t at = (off_t)(random % (AREA / 4096)) * 4096;
        int64_t begin = now();
        must(pwrite(file, buffer, 4096, at) == 4096, "pwrite");
        times[i] = now() - begin;
    }
    close(file);
    print_median("write_4k_p50_us");
}

static void many_files(void)
{
    char name[32];
    must(mkdir("many", 0755) == 0 && chdir("many") == 0, "many");
    int64_t begin = now();
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "file-%06d", i);
        int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        must(file >= 0 && write(file, buffer, 8192) == 8192 && close(file) == 0, "create");
    }
    print_rate("create_per_s", FILES, begin);
    drop_caches();
    begin = now();
    int seen = 0;
    DIR *directory = opendir(".");
    must(directory != NULL, "opendir");
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct stat status;
        must(lstat(entry->d_name, &status) == 0, "lstat");
        seen += S_ISREG(status.st_mode);
    }
    closedir(directory);
    must(seen == FILES, "readdir did not show every file");
    print_rate("list_per_s", FILES, begin);
    begin = now();
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "file-%06d", i);
        must(unlink(name) == 0, "unlink");
    }
    print_rate("unlink_per_s", FILES, begin);
    must(chdir("..") == 0 && rmdir("many") == 0, "rmdir");
}

static void sequential(void)
{
    int file = open("sequential", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    must(file >= 0, "sequential");
    int64_t begin = now();
    for (int i = 0; i < SEQUENTIAL_MIB; i++)
        must(write(file, buffer, sizeof buffer) == sizeof buffer, "write");
    print_rate("seq_write_MB_s", SEQUENTIAL_MIB * 1.048576, begin);
    must(fsync(file) == 0, "fsync");
    drop_caches();
    must(lseek(file, 0, SEEK_SET) == 0, "lseek");
    begin = now();
    for (int i = 0; i < SEQUENTIAL_MIB; i++)
        must(read(file, buffer, sizeof buffer) == sizeof buffer, "read");
    print_rate("seq_read_MB_s", SEQUENTIAL_MIB * 1.048576, begin);
    close(file);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: latency DIR\n");
        return 2;
    }
    must(chdir(argv[1]) == 0, argv[1]);
    for (size_t i = 0; i < sizeof buffer; i++)
        buffer[i] = (char)(i * 2654435761u >> 13);
    getattr();
    random_writes();
    many_files();
    sequential();
    must(unlink("attr") == 0 && unlink("area") == 0 && unlink("sequential") == 0, "unlink");
    return 0;
}
