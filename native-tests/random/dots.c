/* Commits, checkouts, resets, remounts and ends of the daemon, by calls of $DM. */
#include "random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMITS = 24, BRANCHES = 4, ID_DIGITS = 64, MOST_STATES = 160, SECONDS_TO_RETURN = 60 };

/*
 * A commit. What it holds is known exactly (model, manifest with times) when nothing else went on meanwhile; otherwise it is one of
 * the states between its begin and its end, until it was looked at.
 */
struct commit {
    char id[ID_DIGITS + 1];
    struct model *model;
    char *manifest;
    char **states;
    int state_count;
};
struct branch {
    char name[16];
    struct model *model; /* of a branch that is not checked out */
    int head;            /* of commits; -1: none that can be gone back to */
};

const char *mount_point;
static const char *dot;
static char place[PATH_BYTES / 2], at[PATH_BYTES];
static struct commit commits[COMMITS];
static struct branch branches[BRANCHES] = {{.name = "master", .head = -1}};
static int commit_count, branch_count = 1, current, commit_number;
static pid_t commit_child;
static int commit_ended, operations_left; /* of the commit beside: after a number that the seed chose, so that a run can be repeated */
static struct commit pending;

static char *text_of(const char *name)
{
    static char text[8192];
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", place, name);
    FILE *file = fopen(path, "r");
    size_t length = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    if (file != NULL)
        fclose(file);
    text[length] = 0;
    return text;
}

static int call_dm(const char *format, va_list arguments)
{
    char words[PATH_BYTES], command[3 * PATH_BYTES];
    vsnprintf(words, sizeof words, format, arguments);
    say("dm %s", words);
    snprintf(command, sizeof command, "exec timeout -k 5 120 \"$DM\" %s </dev/null >'%s/dm.out' 2>'%s/dm.err'", words, place, place);
    return system(command);
}

