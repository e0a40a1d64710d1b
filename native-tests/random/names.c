/* Operations on names. */
#include "random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The call must fail, with one of two errors. */
static void refused(long value, int error, int other, const char *what)
{
    if (value != -1)
        wrong("%s was allowed", what);
    if (errno != error && errno != other)
        wrong("%s: %m", what);
}

static void add_node(int node, enum kind kind, int parent, int name, struct file *file)
{
    now->nodes[node] = (struct node){.kind = kind, .parent = parent, .name = name, .file = file, .mode = 0755};
}

static void forget(int node)
{
    if (now->nodes[node].kind == REGULAR) {
        now->nodes[node].file->links--;
        drop_user(now->nodes[node].file);
    }
    now->nodes[node].kind = NOTHING;
}

static void create(const char *path, int parent, int name, int existing)
{
    int node = free_node();
    if (existing != -1) {
        refused(open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644), EEXIST, EEXIST, "creating what is there");
        return;
    }
    if (node == -1)
        return;
    int fd = WELL(open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644));
    struct file *file = calloc(1, sizeof *file);
    file->users = file->links = 1;
    file->mode = 0644;
    add_node(node, REGULAR, parent, name, file);
    int slot = below(HELD);
    if (chance(20) && held[slot].file == NULL) {
        held[slot] = (struct held){fd, file};
        file->users++;
    } else {
        WELL(close(fd));
    }
}

static void make_directory(const char *path, int parent, int name, int existing)
{
    int node = free_node();
    if (existing != -1) {
        refused(mkdir(path, 0755), EEXIST, EEXIST, "mkdir of what is there");
        return;
    }
    if (node == -1 || depth_of(parent) >= MAX_DEPTH)
        return;
    WELL(mkdir(path, 0755));
    add_node(node, DIRECTORY, parent, name, NULL);
    if (!committing() && chance(30)) { /* else the commit may lie between the two calls */
        now->nodes[node].mode = 0700 | below(0100);
        WELL(chmod(path, now->nodes[node].mode));
    }
}

static void make_symlink(const char *path, int parent, int name, int existing)
{
    int node = free_node();
    if (existing != -1 || node == -1)
        return;
    if (chance(20)) {
        WELL(mkfifo(path, 0644));
        add_node(node, FIFO, parent, name, NULL);
        return;
    }
    add_node(node, SYMLINK, parent, name, NULL);
    snprintf(now->nodes[node].target, sizeof now->nodes[node].target, "../to/%u", below(1000));
    WELL(symlink(now->nodes[node].target, path));
}

static void make_link(const char *path, int parent, int name, int existing)
{
    int from = pick(REGULAR), node = free_node();
    if (from == -1)
        return;
    char old[PATH_BYTES];
    path_of(old, from);
    if (existing != -1) {
        refused(link(old, path), EEXIST, EEXIST, "link to a name that is there");
        return;
    }
    if (node == -1)
        return;
    WELL(link(old, path));
    struct file *file = now->nodes[from].file;
    file->users++;
    file->links++;
    add_node(node, REGULAR, parent, name, file);
}

static void remove_one(const char *path, int existing)
{
    if (existing == -1) {
        refused(unlink(path), ENOENT, ENOENT, "unlink of nothing");
    } else if (now->nodes[existing].kind != DIRECTORY) {
        WELL(unlink(path));
        forget(existing);
    } else if (is_empty(existing)) {
        WELL(rmdir(path));
        forget(existing);
    } else {
        refused(rmdir(path), ENOTEMPTY, ENOTEMPTY, "rmdir of a directory that is not empty");
    }
}

/* Whether a directory that comes to lie below this parent stays within the depth that the paths' buffers allow. */
static int fits(int node, int parent)
{
    if (now->nodes[node].kind != DIRECTORY)
        return 1;
    int deepest = 0;
    for (int i = 0; i < MAX_NODES; i++)
        if (now->nodes[i].kind == DIRECTORY && is_below(i, node) && depth_of(i) > deepest)
            deepest = depth_of(i);
    return depth_of(parent) + deepest - depth_of(now->nodes[node].parent) <= MAX_DEPTH;
}

