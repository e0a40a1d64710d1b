/* operations CASE DIRECTORY: one group of file system calls in an empty directory.
 * Exits 0 if all behave as on a local file system, else 1 with the line that does not. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OK(x)                                                            \
  do {                                                                   \
    if (!(x)) {                                                          \
      fprintf(stderr, "line %d: %s (%s)\n", __LINE__, #x, strerror(errno)); \
      exit(1);                                                           \
    }                                                                    \
  } while (0)
#define FAILS(e, x)                                                          \
  do {                                                                       \
    errno = 0;                                                               \
    if ((x) != -1 || errno != (e)) {                                         \
      fprintf(stderr, "line %d: %s: %s, wanted %s\n", __LINE__, #x,          \
              strerror(errno), strerror(e));                                 \
      exit(1);                                                               \
    }                                                                        \
  } while (0)

static int make(const char *name, const char *content) {
  int fd = open(name, O_CREAT | O_EXCL | O_RDWR, 0644);
  OK(fd >= 0);
  OK(write(fd, content, strlen(content)) == (ssize_t)strlen(content));
  return fd;
}

static void names(void) {
  struct stat st;
  OK(close(make("a", "one")) == 0);
  FAILS(EEXIST, open("a", O_CREAT | O_EXCL | O_RDWR, 0644));
  FAILS(ENOENT, stat("b", &st));
  OK(mkdir("d", 0750) == 0);
  FAILS(EEXIST, mkdir("d", 0750));
  OK(stat("d", &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0750 && st.st_nlink == 2);
  OK(rename("a", "d/b") == 0);
  FAILS(ENOENT, stat("a", &st));
  OK(stat("d/b", &st) == 0 && st.st_size == 3);
  OK(link("d/b", "c") == 0);
  OK(stat("c", &st) == 0 && st.st_nlink == 2);
  FAILS(ENOTEMPTY, rmdir("d"));
  FAILS(ENOTDIR, rmdir("c"));
  FAILS(EISDIR, unlink("d"));
  OK(unlink("d/b") == 0);
  OK(stat("c", &st) == 0 && st.st_nlink == 1);
  OK(rmdir("d") == 0);
  OK(symlink("c", "l") == 0);
  char target[100];
  OK(readlink("l", target, sizeof target) == 1 && target[0] == 'c');
  OK(lstat("l", &st) == 0 && S_ISLNK(st.st_mode) && st.st_size == 1);
  OK(stat("l", &st) == 0 && S_ISREG(st.st_mode));
  OK(close(make("x", "x")) == 0);
  FAILS(EEXIST, renameat2(AT_FDCWD, "c", AT_FDCWD, "x", RENAME_NOREPLACE));
  OK(renameat2(AT_FDCWD, "c", AT_FDCWD, "x", RENAME_EXCHANGE) == 0);
  OK(stat("c", &st) == 0 && st.st_size == 1);
  OK(rename("c", "x") == 0);
  OK(mkfifo("fifo", 0600) == 0);
  OK(stat("fifo", &st) == 0 && S_ISFIFO(st.st_mode));
  if (geteuid() == 0) {
    OK(mknod("null", S_IFCHR | 0600, makedev(1, 3)) == 0);
    OK(stat("null", &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
  }
  char name[300];
  memset(name, 'n', 255);
  name[255] = 0;
  OK(close(make(name, "")) == 0);
  name[255] = 'n';
  name[256] = 0;
  FAILS(ENAMETOOLONG, mkdir(name, 0700));
  umask(027);
  int fd = open("masked", O_CREAT | O_RDWR, 0666);
  OK(fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0640);
}

static void data(void) {
  struct stat st;
  int fd = make("f", "hello");
  char buffer[64];
  OK(pread(fd, buffer, 64, 0) == 5 && memcmp(buffer, "hello", 5) == 0);
  OK(pread(fd, buffer, 64, 5) == 0);
  OK(pwrite(fd, "J", 1, 0) == 1);
  OK(pread(fd, buffer, 64, 0) == 5 && memcmp(buffer, "Jello", 5) == 0);
  OK(ftruncate(fd, 2) == 0 && fstat(fd, &st) == 0 && st.st_size == 2);
  OK(ftruncate(fd, 6) == 0);
  OK(pread(fd, buffer, 64, 0) == 6 && memcmp(buffer, "Je\0\0\0\0", 6) == 0);
  OK(fsync(fd) == 0 && fdatasync(fd) == 0);
  int ap = open("f", O_WRONLY | O_APPEND);
  OK(ap >= 0 && write(ap, "end", 3) == 3 && close(ap) == 0);
  OK(pread(fd, buffer, 64, 0) == 9 && memcmp(buffer + 6, "end", 3) == 0);
  int tr = open("f", O_WRONLY | O_TRUNC);
  OK(tr >= 0 && fstat(tr, &st) == 0 && st.st_size == 0 && close(tr) == 0);
  OK(unlink("f") == 0);
  OK(fstat(fd, &st) == 0 && st.st_nlink == 0);
  OK(pwrite(fd, "still here", 10, 0) == 10);
  OK(pread(fd, buffer, 64, 0) == 10 && memcmp(buffer, "still here", 10) == 0);
  OK(close(fd) == 0);
  FAILS(ENOENT, open("f", O_RDONLY));
  int tmp = open(".", O_TMPFILE | O_RDWR, 0600);
  OK(tmp >= 0 && write(tmp, "t", 1) == 1);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", tmp);
  OK(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW) == 0);
  OK(stat("named", &st) == 0 && st.st_size == 1);
}

static void big(void) {
  size_t size = 5 * 1024 * 1024 + 123;
  char *out = malloc(size), *in = malloc(size);
  for (size_t i = 0; i < size; i++) out[i] = (char)(i * 2654435761u >> 13);
  int fd = make("big", "");
  OK(write(fd, out, size) == (ssize_t)size);
  OK(pread(fd, in, size, 0) == (ssize_t)size && memcmp(in, out, size) == 0);
  OK(close(fd) == 0);
  fd = open("big", O_RDWR | O_DIRECT);
  OK(fd >= 0);
  char *aligned;
  OK(posix_memalign((void **)&aligned, 4096, 1 << 20) == 0);
  OK(pread(fd, aligned, 1 << 20, 4096) == 1 << 20 && memcmp(aligned, out + 4096, 1 << 20) == 0);
  memset(aligned, 'z', 1 << 20);
  OK(pwrite(fd, aligned, 1 << 20, 1 << 20) == 1 << 20);
  OK(close(fd) == 0);
  fd = open("big", O_RDONLY);
  OK(pread(fd, in, size, 0) == (ssize_t)size);
  OK(memcmp(in, out, 1 << 20) == 0 && in[1 << 20] == 'z' && in[(2 << 20) - 1] == 'z');
  OK(memcmp(in + (2 << 20), out + (2 << 20), size - (2 << 20)) == 0);
}

static void ranges(void) {
  struct stat st;
  int fd = make("sparse", "");
  OK(pwrite(fd, "end", 3, 1 << 20) == 3);
  OK(lseek(fd, 0, SEEK_DATA) == 1 << 20);
  OK(lseek(fd, 0, SEEK_HOLE) == 0);
  FAILS(ENXIO, lseek(fd, 2 << 20, SEEK_DATA));
  OK(fallocate(fd, 0, 0, 2 << 20) == 0 && fstat(fd, &st) == 0 && st.st_size == 2 << 20);
  OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 4 << 20) == 0 && fstat(fd, &st) == 0 && st.st_size == 2 << 20);
  OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 20, 4096) == 0);
  char c = 1;
  OK(pread(fd, &c, 1, 1 << 20) == 1 && c == 0);
  FAILS(EOPNOTSUPP, fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
  int from = make("from", "copy me please"), to = make("to", "");
  loff_t in = 5, out = 0;
  OK(copy_file_range(from, &in, to, &out, 2, 0) == 2);
  char buffer[8];
  OK(pread(to, buffer, 8, 0) == 2 && memcmp(buffer, "me", 2) == 0);
}

static void attributes(void) {
  struct stat st;
  int fd = make("f", "12345");
  OK(fchmod(fd, 06755) == 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 06755);
  struct timespec times[2] = {{-5, 999999999}, {1234567890, 123456789}};
  OK(futimens(fd, times) == 0 && fstat(fd, &st) == 0);
  OK(st.st_mtim.tv_sec == 1234567890 && st.st_mtim.tv_nsec == 123456789);
  OK(st.st_atim.tv_sec == -5 && st.st_atim.tv_nsec == 999999999);
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_nsec = UTIME_NOW;
  OK(futimens(fd, times) == 0 && fstat(fd, &st) == 0);
  OK(st.st_mtim.tv_sec > 1500000000 && st.st_atim.tv_sec == -5);
  if (geteuid() == 0) {
    OK(fchown(fd, 12, 34) == 0 && fstat(fd, &st) == 0 && st.st_uid == 12 && st.st_gid == 34);
  }
  char value[100];
  OK(setxattr("f", "user.a", "1234", 4, 0) == 0);
  FAILS(EEXIST, setxattr("f", "user.a", "x", 1, XATTR_CREATE));
  FAILS(ENODATA, setxattr("f", "user.b", "x", 1, XATTR_REPLACE));
  OK(getxattr("f", "user.a", NULL, 0) == 4);
  OK(getxattr("f", "user.a", value, sizeof value) == 4 && memcmp(value, "1234", 4) == 0);
  FAILS(ERANGE, getxattr("f", "user.a", value, 2));
  FAILS(ENODATA, getxattr("f", "user.none", value, 2));
  OK(listxattr("f", NULL, 0) == 7 && listxattr("f", value, sizeof value) == 7);
  OK(strcmp(value, "user.a") == 0);
  char *large = calloc(1, 65536);
  OK(setxattr("f", "user.large", large, 65536, 0) == 0);
  OK(getxattr("f", "user.large", large, 65536) == 65536);
  OK(removexattr("f", "user.a") == 0);
  FAILS(ENODATA, removexattr("f", "user.a"));
  struct statvfs vfs;
  OK(statvfs(".", &vfs) == 0 && vfs.f_bsize == 4096 && vfs.f_blocks == 1 << 20 && vfs.f_namemax == 255);
  FAILS(ENOTTY, ioctl(fd, 0x12345678, 0));
}

static void listing(void) {
  enum { COUNT = 3000 };
  char name[64];
  OK(mkdir("many", 0700) == 0);
  for (int i = 0; i < COUNT; i++) {
    snprintf(name, sizeof name, "many/entry-with-a-longer-name-%d", i);
    OK(close(make(name, "x")) == 0);
  }
  static char seen[COUNT];
  int dots = 0, n = 0;
  DIR *d = opendir("many");
  OK(d);
  for (struct dirent *e; (e = readdir(d));) {
    struct stat st;
    if (e->d_name[0] == '.') {
      dots++;
      continue;
    }
    OK(e->d_type == DT_REG);
    OK(fstatat(dirfd(d), e->d_name, &st, 0) == 0 && st.st_ino == e->d_ino && st.st_size == 1);
    int i = atoi(e->d_name + 25);
    OK(!seen[i]++);
    n++;
    if (n % 2) OK(unlinkat(dirfd(d), e->d_name, 0) == 0);
  }
  OK(dots == 2 && n == COUNT);
  rewinddir(d);
  n = 0;
  while (readdir(d)) n++;
  OK(n == COUNT / 2 + 2);
  OK(fsync(dirfd(d)) == 0 && closedir(d) == 0);
}

static void mapping(void) {
  int fd = make("m", "");
  OK(ftruncate(fd, 65536) == 0);
  char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  OK(p != MAP_FAILED);
  memset(p + 4096, 'q', 4096);
  OK(msync(p, 65536, MS_SYNC) == 0);
  OK(munmap(p, 65536) == 0);
  int direct = open("m", O_RDONLY | O_DIRECT);
  char *b;
  OK(posix_memalign((void **)&b, 4096, 8192) == 0);
  OK(direct >= 0 && pread(direct, b, 8192, 0) == 8192 && b[0] == 0 && b[4096] == 'q' && b[8191] == 'q');
}

static void locks(void) {
  int a = make("l", ""), b = open("l", O_RDWR);
  OK(flock(a, LOCK_EX) == 0);
  FAILS(EWOULDBLOCK, flock(b, LOCK_EX | LOCK_NB));
  OK(flock(a, LOCK_UN) == 0 && flock(b, LOCK_EX | LOCK_NB) == 0);
  struct flock lk = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
  OK(fcntl(a, F_OFD_SETLK, &lk) == 0);
  lk.l_pid = 0;
  FAILS(EAGAIN, fcntl(b, F_OFD_SETLK, &lk));
}

static void setid(void) {
  struct stat st;
  int fd = make("s", "12345");
  OK(mkdir("g", 0777) == 0 && chown("g", 0, 77) == 0 && chmod("g", 02777) == 0);
  OK(fchmod(fd, 06777) == 0 && chmod(".", 0777) == 0);
  OK(setgid(1234) == 0 && setuid(1234) == 0);
  int other = open("s", O_WRONLY);
  OK(other >= 0 && write(other, "x", 1) == 1);
  OK(fstat(fd, &st) == 0 && (st.st_mode & 06000) == 0);
  OK(close(make("g/f", "")) == 0 && stat("g/f", &st) == 0 && st.st_gid == 77 && st.st_uid == 1234);
  FAILS(EPERM, chmod("s", 0600));
  FAILS(EACCES, open("/proc/1/mem", O_RDWR));
}

int main(int argc, char **argv) {
  static const struct { const char *name; void (*run)(void); } cases[] = {
      {"names", names}, {"data", data}, {"big", big}, {"ranges", ranges},
      {"attributes", attributes}, {"listing", listing}, {"mapping", mapping},
      {"locks", locks}, {"setid", setid}};
  OK(argc == 3 && chdir(argv[2]) == 0);
  umask(022);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (strcmp(cases[i].name, argv[1]) == 0) {
      cases[i].run();
      return 0;
    }
  }
  return 2;
}
