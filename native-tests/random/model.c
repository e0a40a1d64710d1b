/* The model, and its comparison with a tree of files. */
#include "random.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

struct model *now;
struct held held[HELD];

const char *name_of(int name)
{
    static char names[NAMES][256];
    if (names[0][0] == 0)
        for (int i = 0; i < NAMES; i++) {
            if (i == NAMES - 1)
                memset(names[i], 'L', 255);
            else if (i == NAMES - 2)
                strcpy(names[i], "\xff\xfe \n\x01");
            else
                sprintf(names[i], "n%d", i);
        }
    return names[name];
}

void path_in(char *path, const char *top, int parent, int name)
{
    if (parent == -1) {
        snprintf(path, PATH_BYTES, "%s/%s", top, name_of(name));
        return;
    }
    path_in(path, top, now->nodes[parent].parent, now->nodes[parent].name);
    size_t length = strlen(path);
    snprintf(path + length, PATH_BYTES - length, "/%s", name_of(name));
}

void path_of(char *path, int node)
{
    path_in(path, mount_point, now->nodes[node].parent, now->nodes[node].name);
}

int depth_of(int parent)
{
    int depth = 1;
    for (; parent != -1; parent = now->nodes[parent].parent)
        depth++;
    return depth;
}

int find(int parent, int name)
{
    for (int i = 0; i < MAX_NODES; i++)
        if (now->nodes[i].kind != NOTHING && now->nodes[i].parent == parent && now->nodes[i].name == name)
            return i;
    return -1;
}

int free_node(void)
{
    for (int i = 0; i < MAX_NODES; i++)
        if (now->nodes[i].kind == NOTHING)
            return i;
    return -1;
}

int pick(enum kind kind)
{
    int found[MAX_NODES], count = 0;
    for (int i = 0; i < MAX_NODES; i++)
        if (now->nodes[i].kind != NOTHING && (kind == NOTHING || now->nodes[i].kind == kind))
            found[count++] = i;
    return count == 0 ? -1 : found[below(count)];
}

int pick_directory(void)
{
    return chance(35) ? -1 : pick(DIRECTORY);
}

int is_below(int node, int directory)
{
    for (; node != -1; node = now->nodes[node].parent)
        if (node == directory)
            return 1;
    return 0;
}

int is_empty(int directory)
{
    for (int i = 0; i < MAX_NODES; i++)
        if (now->nodes[i].kind != NOTHING && now->nodes[i].parent == directory)
            return 0;
    return 1;
}

void drop_user(struct file *file)
{
    if (--file->users == 0)
        free(file);
}

struct model *copy_of(const struct model *model)
{
    struct model *copy = malloc(sizeof *copy);
    *copy = *model;
    for (int i = 0; i < MAX_NODES; i++)
        if (copy->nodes[i].kind == REGULAR) {
            struct file *file = model->nodes[i].file;
            int earlier = 0;
            while (earlier < i && !(model->nodes[earlier].kind == REGULAR && model->nodes[earlier].file == file))
                earlier++;
            if (earlier < i) {
                copy->nodes[i].file = copy->nodes[earlier].file;
                continue;
            }
            struct file *twin = malloc(sizeof *twin);
            *twin = *file;
            twin->users = twin->links; /* without held descriptors */
            twin->not_synced = 0;
            copy->nodes[i].file = twin;
        }
    return copy;
}

void free_model(struct model *model)
{
    for (int i = 0; i < MAX_NODES; i++)
        if (model->nodes[i].kind == REGULAR)
            drop_user(model->nodes[i].file);
    free(model);
}

static uint64_t hash_of(const unsigned char *data, long length)
{
    uint64_t hash = 14695981039346656037u ^ (uint64_t)length;
    long at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t word;
        memcpy(&word, data + at, 8);
        hash = (hash ^ word) * 1099511628211u;
        hash ^= hash >> 29;
    }
    for (; at < length; at++)
        hash = (hash ^ data[at]) * 1099511628211u;
    return hash;
}

/* ---- manifests */

struct lines {
    char **line;
    int count, room;
};

