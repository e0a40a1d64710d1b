package io.dotfs.fusefs.overlay;

/** The system calls on backing files. Parameters and results as in the man pages, section 2. */
public interface LibC {
  int open(String path, int flags, int mode);

  int close(int fd);

  long pread(int fd, long address, long count, long offset);

  long pwrite(int fd, long address, long count, long offset);

  int ftruncate(int fd, long length);

  int fallocate(int fd, int mode, long offset, long length);

  long lseek(int fd, long offset, int whence);

  int fdatasync(int fd);

  int fsync(int fd);

  int futimens(int fd, long times);

  int fstat(int fd, long stat);

  int stat(String path, long stat);

  int syncfs(int fd);

  int statvfs(String path, long statvfs);
}
