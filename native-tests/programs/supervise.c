/*
 * supervise SECONDS COMMAND [ARG]... : runs the command in a session of its own, and leaves nothing of it behind.
 *
 * Everything that the command starts, daemons that left its session included, stays a descendant of this process
 * (PR_SET_CHILD_SUBREAPER, prctl(2)). When the command ends, the time is up, or SIGINT, SIGTERM or SIGHUP arrives, all of
 * them are killed by pid, and reaped. Exit status: the command's, 128 + signal, 124 when the time was up, 125 when a
 * descendant could not be killed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PROCESSES = 65536 };

/* Parent of a process as proc(5) has it in the fourth field of stat; the second field may itself hold blanks and brackets. */
static pid_t parent_of(pid_t pid)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *stat = fopen(path, "r");
    if (stat == NULL)
        return -1;
    size_t length = fread(line, 1, sizeof line - 1, stat);
    fclose(stat);
    line[length] = 0;
    char *end = strrchr(line, ')');
    int parent = -1;
    if (end == NULL || sscanf(end + 1, " %*c %d", &parent) != 1)
        return -1;
    return parent;
}

/* Sends the signal to every descendant; returns how many there are. */
static int signal_descendants(int signal_number)
{
    static pid_t pids[MAX_PROCESSES], parents[MAX_PROCESSES];
    static char ours[MAX_PROCESSES];
    int count = 0, found = 0, changed = 1;
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL && count < MAX_PROCESSES;) {
        pid_t pid = atoi(entry->d_name);
        if (pid > 0) {
            pids[count] = pid;
            parents[count] = parent_of(pid);
            ours[count++] = 0;
        }
    }
    closedir(proc);
    while (changed) {
        changed = 0;
        for (int i = 0; i < count; i++) {
            if (ours[i])
                continue;
            int descends = parents[i] == getpid();
            for (int j = 0; j < count && !descends; j++)
                descends = ours[j] && pids[j] == parents[i];
            if (descends)
                ours[i] = changed = 1;
        }
    }
    for (int i = 0; i < count; i++)
        if (ours[i]) {
            found++;
            kill(pids[i], signal_number);
        }
    return found;
}

static void kill_all(int *status)
{
    for (int round = 0; round < 200; round++) {
        int left = signal_descendants(SIGKILL);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (left == 0)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
    }
    fprintf(stderr, "supervise: something that was started cannot be killed\n");
    *status = 125;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: supervise SECONDS COMMAND [ARG]...\n");
        return 2;
    }
    struct timespec now, end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += atol(argv[1]);

    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, &before);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);

    pid_t child = fork();
    if (child == 0) {
        setsid();
        sigprocmask(SIG_SETMASK, &before, NULL);
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status = -1;
    while (status < 0) {
        int raw;
        pid_t ended;
        while ((ended = waitpid(-1, &raw, WNOHANG)) > 0)
            if (ended == child)
                status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
        if (status >= 0)
            break;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec >= end.tv_sec) {
            fprintf(stderr, "supervise: not done after %s seconds; killed\n", argv[1]);
            status = 124;
            break;
        }
        int got = sigtimedwait(&signals, NULL, &(struct timespec){.tv_sec = 1});
        if (got == SIGINT || got == SIGTERM || got == SIGHUP)
            status = 128 + got;
    }
    kill_all(&status);
    return status;
}