static void add(struct lines *lines, char *line)
{
    if (lines->count == lines->room)
        lines->line = realloc(lines->line, (lines->room = lines->room * 2 + 32) * sizeof *lines->line);
    lines->line[lines->count++] = line;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *joined(struct lines *lines)
{
    size_t length = 1;
    qsort(lines->line, lines->count, sizeof *lines->line, by_text);
    for (int i = 0; i < lines->count; i++)
        length += strlen(lines->line[i]) + 1;
    char *text = malloc(length), *at = text;
    *at = 0;
    for (int i = 0; i < lines->count; i++) {
        at += sprintf(at, "%s\n", lines->line[i]);
        free(lines->line[i]);
    }
    free(lines->line);
    return text;
}

/* A name without bytes that would break a line. */
static void printable(char *to, const char *path)
{
    for (; *path != 0; path++)
        to += sprintf(to, *path == '\n' ? "\\n" : "%c", *path);
    *to = 0;
}

char *manifest_of_model(const struct model *model)
{
    struct lines lines = {0};
    struct model *before = now;
    now = (struct model *)model;
    for (int i = 0; i < MAX_NODES; i++) {
        const struct node *node = &model->nodes[i];
        char path[PATH_BYTES], clean[2 * PATH_BYTES], *line = NULL, *first = NULL;
        if (node->kind == NOTHING)
            continue;
        path_in(path, ".", node->parent, node->name);
        printable(clean, path);
        int written = 0;
        if (node->kind == REGULAR) {
            struct file *file = node->file;
            if (!file->hashed) {
                file->hash = hash_of(file->data, file->size);
                file->hashed = 1;
            }
            /* the group of hard links is named by the smallest of its paths */
            for (int j = 0; j < MAX_NODES; j++)
                if (model->nodes[j].kind == REGULAR && model->nodes[j].file == file) {
                    char other[PATH_BYTES];
                    path_in(other, ".", model->nodes[j].parent, model->nodes[j].name);
                    if (first == NULL || strcmp(other, first) < 0) {
                        free(first);
                        first = strdup(other);
                    }
                }
            char twin[2 * PATH_BYTES];
            printable(twin, first);
            written = asprintf(&line, "%s file mode %o size %ld content %016lx links %d with %s xattr %s", clean, file->mode, file->size,
                               (unsigned long)file->hash, file->links, twin, file->xattr);
        } else if (node->kind == DIRECTORY) {
            written = asprintf(&line, "%s directory mode %o", clean, node->mode);
        } else if (node->kind == SYMLINK) {
            written = asprintf(&line, "%s link to %s", clean, node->target);
        } else {
            written = asprintf(&line, "%s fifo", clean);
        }
        if (written < 0)
            abort();
        free(first);
        add(&lines, line);
    }
    now = before;
    return joined(&lines);
}

struct seen {
    ino_t inode;
    char *path;
};
static struct seen seen[MAX_NODES * 2];
static int seen_count;

/* Reads a directory; with first: only notes the smallest path of each file. */
static void walk(const char *top, const char *relative, int times, int first, struct lines *lines)
{
    char path[PATH_BYTES * 2];
    snprintf(path, sizeof path, "%s/%s", top, relative);
    DIR *dir = opendir(path);
    if (dir == NULL)
        wrong("opendir %s: %m", path);
    for (struct dirent *entry; (errno = 0, entry = readdir(dir)) != NULL;) {
        char below[PATH_BYTES], clean[2 * PATH_BYTES], time[64] = "", *line = NULL;
        struct stat s;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(below, sizeof below, "%s/%s", relative, entry->d_name);
        snprintf(path, sizeof path, "%s/%s", top, below);
        WELL(lstat(path, &s));
        if (times)
            snprintf(time, sizeof time, " changed %ld.%09ld", (long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
        if (S_ISREG(s.st_mode) && first) {
            int i = 0;
            while (i < seen_count && seen[i].inode != s.st_ino)
                i++;
            if (i == seen_count && seen_count < MAX_NODES * 2)
                seen[seen_count++] = (struct seen){s.st_ino, strdup(below)};
            else if (i < seen_count && strcmp(below, seen[i].path) < 0) {
                free(seen[i].path);
                seen[i].path = strdup(below);
            }
        }
        if (S_ISDIR(s.st_mode))
            walk(top, below, times, first, lines);
        if (first)
            continue;
        int written = -1;
        printable(clean, below);
        if (S_ISREG(s.st_mode)) {
            static unsigned char data[MAX_BYTES * 2];
            char xattr[24] = "", twin[2 * PATH_BYTES] = "?";
            int fd = WELL(open(path, O_RDONLY | O_CLOEXEC));
            long length = 0, piece;
            while ((piece = WELL(read(fd, data + length, sizeof data - length))) > 0)
                length += piece;
            close(fd);
            if (length != s.st_size)
                wrong("%s: %ld bytes can be read, its size is %ld", path, length, (long)s.st_size);
            long xattr_length = getxattr(path, "user.x", xattr, sizeof xattr - 1);
            if (xattr_length == -1 && errno != ENODATA)
                wrong("getxattr %s: %m", path);
            for (int i = 0; i < seen_count; i++)
                if (seen[i].inode == s.st_ino)
                    printable(twin, seen[i].path);
            written = asprintf(&line, "%s file mode %o size %ld content %016lx links %d with %s xattr %s%s", clean, s.st_mode & 07777, length,
                               (unsigned long)hash_of(data, length), (int)s.st_nlink, twin, xattr, time);
        } else if (S_ISDIR(s.st_mode)) {
            written = asprintf(&line, "%s directory mode %o%s", clean, s.st_mode & 07777, time);
        } else if (S_ISLNK(s.st_mode)) {
            char target[64] = "";
            WELL(readlink(path, target, sizeof target - 1));
            written = asprintf(&line, "%s link to %s%s", clean, target, time);
        } else if (S_ISFIFO(s.st_mode)) {
            written = asprintf(&line, "%s fifo%s", clean, time);
        } else {
            written = asprintf(&line, "%s of mode %o", clean, s.st_mode);
        }
        if (written < 0)
            abort();
        add(lines, line);
    }
    if (errno != 0)
        wrong("readdir %s: %m", path);
    closedir(dir);
}

char *manifest_of_tree(const char *top, int times)
{
    struct lines lines = {0};
    for (int i = 0; i < seen_count; i++)
        free(seen[i].path);
    seen_count = 0;
    walk(top, ".", times, 1, &lines);
    walk(top, ".", times, 0, &lines);
    return joined(&lines);
}

void compare(const char *what, const char *expected, const char *actual)
{
    if (strcmp(expected, actual) == 0)
        return;
    while (*expected != 0 && *actual != 0) {
        size_t e = strcspn(expected, "\n"), a = strcspn(actual, "\n");
        if (e != a || memcmp(expected, actual, e) != 0)
            break;
        expected += e + 1;
        actual += a + 1;
    }
    wrong("%s\n    expected: %.*s\n    found:    %.*s", what, (int)strcspn(expected, "\n"), expected, (int)strcspn(actual, "\n"), actual);
}
