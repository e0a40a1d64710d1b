/* Reading directories, also while they change, and inode numbers. */
#include "posix.h"

#include <ftw.h>

/* How often the name is listed. */
static int listed(const char *dir_name, const char *name)
{
    int count = 0;
    DIR *dir = opendir(dir_name);
    if (dir == NULL)
        failed(__FILE__, __LINE__, "opendir %s: %s", dir_name, strerror(errno));
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strcmp(entry->d_name, name) == 0;
    closedir(dir);
    return count;
}

CASE(types_and_inodes, ANYBODY, "readdir(3): d_type, d_ino; . and .. are listed")
{
    make_file("file", "x");
    MUST(mkdir("dir", 0755));
    MUST(symlink("x", "link"));
    MUST(mkfifo("fifo", 0644));
    MUST(mknod("sock", S_IFSOCK | 0644, 0));
    MUST(link("file", "hard"));
    int seen = 0, dots = 0;
    DIR *dir = opendir(".");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct stat s = stat_of(entry->d_name);
        if (strcmp(entry->d_name, "..") != 0) /* which may be a mount's root */
            SAME(s.st_ino, entry->d_ino);
        SAME(IFTODT(s.st_mode), entry->d_type);
        dots += entry->d_name[0] == '.';
        seen++;
    }
    SAME(8, seen);
    SAME(2, dots);
    SAME(stat_of("file").st_ino, stat_of("hard").st_ino);
}

CASE(entries_that_stay, ANYBODY, "POSIX readdir(): entries that are neither added nor removed after the most recent opendir() or rewinddir() are returned exactly once")
{
    enum { STAY = 1500, PASSES = 6 };
    char name[32];
    MUST(mkdir("dir", 0755));
    for (int i = 0; i < STAY; i++) {
        snprintf(name, sizeof name, "dir/stay%d", i);
        MUST(close(make(name, 0644)));
    }
    pid_t churn = start();
    if (churn == 0)
        for (unsigned n = 0;; n++) {
            char other[32];
            snprintf(name, sizeof name, "dir/go%u", n % 300);
            snprintf(other, sizeof other, "dir/came%u", n % 70);
            int fd = open(name, O_CREAT | O_WRONLY, 0644);
            close(fd);
            if (n % 3 == 0)
                unlink(name);
            else
                rename(name, other);
        }
    for (int pass = 0; pass < PASSES; pass++) {
        static char seen[STAY];
        memset(seen, 0, sizeof seen);
        DIR *dir = opendir("dir");
        for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
            if (strncmp(entry->d_name, "stay", 4) == 0)
                SAME(1, ++seen[atoi(entry->d_name + 4)]);
        closedir(dir);
        for (int i = 0; i < STAY; i++)
            if (seen[i] != 1)
                failed(__FILE__, __LINE__, "pass %d lists stay%d %d times", pass, i, seen[i]);
    }
    MUST(kill(churn, SIGKILL));
    MUST(waitpid(churn, NULL, 0));
}

CASE(removing_while_reading, ANYBODY, "POSIX readdir(): a loop that removes each entry that it reads leaves the directory empty, as rm -r relies on")
{
    enum { FILES = 3000 };
    char name[32];
    MUST(mkdir("dir", 0755));
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "dir/file%d", i);
        MUST(close(make(name, 0644)));
    }
    int removed = 0;
    DIR *dir = opendir("dir");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.') {
            MUST(unlinkat(dirfd(dir), entry->d_name, 0));
            removed++;
        }
    SAME(FILES, removed);
    MUST(rmdir("dir"));
}

CASE(going_back, ANYBODY, "telldir(3), seekdir(3): continue from the remembered place; rewinddir(3): as a new opendir")
{
    enum { FILES = 500 };
    char name[32];
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "file%d", i);
        MUST(close(make(name, 0644)));
    }
    static long places[FILES + 2];
    static char names[FILES + 2][32];
    DIR *dir = opendir(".");
    int count = 0;
    for (struct dirent *entry; places[count] = telldir(dir), (entry = readdir(dir)) != NULL;) {
        CHECK(count < FILES + 2);
        strcpy(names[count++], entry->d_name);
    }
    SAME(FILES + 2, count);
    for (int i = 0; i < count; i += 37) {
        seekdir(dir, places[i]);
        struct dirent *entry = readdir(dir);
        CHECK(entry != NULL && strcmp(entry->d_name, names[i]) == 0);
    }
    make_file("new", "x");
    rewinddir(dir);
    int found = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        found += strcmp(entry->d_name, "new") == 0;
    SAME(1, found);
}

CASE(changes_show_at_once, ANYBODY, "POSIX: what one process did to a directory is seen by the next that looks")
{
    struct stat s;
    for (int i = 0; i < 50; i++) {
        IN_CHILD FAILS(ENOENT, stat("name", &s));
        make_file("name", "x");
        IN_CHILD MUST(stat("name", &s));
        SAME(1, listed(".", "name"));
        IN_CHILD MUST(rename("name", "other"));
        FAILS(ENOENT, stat("name", &s));
        SAME(0, listed(".", "name"));
        MUST(unlink("other"));
        IN_CHILD FAILS(ENOENT, stat("other", &s));
    }
}

CASE(inode_numbers, ANYBODY, "inode(7): each file has an inode number that identifies it in its file system")
{
    enum { FILES = 400 };
    static ino_t inodes[FILES];
    char name[32];
    dev_t device = stat_of(".").st_dev;
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "file%d", i);
        MUST(close(make(name, 0644)));
        inodes[i] = stat_of(name).st_ino;
        SAME(device, stat_of(name).st_dev);
        for (int j = 0; j < i; j++)
            CHECK(inodes[j] != inodes[i]);
    }
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "file%d", i);
        SAME(inodes[i], stat_of(name).st_ino);
    }
}

CASE(working_directory, ANYBODY, "chdir(2), fchdir(2), getcwd(3)")
{
    char path[PATH_MAX], below[PATH_MAX + 10];
    MUST(mkdir("a", 0755));
    MUST(mkdir("a/b", 0755));
    CHECK(getcwd(path, sizeof path) != NULL);
    int here = MUST(open(".", O_RDONLY | O_DIRECTORY));
    MUST(chdir("a/b"));
    CHECK(getcwd(below, sizeof below) != NULL);
    strcat(path, "/a/b");
    CHECK(strcmp(path, below) == 0);
    MUST(fchdir(here));
    CHECK(exists("a/b"));
    make_file("file", "x");
    FAILS(ENOTDIR, chdir("file"));
    FAILS(ENOENT, chdir("missing"));
}

CASE(many_entries, ANYBODY, "readdir(3) lists a directory of any size")
{
    enum { FILES = 8000 };
    char name[64];
    static char seen[FILES];
    MUST(mkdir("dir", 0755));
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "dir/%d-a-name-of-middling-length", i);
        MUST(mknod(name, S_IFREG | 0644, 0));
    }
    int count = 0;
    DIR *dir = opendir("dir");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.') {
            SAME(1, ++seen[atoi(entry->d_name)]);
            count++;
        }
    closedir(dir);
    SAME(FILES, count);
}
