/* Names, paths and symbolic links. */
#include "posix.h"

CASE(any_byte, ANYBODY, "path_resolution(7), inode names: a component may hold any byte except '/' and NUL")
{
    int seen[256] = {0};
    for (int b = 1; b < 256; b++) {
        char name[] = {'n', (char)b, 0};
        if (b != '/')
            MUST(close(make(name, 0644)));
    }
    DIR *dir = opendir(".");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] == 'n') {
            CHECK(entry->d_name[2] == 0);
            seen[(unsigned char)entry->d_name[1]]++;
        }
    for (int b = 1; b < 256; b++)
        SAME(b != '/', seen[b]);
}

CASE(of_255_bytes, ANYBODY, "pathconf(3): _PC_NAME_MAX is 255; errno(3): ENAMETOOLONG: filename too long")
{
    char name[257], other[257];
    SAME(255, pathconf(".", _PC_NAME_MAX));
    for (int b = 1; b < 256; b += 63) {
        memset(name, b, 255);
        memset(other, b, 255);
        name[255] = other[255] = 0;
        other[254] = '!';
        MUST(close(make(name, 0644)));
        MUST(rename(name, other));
        CHECK(!exists(name) && exists(other));
        MUST(link(other, name));
        MUST(unlink(name));
        MUST(unlink(other));
        MUST(mkdir(name, 0755));
        MUST(rmdir(name));
        MUST(symlink("x", name));
        MUST(unlink(name));
    }
    memset(name, 'x', 256);
    name[256] = 0;
    make_file("file", "x");
    struct stat s;
    FAILS(ENAMETOOLONG, open(name, O_CREAT | O_RDWR, 0644));
    FAILS(ENAMETOOLONG, mkdir(name, 0755));
    FAILS(ENAMETOOLONG, symlink("x", name));
    FAILS(ENAMETOOLONG, link("file", name));
    FAILS(ENAMETOOLONG, rename("file", name));
    FAILS(ENAMETOOLONG, rename(name, "file"));
    FAILS(ENAMETOOLONG, mkfifo(name, 0644));
    FAILS(ENAMETOOLONG, unlink(name));
    FAILS(ENAMETOOLONG, rmdir(name));
    FAILS(ENAMETOOLONG, lstat(name, &s));
}

CASE(path_max, ANYBODY, "path_resolution(7): a pathname may hold PATH_MAX (4096) bytes with its NUL, else ENAMETOOLONG")
{
    static char path[PATH_MAX + 2];
    char component[201];
    memset(component, 'd', 200);
    component[200] = 0;
    size_t length = 0;
    while (length + 201 < PATH_MAX - 1) {
        MUST(mkdir(component, 0755));
        MUST(chdir(component));
        length += sprintf(path + length, "%s/", component);
    }
    for (size_t i = 0; i < length / 201; i++)
        MUST(chdir(".."));
    memset(path + length, 'f', PATH_MAX - 1 - length);
    path[PATH_MAX - 1] = 0;
    SAME(PATH_MAX - 1, strlen(path));
    MUST(close(make(path, 0644)));
    MUST(unlink(path));
    path[PATH_MAX - 1] = 'f';
    path[PATH_MAX] = 0;
    FAILS(ENAMETOOLONG, open(path, O_CREAT | O_RDWR, 0644));
}

CASE(deeper_than_path_max, ANYBODY, "openat(2): relative paths reach files whose full path is longer than PATH_MAX")
{
    enum { DEPTH = 60 };
    char component[101];
    memset(component, 'd', 100);
    component[100] = 0;
    int dir = MUST(open(".", O_RDONLY | O_DIRECTORY)), top = dir;
    for (int i = 0; i < DEPTH; i++) {
        MUST(mkdirat(dir, component, 0755));
        int next = MUST(openat(dir, component, O_RDONLY | O_DIRECTORY));
        dir = next;
    }
    int fd = MUST(openat(dir, "file", O_CREAT | O_RDWR, 0644));
    SAME(4, write(fd, "deep", 4));
    struct stat s;
    MUST(fstatat(dir, "file", &s, 0));
    SAME(4, s.st_size);
    MUST(unlinkat(dir, "file", 0));
    for (int i = 0; i < DEPTH; i++) {
        int up = MUST(openat(dir, "..", O_RDONLY | O_DIRECTORY));
        MUST(unlinkat(up, component, AT_REMOVEDIR));
        close(dir);
        dir = up;
    }
    SAME(stat_at(top).st_ino, stat_at(dir).st_ino);
}

CASE(dot_and_dot_dot, ANYBODY, "mkdir(2), rmdir(2), unlink(2), rename(2) on . and ..")
{
    MUST(mkdir("dir", 0755));
    FAILS(EEXIST, mkdir(".", 0755));
    FAILS(EEXIST, mkdir("dir/..", 0755));
    FAILS(EINVAL, rmdir("."));
    FAILS(EISDIR, unlink("."));
    FAILS(EBUSY, rename(".", "x"));
    FAILS(EBUSY, rename("dir", "dir/.."));
    SAME(stat_of(".").st_ino, stat_of("dir/..").st_ino);
    SAME(stat_of("dir").st_ino, stat_of("dir/.").st_ino);
}

