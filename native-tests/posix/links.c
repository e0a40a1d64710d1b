/* Hard links. */
#include "posix.h"

CASE(one_file, ANYBODY, "link(2): both names refer to the same file and so have the same permissions and ownership")
{
    MUST(mkdir("a", 0755));
    MUST(mkdir("a/b", 0755));
    make_file("file", "content");
    MUST(link("file", "second"));
    MUST(link("second", "a/b/third"));
    struct stat s = stat_of("file");
    SAME(3, s.st_nlink);
    SAME(s.st_ino, stat_of("second").st_ino);
    SAME(s.st_ino, stat_of("a/b/third").st_ino);
    int fd = MUST(open("a/b/third", O_WRONLY | O_APPEND));
    SAME(1, write(fd, "!", 1));
    CONTENT("file", "content!");
    MUST(chmod("second", 0600));
    SAME(0600, stat_of("a/b/third").st_mode & 07777);
    MUST(unlink("file"));
    SAME(2, stat_of("second").st_nlink);
    CONTENT("second", "content!");
    MUST(rename("a/b/third", "fourth"));
    SAME(2, stat_of("fourth").st_nlink);
    MUST(unlink("second"));
    SAME(1, stat_of("fourth").st_nlink);
    CONTENT("fourth", "content!");
}

CASE(errors, ANYBODY, "link(2): EEXIST newpath already exists; EPERM oldpath is a directory; ENOENT; ENOTDIR; EXDEV")
{
    make_file("file", "x");
    make_file("other", "y");
    MUST(mkdir("dir", 0755));
    FAILS(EEXIST, link("file", "other"));
    FAILS(EEXIST, link("file", "dir"));
    FAILS(EPERM, link("dir", "hard"));
    FAILS(ENOENT, link("missing", "new"));
    FAILS(ENOENT, link("file", "missing/new"));
    FAILS(ENOTDIR, link("file", "other/new"));
    FAILS(EXDEV, link("/proc/self/status", "new"));
    FAILS(ENOENT, link("file", "new/"));
    CONTENT("other", "y");
}

CASE(to_a_symlink, ANYBODY, "linkat(2): by default does not dereference oldpath if it is a symbolic link; AT_SYMLINK_FOLLOW does")
{
    make_file("file", "x");
    MUST(symlink("file", "soft"));
    MUST(link("soft", "hard-to-soft"));
    CHECK(S_ISLNK(stat_of("hard-to-soft").st_mode));
    SAME(2, stat_of("soft").st_nlink);
    SAME(1, stat_of("file").st_nlink);
    MUST(linkat(AT_FDCWD, "soft", AT_FDCWD, "hard-to-file", AT_SYMLINK_FOLLOW));
    SAME(stat_of("file").st_ino, stat_of("hard-to-file").st_ino);
}

CASE(special_files, ANYBODY, "link(2) applies to every kind of file except directories")
{
    MUST(mkfifo("fifo", 0644));
    MUST(link("fifo", "fifo2"));
    SAME(stat_of("fifo").st_ino, stat_of("fifo2").st_ino);
    SAME(2, stat_of("fifo").st_nlink);
}

CASE(times, ANYBODY, "POSIX link(), unlink(): mark for update the last file status change timestamp of the file, and data modification and status change of the directories")
{
    MUST(mkdir("dir", 0755));
    make_file("file", "x");
    struct stat file = stat_of("file"), dir = stat_of("dir");
    tick();
    MUST(link("file", "dir/second"));
    LATER(file.st_ctim, stat_of("file").st_ctim);
    EQUAL_TIMES(file.st_mtim, stat_of("file").st_mtim);
    LATER(dir.st_mtim, stat_of("dir").st_mtim);
    LATER(dir.st_ctim, stat_of("dir").st_ctim);
    file = stat_of("file"), dir = stat_of("dir");
    tick();
    MUST(unlink("dir/second"));
    LATER(file.st_ctim, stat_of("file").st_ctim);
    EQUAL_TIMES(file.st_mtim, stat_of("file").st_mtim);
    LATER(dir.st_mtim, stat_of("dir").st_mtim);
}

CASE(thousands, ANYBODY, "link(2): EMLINK: the file referred to by oldpath already has the maximum number of links to it (ext4: 65000; tried with FULL=1)")
{
    char name[32];
    const char *full = getenv("FULL");
    int links = 1, most = full != NULL && strcmp(full, "0") != 0 ? 65000 : 2000;
    make_file("file", "x");
    MUST(mkdir("d", 0755));
    MUST(chdir("d"));
    for (; links < most; links++) {
        snprintf(name, sizeof name, "%x", links);
        MUST(link("../file", name));
    }
    SAME(most, stat_of("../file").st_nlink);
    if (most == 65000)
        FAILS(EMLINK, link("../file", "more"));
    MUST(unlink("1"));
    MUST(link("../file", "again"));
    SAME(most, stat_of("again").st_nlink);
}