static void dm(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void dm(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = call_dm(format, arguments);
    va_end(arguments);
    if (status != 0)
        wrong("dm ends with status %d: %s", WEXITSTATUS(status), text_of("dm.err"));
}

void verify(const char *when)
{
    char *expected = manifest_of_model(now), *actual = manifest_of_tree(mount_point, 0);
    compare(when, expected, actual);
    free(expected);
    free(actual);
    check_held();
}

static int is_mounted(void)
{
    struct stat top, above;
    char parent[PATH_BYTES];
    snprintf(parent, sizeof parent, "%s/..", mount_point);
    return stat(mount_point, &top) == 0 && stat(parent, &above) == 0 && top.st_dev != above.st_dev;
}

/* A daemon mounts what was mounted when it starts. */
static void wait_for_the_mount(void)
{
    for (int i = 0; i < SECONDS_TO_RETURN * 20; i++) {
        if (is_mounted())
            return;
        usleep(50000);
    }
    wrong("the mount has not come back");
}

static void free_commit(struct commit *commit)
{
    if (commit->model != NULL)
        free_model(commit->model);
    free(commit->manifest);
    for (int i = 0; i < commit->state_count; i++)
        free(commit->states[i]);
    free(commit->states);
    *commit = (struct commit){0};
}

static void read_id(struct commit *commit)
{
    const char *text = text_of(commit_child != 0 ? "commit.out" : "dm.out");
    for (; *text != 0; text++)
        if (strspn(text, "0123456789abcdef") >= ID_DIGITS) {
            memcpy(commit->id, text, ID_DIGITS);
            say("it is %s", commit->id);
            return;
        }
    wrong("commit printed no id: %s", text_of("commit.err"));
}

/* Remembers a commit; one that nobody's head is makes room. */
static int remember(struct commit commit)
{
    int slot = commit_count;
    if (commit_count == COMMITS) {
        int is_head;
        do {
            slot = below(COMMITS);
            is_head = 0;
            for (int i = 0; i < branch_count; i++)
                is_head |= branches[i].head == slot;
        } while (is_head);
        free_commit(&commits[slot]);
    } else {
        commit_count++;
    }
    commits[slot] = commit;
    return slot;
}

static void commit_now(void)
{
    struct commit commit = {0};
    if (chance(50))
        sync_all();
    dm("commit -m 'number %d'", ++commit_number);
    read_id(&commit);
    verify("after a commit the mount shows something else");
    commit.model = copy_of(now);
    commit.manifest = manifest_of_tree(mount_point, 1);
    branches[current].head = remember(commit);
}

/* Starts a commit that runs beside the operations that follow. */
static void commit_beside(void)
{
    sync_all();
    say("dm commit, beside what follows");
    pending = (struct commit){.states = malloc(MOST_STATES * sizeof(char *))};
    pending.states[pending.state_count++] = manifest_of_model(now);
    operations_left = 5 + below(60);
    commit_ended = 0;
    commit_number++;
    commit_child = WELL(fork());
    if (commit_child == 0) {
        char command[3 * PATH_BYTES];
        snprintf(command, sizeof command, "exec timeout -k 5 120 \"$DM\" commit -m 'number %d, beside' </dev/null >'%s/commit.out' 2>'%s/commit.err'",
                 commit_number, place, place);
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
}

int committing(void)
{
    return commit_child != 0;
}

void pass_a_state(void)
{
    if (commit_child != 0 && !commit_ended)
        pending.states[pending.state_count++] = manifest_of_model(now);
}

void while_committing(void)
{
    int status;
    if (commit_child == 0)
        return;
    if (!commit_ended) {
        pass_a_state();
        pid_t ended = waitpid(commit_child, &status, operations_left > 0 ? WNOHANG : 0);
        if (ended == -1 || (ended > 0 && status != 0))
            wrong("the commit beside the operations ends with status %d: %s", WEXITSTATUS(status), text_of("commit.err"));
        commit_ended = ended > 0;
    }
    if (operations_left-- > 0)
        return;
    read_id(&pending);
    commit_child = 0;
    say("the commit beside has ended after %d states", pending.state_count - 1);
    branches[current].head = -1; /* which nobody can say before it was looked at */
    remember(pending);
    pending = (struct commit){0};
}

/* How many lines of two manifests, both in their order, are not the same; those that one has more count as well. */
static int lines_that_differ(const char *one, const char *other)
{
    int differ = 0;
    while (*one != 0 || *other != 0) {
        size_t length = strcspn(one, "\n"), other_length = strcspn(other, "\n");
        differ += length != other_length || memcmp(one, other, length) != 0;
        one += length + (one[length] != 0);
        other += other_length + (other[other_length] != 0);
    }
    return differ;
}

/* Whether a tree is one of a commit's states; times are lines' last words. */
static void look_at(struct commit *commit)
{
    if (commit->manifest != NULL) {
        char *actual = manifest_of_tree(at, 1);
        compare("a commit holds something else", commit->manifest, actual);
        free(actual);
        return;
    }
    char *actual = manifest_of_tree(at, 0);
    int i = 0;
    while (i < commit->state_count && strcmp(commit->states[i], actual) != 0)
        i++;
    if (i == commit->state_count) {
        /* said against the one that it is most like */
        int nearest = 0;
        for (int j = 1; j < commit->state_count; j++)
            if (lines_that_differ(commit->states[j], actual) < lines_that_differ(commit->states[nearest], actual))
                nearest = j;
        printf("    none of %d states; most like number %d, from which %d lines differ\n", i, nearest, lines_that_differ(commit->states[nearest], actual));
        compare("a commit holds none of the states during which it was taken; the nearest", commit->states[nearest], actual);
    }
    say("it is state %d of %d", i, commit->state_count);
    free(actual);
    for (int j = 0; j < commit->state_count; j++)
        free(commit->states[j]);
    free(commit->states);
    commit->states = NULL;
    commit->state_count = 0;
    commit->manifest = manifest_of_tree(at, 1);
}

static void check_commit(struct commit *commit)
{
    int writable = chance(30);
    dm("mount %s '%s' --at %s%s", dot, at, commit->id, writable ? "" : " --read-only");
    look_at(commit);
    if (writable && chance(70)) {
        /* a throw-away copy: what is written there must show nowhere else */
        char path[PATH_BYTES + 16];
        snprintf(path, sizeof path, "%s/thrown-away", at);
        int fd = WELL(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
        WELL(write(fd, "x", 1));
        close(fd);
        for (int i = 0; i < NAMES; i++) {
            snprintf(path, sizeof path, "%s/%s", at, name_of(i));
            if (truncate(path, 1) == 0)
                break;
        }
    }
    dm("unmount '%s'", at);
}

static void check_out(void)
{
    int to = below(BRANCHES);
    if (to == current)
        return;
    release_all();
    if (to >= branch_count) {
        if (branches[current].head == -1)
            return;
        to = branch_count++;
        branches[to].head = branches[current].head;
        snprintf(branches[to].name, sizeof branches[to].name, "branch%d", to);
        dm("checkout -b %s", branches[to].name);
        branches[to].model = copy_of(commits[branches[current].head].model);
    } else {
        dm("checkout %s", branches[to].name);
    }
    branches[current].model = now;
    current = to;
    now = branches[to].model;
    branches[to].model = NULL;
    verify("after a checkout");
}

static void reset(void)
{
    int to = below(commit_count);
    if (commits[to].model == NULL)
        return;
    release_all();
    dm("reset --hard %s", commits[to].id);
    free_model(now);
    now = copy_of(commits[to].model);
    branches[current].head = to;
    verify("after a reset");
    char *actual = manifest_of_tree(mount_point, 1);
    compare("after a reset, with times", commits[to].manifest, actual);
    free(actual);
}

static void remount(void)
{
    release_all();
    dm("unmount '%s'", mount_point);
    dm("mount %s '%s'", dot, mount_point);
    verify("after unmount and mount");
}

static void restart_daemon(int kill)
{
    release_all();
    sync_all();
    if (kill) {
        say("kill -9 of the daemon");
        if (system("exec \"$KILL_DAEMON\"") != 0)
            wrong("the daemon cannot be killed");
    } else {
        dm("daemon stop");
    }
    dm("status");
    wait_for_the_mount();
    verify(kill ? "after the daemon was killed" : "after the daemon was stopped");
}

void change_dots(void)
{
    if (commit_child != 0)
        return;
    switch (below(12)) {
    case 0: case 1: commit_now(); break;
    case 2: case 3: case 4: commit_beside(); break;
    case 5: case 6:
        if (commit_count > 0)
            check_commit(&commits[below(commit_count)]);
        break;
    case 7: case 8:
        if (commit_count > 0)
            check_out();
        break;
    case 9:
        if (commit_count > 0)
            reset();
        break;
    case 10: remount(); break;
    case 11: restart_daemon(chance(60)); break;
    }
}

void begin_dots(const char *name, const char *directory)
{
    dot = name;
    snprintf(place, sizeof place, "%s", directory);
    snprintf(at, sizeof at, "%s/at", place);
    if (mkdir(at, 0755) == -1 && errno != EEXIST)
        wrong("mkdir %s: %m", at);
}

void end_dots(void)
{
    operations_left = 0;
    while_committing();
    verify("at the end");
    for (int i = 0; i < commit_count; i++)
        check_commit(&commits[i]);
    for (int i = 0; i < branch_count; i++)
        if (i != current) {
            release_all();
            dm("checkout %s", branches[i].name);
            branches[current].model = now;
            now = branches[i].model;
            current = i;
            verify("a branch at the end");
        }
}
