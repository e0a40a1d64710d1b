/* Operations on the content of files. */
#include "random.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { PAGE = 4096 };

static unsigned char buffer[MAX_BYTES + PAGE] __attribute__((aligned(4096)));

static void random_bytes(unsigned char *to, long length)
{
    /* now and then runs of one byte, zeros too, which stores may treat in their own way */
    if (chance(15)) {
        memset(to, chance(50) ? 0 : below(256), length);
        return;
    }
    for (long at = 0; at < length; at += 4) {
        uint32_t word = below(0xffffffff);
        memcpy(to + at, &word, length - at < 4 ? length - at : 4);
    }
}

/* An offset that likes the edges of pages, blocks and the file. */
static long random_offset(long limit)
{
    if (limit <= 0)
        return 0;
    long offset = below(limit);
    switch (below(4)) {
    case 0: offset &= ~4095L; break;
    case 1: offset &= ~16383L; break;
    case 2: offset = ((offset + 16383) & ~16383L) - below(3) + 1; break;
    }
    return offset < 0 ? 0 : offset >= limit ? limit - 1 : offset;
}

static long random_length(long room)
{
    long length = chance(60) ? below(9000) : chance(80) ? below(70000) : below(MAX_BYTES);
    if (chance(20))
        length = (length + 4095) & ~4095L;
    return length < 1 ? 1 : length > room ? room : length;
}

/* A file to work on: a descriptor that is held, or one opened by name. Gives -1 when there is none. */
static int open_one(struct file **file, int flags, int *slot)
{
    *slot = -1;
    if (chance(25)) {
        int i = below(HELD);
        if (held[i].file != NULL) {
            *slot = i;
            *file = held[i].file;
            return held[i].fd;
        }
    }
    int node = pick(REGULAR);
    if (node == -1)
        return -1;
    char path[PATH_BYTES];
    path_of(path, node);
    *file = now->nodes[node].file;
    say("in %s:", path + strlen(mount_point) + 1);
    return WELL(open(path, flags | O_CLOEXEC));
}

static void close_one(int fd, int slot)
{
    if (slot == -1)
        WELL(close(fd));
}

static void grow(struct file *file, long size)
{
    if (size > file->size)
        file->size = size;
    file->hashed = 0;
}

/*
 * Puts what was written into the model. The kernel ends a request behind a first page that it has not whole in its cache, and a
 * write that it makes two requests of is two operations: a commit may hold the first alone.
 */
static void put(struct file *file, long offset, long length)
{
    long first = PAGE - offset % PAGE;
    if (first < PAGE && first < length) {
        memcpy(file->data + offset, buffer, first);
        grow(file, offset + first);
        pass_a_state();
    }
    memcpy(file->data + offset, buffer, length);
    grow(file, offset + length);
}

static void check_range(int fd, struct file *file, long offset, long length, const char *how)
{
    long expected = offset >= file->size ? 0 : file->size - offset < length ? file->size - offset : length;
    long count = WELL(pread(fd, buffer, length, offset));
    if (count != expected)
        wrong("%s of %ld at %ld gives %ld bytes, not %ld (size %ld)", how, length, offset, count, expected, file->size);
    for (long i = 0; i < count; i++)
        if (buffer[i] != file->data[offset + i])
            wrong("%s: byte %ld is %02x, not %02x (size %ld)", how, offset + i, buffer[i], file->data[offset + i], file->size);
    struct stat s;
    WELL(fstat(fd, &s));
    if (s.st_size != file->size || (int)s.st_nlink != file->links)
        wrong("fstat: size %ld and %d links, not %ld and %d", (long)s.st_size, (int)s.st_nlink, file->size, file->links);
}

static void write_some(int fd, struct file *file)
{
    long offset = random_offset(MAX_BYTES), length = random_length(MAX_BYTES - offset);
    random_bytes(buffer, length);
    say("write %ld at %ld", length, offset);
    if (WELL(pwrite(fd, buffer, length, offset)) != length)
        wrong("a short write");
    put(file, offset, length);
}

static void append_some(int fd, struct file *file)
{
    long length = random_length(MAX_BYTES - file->size);
    if (file->size == MAX_BYTES)
        return;
    random_bytes(buffer, length);
    say("append %ld at %ld", length, file->size);
    WELL(fcntl(fd, F_SETFL, O_APPEND));
    if (WELL(write(fd, buffer, length)) != length)
        wrong("a short append");
    WELL(fcntl(fd, F_SETFL, 0));
    put(file, file->size, length);
}

static void write_direct(int fd, struct file *file)
{
    long offset = random_offset(MAX_BYTES - PAGE) & ~4095L, length = (random_length(MAX_BYTES - offset) + 4095) & ~4095L;
    if (offset + length > MAX_BYTES)
        length = MAX_BYTES - offset;
    random_bytes(buffer, length);
    say("write %ld at %ld past the cache", length, offset);
    WELL(fcntl(fd, F_SETFL, O_DIRECT));
    if (WELL(pwrite(fd, buffer, length, offset)) != length)
        wrong("a short write");
    WELL(fcntl(fd, F_SETFL, 0));
    memcpy(file->data + offset, buffer, length);
    grow(file, offset + length);
}

static void cut(int fd, struct file *file)
{
    long size = chance(15) ? 0 : random_offset(MAX_BYTES);
    say("truncate %ld to %ld", file->size, size);
    WELL(ftruncate(fd, size));
    if (size < file->size)
        memset(file->data + size, 0, file->size - size);
    file->size = size;
    file->hashed = 0;
}

