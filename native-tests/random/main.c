/*
 * random-operations SEED COUNT MOUNT DOT PLACE : COUNT random operations on the subdot DOT, which is mounted at MOUNT, compared with a model
 * all the time. PLACE is a directory for what dm prints. $DM is the program, $KILL_DAEMON a command that ends its daemon by SIGKILL.
 *
 * Every tenth operation or so is one of dm's: commits (also beside further operations), checkouts, resets, remounts, a daemon that is
 * stopped or killed; commits are mounted again later and compared with what the model held. A run is repeated by its seed and count.
 * At the first difference it prints the last operations and what differs, and ends with status 1.
 */
#include "random.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REMEMBERED = 60, LINE = 400, VERIFY_EVERY = 60, DOTS_EVERY = 25 };

static uint64_t state;
static char history[REMEMBERED][LINE];
static int operation, said;
static const char *seed;

/* splitmix64 */
uint32_t below(uint32_t limit)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 32) % limit;
}

int chance(int percent)
{
    return (int)below(100) < percent;
}

void say(const char *format, ...)
{
    char *line = history[said++ % REMEMBERED];
    int length = snprintf(line, LINE, "%d: ", operation);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + length, LINE - length, format, arguments);
    va_end(arguments);
    if (getenv("VERBOSE") != NULL) {
        puts(line);
        fflush(stdout);
    }
}

_Noreturn void wrong(const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    for (int i = said < REMEMBERED ? 0 : said - REMEMBERED; i < said; i++)
        printf("    %s\n", history[i % REMEMBERED]);
    printf("FAILED: seed %s, operation %d: ", seed, operation);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
    _exit(1);
}

int main(int count, char **arguments)
{
    if (count != 6) {
        fprintf(stderr, "usage: random-operations SEED COUNT MOUNT DOT PLACE\n");
        return 2;
    }
    seed = arguments[1];
    state = strtoull(seed, NULL, 10);
    mount_point = arguments[3];
    begin_dots(arguments[4], arguments[5]);
    umask(022);
    now = calloc(1, sizeof *now);
    int last = atoi(arguments[2]);
    for (operation = 1; operation <= last; operation++) {
        if (below(DOTS_EVERY) == 0)
            change_dots();
        else if (chance(25))
            change_names();
        else if (chance(85))
            change_file();
        else
            check_a_file();
        while_committing();
        if (operation % VERIFY_EVERY == 0)
            verify("in between");
    }
    end_dots();
    printf("seed %s: %d operations as the model has them\n", seed, last);
    return 0;
}
