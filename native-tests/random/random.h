/*
 * Random operations on a mounted subdot, and a model in memory of what it must hold. See main.c for how it is called.
 *
 * All choices come from one seed, so a run can be repeated. The model holds names (nodes) and what they name (files); a file lives
 * as long as a name or a descriptor that is held open names it.
 */
#ifndef RANDOM_H
#define RANDOM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    MAX_BYTES = 384 << 10, /* of a file */
    MAX_NODES = 40,
    MAX_DEPTH = 4,
    NAMES = 14,
    HELD = 4,
    PATH_BYTES = 2048,
};

enum kind { NOTHING, REGULAR, DIRECTORY, SYMLINK, FIFO };

struct file {
    int users; /* names and held descriptors */
    int links; /* names */
    int mode;
    long size;
    int not_synced; /* stores through a mapping, of which only an fsync makes sure */
    int hashed;
    uint64_t hash;
    char xattr[24];
    unsigned char data[MAX_BYTES]; /* beyond size: zeros */
};

struct node {
    enum kind kind;
    int parent; /* of nodes; -1: the root */
    int name;
    int mode; /* of a directory */
    char target[32];
    struct file *file;
};

struct model {
    struct node nodes[MAX_NODES];
};

extern struct model *now;
/* Descriptors that stay open over many operations, their files possibly without a name. */
extern struct held {
    int fd;
    struct file *file;
} held[HELD];
extern const char *mount_point;

/* main.c */
uint32_t below(uint32_t limit); /* 0 to limit - 1 */
int chance(int percent);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the run when the call fails; gives its value. */
#define WELL(call)                                                                                   \
    __extension__({                                                                                  \
        long value_ = (long)(call);                                                                  \
        if (value_ == -1)                                                                            \
            wrong("%s:%d: %s: %m", __FILE__, __LINE__, #call);                                       \
        value_;                                                                                      \
    })

/* model.c */
const char *name_of(int name);
void path_in(char *path, const char *top, int parent, int name);
void path_of(char *path, int node);
int depth_of(int parent);
int find(int parent, int name); /* a node, or -1 */
int free_node(void);            /* or -1 */
int pick(enum kind kind);       /* a random node of that kind (NOTHING: of any), or -1 */
int pick_directory(void);       /* a node, or -1 for the root */
int is_below(int node, int directory);
int is_empty(int directory);
void drop_user(struct file *file);
struct model *copy_of(const struct model *model);
void free_model(struct model *model);
/* What a tree holds, a line for each name, sorted; the caller frees it. With times: modification times too. */
char *manifest_of_model(const struct model *model);
char *manifest_of_tree(const char *top, int times);
void compare(const char *what, const char *expected, const char *actual);

/* files.c, names.c: one operation each, on the mount and in the model */
void change_file(void);
void check_a_file(void);
void check_held(void);
void sync_all(void);
void release_all(void);
void change_names(void);

/* dots.c */
void begin_dots(const char *dot, const char *place);
void change_dots(void);
void end_dots(void);
void while_committing(void); /* to be called after each operation */
int committing(void);
void pass_a_state(void); /* notes what a commit beside may hold: in the middle of an operation that is several for the kernel */
void verify(const char *when);

#endif