static void punch(int fd, struct file *file, int mode)
{
    long offset = random_offset(MAX_BYTES), length = random_length(MAX_BYTES - offset);
    say("fallocate %d: %ld at %ld", mode, length, offset);
    WELL(fallocate(fd, mode, offset, length));
    if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) != 0)
        memset(file->data + offset, 0, length);
    if ((mode & FALLOC_FL_KEEP_SIZE) == 0)
        grow(file, offset + length);
    file->hashed = 0;
}

static void copy_some(int fd, struct file *file)
{
    struct file *from;
    int slot, source = open_one(&from, O_RDONLY, &slot);
    if (source == -1)
        return;
    long in = random_offset(from->size), out = random_offset(MAX_BYTES), length = random_length(MAX_BYTES - out);
    int overlap = from == file && in < out + length && out < in + length;
    if (from->size > 0 && !overlap) {
        say("copy %ld from %ld to %ld", length, in, out);
        loff_t at_in = in, at_out = out;
        long count = WELL(copy_file_range(source, &at_in, fd, &at_out, length, 0));
        if (count < 0 || count > length || count > from->size - in || (count == 0 && in < from->size))
            wrong("copy_file_range gives %ld", count);
        memmove(file->data + out, from->data + in, count);
        if (count > 0)
            grow(file, out + count);
    }
    close_one(source, slot);
}

static void map_some(int fd, struct file *file)
{
    if (file->size == 0)
        return;
    long offset = random_offset(file->size), length = random_length(file->size - offset);
    unsigned char *map = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        wrong("mmap: %m");
    if (memcmp(map, file->data, file->size) != 0)
        wrong("a mapping shows something else than the file's %ld bytes", file->size);
    /* while a commit runs a store is in it or not, page by page: only quiet times are exact */
    if (!committing()) {
        random_bytes(buffer, length);
        int synced = chance(50);
        say("store %ld at %ld through a mapping%s", length, offset, synced ? " and sync" : "");
        memcpy(map + offset, buffer, length);
        memcpy(file->data + offset, buffer, length);
        if (synced)
            WELL(msync(map, file->size, MS_SYNC));
        else
            file->not_synced = 1;
        file->hashed = 0;
    }
    WELL(munmap(map, file->size));
}

static void attributes(int fd, struct file *file)
{
    if (chance(50)) {
        file->mode = 0600 | below(0200);
        say("mode %o", file->mode);
        WELL(fchmod(fd, file->mode));
    } else if (chance(70)) {
        snprintf(file->xattr, sizeof file->xattr, "%u", below(1000000));
        say("xattr %s", file->xattr);
        WELL(fsetxattr(fd, "user.x", file->xattr, strlen(file->xattr), 0));
    } else {
        struct timespec times[2] = {{below(2000000000), below(1000000000)}, {below(2000000000), below(1000000000)}};
        say("times");
        WELL(futimens(fd, times));
    }
}

void change_file(void)
{
    struct file *file;
    int slot, fd = open_one(&file, O_RDWR, &slot);
    if (fd == -1)
        return;
    switch (below(14)) {
    case 0: case 1: case 2: case 3: write_some(fd, file); break;
    case 4: append_some(fd, file); break;
    case 5: cut(fd, file); break;
    case 6: punch(fd, file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE); break;
    case 7: punch(fd, file, FALLOC_FL_ZERO_RANGE | (chance(50) ? FALLOC_FL_KEEP_SIZE : 0)); break;
    case 8: punch(fd, file, chance(50) ? FALLOC_FL_KEEP_SIZE : 0); break;
    case 9: copy_some(fd, file); break;
    case 10: map_some(fd, file); break;
    case 11: write_direct(fd, file); break;
    case 12: attributes(fd, file); break;
    case 13:
        say("fsync");
        WELL(chance(50) ? fsync(fd) : fdatasync(fd));
        break;
    }
    if (chance(30))
        check_range(fd, file, random_offset(MAX_BYTES), random_length(MAX_BYTES), "read");
    close_one(fd, slot);
}

void check_a_file(void)
{
    struct file *file;
    int slot, fd = open_one(&file, O_RDONLY, &slot);
    if (fd == -1)
        return;
    say("read all");
    check_range(fd, file, 0, MAX_BYTES, "read");
    if (file->size > 0 && chance(30)) {
        long data = lseek(fd, 0, SEEK_DATA), end = data == -1 ? file->size : data;
        if (data == -1 && errno != ENXIO)
            wrong("SEEK_DATA: %m");
        for (long i = 0; i < end; i++)
            if (file->data[i] != 0)
                wrong("SEEK_DATA says %ld, but byte %ld is not zero", data, i);
    }
    close_one(fd, slot);
}

void check_held(void)
{
    for (int i = 0; i < HELD; i++)
        if (held[i].file != NULL)
            check_range(held[i].fd, held[i].file, 0, MAX_BYTES, held[i].file->links == 0 ? "read of a file without a name" : "read of an open file");
}

/* A store through a mapping is sure only after an fsync. */
void sync_all(void)
{
    char path[PATH_BYTES];
    for (int i = 0; i < MAX_NODES; i++)
        if (now->nodes[i].kind == REGULAR && now->nodes[i].file->not_synced) {
            path_of(path, i);
            int fd = WELL(open(path, O_RDONLY | O_CLOEXEC));
            WELL(fsync(fd));
            close(fd);
            now->nodes[i].file->not_synced = 0;
        }
}

void release_all(void)
{
    check_held();
    for (int i = 0; i < HELD; i++)
        if (held[i].file != NULL) {
            WELL(close(held[i].fd));
            drop_user(held[i].file);
            held[i].file = NULL;
        }
}
