/* mapping FILE: stores into a shared mapping of FILE, makes FILE.stored, and waits for its end
 * without msync, munmap or close. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char done[4096];
  int fd = open(argv[1], O_CREAT | O_RDWR, 0644);
  if (argc != 2 || fd < 0 || ftruncate(fd, 8192) != 0) return 1;
  char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED) return 2;
  close(fd);
  strcpy(p + 5000, "stored");
  snprintf(done, sizeof done, "%s.stored", argv[1]);
  if (open(done, O_CREAT | O_RDWR, 0644) < 0) return 3;
  for (;;) pause();
}