static void move(const char *path, int parent, int name, int target)
{
    int source = pick(NOTHING);
    if (source == -1 || !fits(source, parent))
        return;
    char old[PATH_BYTES];
    path_of(old, source);
    struct node *from = &now->nodes[source];
    say("from %s", old + strlen(mount_point) + 1);
    if (from->kind == DIRECTORY && parent != -1 && is_below(parent, source)) {
        refused(rename(old, path), EINVAL, EINVAL, "moving a directory into itself");
        return;
    }
    if (target != -1 && chance(40) && !is_below(source, target) && fits(target, from->parent)) {
        say("exchange");
        WELL(syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, path, RENAME_EXCHANGE));
        struct node *to = &now->nodes[target];
        int from_parent = from->parent, from_name = from->name;
        from->parent = to->parent, from->name = to->name;
        to->parent = from_parent, to->name = from_name;
        return;
    }
    if (target == source) {
        WELL(rename(old, path));
        return;
    }
    if (target != -1) {
        struct node *to = &now->nodes[target];
        if (chance(20)) {
            refused(syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, path, RENAME_NOREPLACE), EEXIST, EEXIST, "RENAME_NOREPLACE");
            return;
        }
        if (is_below(source, target)) {
            refused(rename(old, path), ENOTEMPTY, ENOTEMPTY, "renaming onto a directory above");
            return;
        }
        if (from->kind == DIRECTORY && to->kind != DIRECTORY) {
            refused(rename(old, path), ENOTDIR, ENOTDIR, "renaming a directory onto a file");
            return;
        }
        if (from->kind != DIRECTORY && to->kind == DIRECTORY) {
            refused(rename(old, path), EISDIR, EISDIR, "renaming a file onto a directory");
            return;
        }
        if (to->kind == DIRECTORY && !is_empty(target)) {
            refused(rename(old, path), ENOTEMPTY, EEXIST, "renaming onto a directory that is not empty");
            return;
        }
        if (from->kind == REGULAR && to->kind == REGULAR && from->file == to->file) {
            WELL(rename(old, path)); /* two names of one file: nothing happens */
            return;
        }
        WELL(rename(old, path));
        forget(target);
    } else {
        WELL(rename(old, path));
    }
    from->parent = parent;
    from->name = name;
}

/* Opens a file to stay open, or closes one that is. */
static void hold(void)
{
    int slot = below(HELD), node = pick(REGULAR);
    if (held[slot].file != NULL) {
        say("close held %d", slot);
        WELL(close(held[slot].fd));
        drop_user(held[slot].file);
        held[slot].file = NULL;
    } else if (node != -1) {
        char path[PATH_BYTES];
        path_of(path, node);
        say("hold %d: %s", slot, path + strlen(mount_point) + 1);
        held[slot] = (struct held){WELL(open(path, O_RDWR | O_CLOEXEC)), now->nodes[node].file};
        held[slot].file->users++;
    }
}

void change_names(void)
{
    char path[PATH_BYTES];
    int parent = pick_directory(), name = below(NAMES), existing = find(parent, name);
    path_in(path, mount_point, parent, name);
    const char *shown = path + strlen(mount_point) + 1;
    switch (below(13)) {
    case 0: case 1: case 2:
        say("create %s", shown);
        create(path, parent, name, existing);
        break;
    case 3:
        say("mkdir %s", shown);
        make_directory(path, parent, name, existing);
        break;
    case 4:
        say("symlink %s", shown);
        make_symlink(path, parent, name, existing);
        break;
    case 5:
        say("link %s", shown);
        make_link(path, parent, name, existing);
        break;
    case 6: case 7:
        say("remove %s", shown);
        remove_one(path, existing);
        break;
    case 8: case 9: case 10:
        say("rename to %s", shown);
        move(path, parent, name, existing);
        break;
    case 11: case 12:
        hold();
        break;
    }
}