CASE(case_matters, ANYBODY, "POSIX.1 4.8, file name comparison: byte by byte")
{
    make_file("name", "small");
    make_file("NAME", "large");
    make_file("n\xc3\xa4me", "composed");
    make_file("na\xcc\x88me", "decomposed");
    make_file("bad\xff\xfeutf", "bytes");
    CONTENT("name", "small");
    CONTENT("NAME", "large");
    CONTENT("n\xc3\xa4me", "composed");
    CONTENT("na\xcc\x88me", "decomposed");
    CONTENT("bad\xff\xfeutf", "bytes");
}

CASE(trailing_slashes, ANYBODY, "path_resolution(7): a trailing / forces resolution of the preceding component as a directory")
{
    struct stat s;
    make_file("file", "x");
    MUST(mkdir("dir/", 0755));
    MUST(symlink("dir", "to-dir"));
    MUST(symlink("file", "to-file"));
    MUST(lstat("to-dir/", &s));
    CHECK(S_ISDIR(s.st_mode));
    FAILS(ENOTDIR, lstat("to-file/", &s));
    FAILS(ENOTDIR, unlink("file/"));
    FAILS(ENOTDIR, rename("file", "other/"));
    MUST(rename("dir/", "renamed/"));
    FAILS(ENOENT, symlink("x", "new/"));
    CHECK(exists("renamed"));
}

CASE(symlink_content, ANYBODY, "symlink(2), readlink(2): the target is kept byte by byte; readlink truncates and adds no NUL; st_size is its length")
{
    char text[PATH_MAX + 1], long_target[PATH_MAX + 1];
    MUST(symlink("/a/b//../\x01\xff", "link"));
    SAME(11, readlink("link", text, sizeof text));
    CHECK(memcmp(text, "/a/b//../\x01\xff", 11) == 0);
    SAME(11, stat_of("link").st_size);
    SAME(S_IFLNK | 0777, stat_of("link").st_mode);
    text[3] = 'Z';
    SAME(3, readlink("link", text, 3));
    CHECK(text[3] == 'Z');
    memset(long_target, 't', PATH_MAX);
    long_target[PATH_MAX - 1] = 0;
    MUST(symlink(long_target, "long"));
    SAME(PATH_MAX - 1, readlink("long", text, sizeof text));
    CHECK(memcmp(text, long_target, PATH_MAX - 1) == 0);
    long_target[PATH_MAX - 1] = 't';
    long_target[PATH_MAX] = 0;
    FAILS(ENAMETOOLONG, symlink(long_target, "longer"));
    FAILS(ENOENT, symlink("", "empty"));
    make_file("file", "x");
    FAILS(EINVAL, readlink("file", text, sizeof text));
    FAILS(EINVAL, readlink(".", text, sizeof text));
}

CASE(loops, ANYBODY, "path_resolution(7): more than 40 symbolic links on the way are ELOOP")
{
    struct stat s;
    char from[16], to[16];
    MUST(symlink("self", "self"));
    MUST(symlink("b", "a"));
    MUST(symlink("a", "b"));
    FAILS(ELOOP, stat("self", &s));
    FAILS(ELOOP, open("a", O_RDONLY));
    FAILS(ELOOP, stat("self/below", &s));
    FAILS(ELOOP, chmod("a", 0644));
    make_file("link0", "end");
    for (int i = 1; i <= 41; i++) {
        snprintf(to, sizeof to, "link%d", i - 1);
        snprintf(from, sizeof from, "link%d", i);
        MUST(symlink(to, from));
    }
    MUST(stat("link40", &s));
    SAME(3, s.st_size);
    FAILS(ELOOP, stat("link41", &s));
}

CASE(links_are_followed, ANYBODY, "symlink(7): most calls follow a link in the last component; lstat, unlink, rename, readlink do not")
{
    struct stat s;
    MUST(mkdir("dir", 0755));
    make_file("dir/file", "content");
    MUST(symlink("dir", "link"));
    CONTENT("link/file", "content");
    MUST(stat("link", &s));
    SAME(stat_of("dir").st_ino, s.st_ino);
    MUST(rename("link", "moved"));
    CONTENT("moved/file", "content");
    MUST(symlink("file", "dir/inner"));
    CONTENT("moved/inner", "content");
    MUST(truncate("moved/inner", 4));
    CONTENT("dir/file", "cont");
    MUST(unlink("dir/inner"));
    CONTENT("dir/file", "cont");
    MUST(unlink("moved"));
    CHECK(exists("dir/file"));
}
