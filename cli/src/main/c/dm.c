/*
 * dm: the thin client. Hands its words to the standby, a JVM of the same user that has everything loaded, and prints what comes
 * back; the words are parsed and answered by the very classes that a JVM of its own would run.
 *
 * Where there is no standby, where the standby declines (a prompt, the daemon's own commands), or where anything at all is out of
 * the ordinary, it becomes lib/dm, which starts a JVM for this one command. The standby is started by the second command that
 * misses it, and ends by itself when it has not been needed for a while.
 *
 * One standby serves callers that are alike in everything that could tell two processes of one user apart: the name of its socket
 * is a hash over ids, groups, capabilities, umask, the largest file allowed, namespaces, root directory, time zone, locale and the
 * installed program. The socket lies
 * in a directory that belongs to the user alone, and each side asks the kernel who the other is (SO_PEERCRED, unix(7)).
 *
 * The caller's message: four bytes of length, most significant first, then strings that each end with NUL: the protocol's version,
 * which of 'i', 'o', 'e' are terminals, the working directory, the number of words, the words, the environment.
 * The answer is a row of frames: one byte that says what it is, four bytes of length, that many bytes:
 *   A  accepted: from here on the command may have had effects      O, E  for standard output, standard error
 *   N  declined: nothing was done                                   P     the O frames that follow are for this pager's command
 *   X  one byte, the exit status: the end                           Q     end of what goes to the pager; answered by 'y' or 'n'
 * The caller goes away (a signal, for example): the standby sees the end of the connection and cancels the command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROTOCOL "1"
enum {
    MAX_MESSAGE = 1 << 20,
    MAX_FRAME = 1 << 20,
    MAX_PAGER = 4096,
    NOBODY_READS = 141,
    NOT_FOUND = 127,
    /* A standby that ended at once is not started again by the very next command. */
    RESTART_SECONDS = 10,
    LOCK_DESCRIPTOR = 3
};

extern char **environ;

static char **words;
static void (*inherited_sigpipe)(int) = SIG_DFL;
static char launcher[PATH_MAX + 16];
static char directory[PATH_MAX];

/* ---- the other way */

/* Becomes lib/dm, the client in a JVM of its own. */
static void become_launcher(void)
{
    if (directory[0] != 0 && chdir(directory) != 0) {
        /* Gone meanwhile: relative names mean nothing any more, and the launcher says so where it matters. */
    }
    signal(SIGPIPE, inherited_sigpipe);
    words[0] = launcher;
    execv(launcher, words);
    fprintf(stderr, "dm: cannot start %s: %s\n", launcher, strerror(errno));
    exit(1);
}

/* ---- bytes */

static int write_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t count = write(fd, at, length);
        if (count < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (count < 0 && errno != EINTR) {
            return -1;
        } else if (count > 0) {
            at += count;
            length -= (size_t)count;
        }
    }
    return 0;
}

/* Reads exactly so much; -1 at an error or an early end. */
static int read_all(int fd, void *bytes, size_t length)
{
    char *at = bytes;
    while (length > 0) {
        ssize_t count = read(fd, at, length);
        if (count == 0 || (count < 0 && errno != EINTR))
            return -1;
        if (count > 0) {
            at += count;
            length -= (size_t)count;
        }
    }
    return 0;
}

static void store_length(unsigned char bytes[4], uint32_t length)
{
    for (int n = 0; n < 4; n++)
        bytes[n] = (unsigned char)(length >> (24 - 8 * n));
}

/* ---- who is alike */

static uint64_t hash = 0xcbf29ce484222325; /* FNV-1a, 64 bit */

static void mix(const void *bytes, size_t length)
{
    for (size_t n = 0; n < length; n++)
        hash = (hash ^ ((const unsigned char *)bytes)[n]) * 0x100000001b3;
}

static void mix_text(const char *text)
{
    mix(text, strlen(text) + 1);
}

static int mix_file(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return -1;
    uint64_t facts[] = {status.st_dev, status.st_ino, (uint64_t)status.st_size, (uint64_t)status.st_mtim.tv_sec,
                        (uint64_t)status.st_mtim.tv_nsec};
    mix(facts, sizeof facts);
    return 0;
}

/* Ids, groups, capabilities and filters, as proc(5) lists them. */
static int mix_credentials(void)
{
    static const char *const telling[] = {"Umask:", "Uid:", "Gid:", "Groups:", "Cap", "NoNewPrivs:", "Seccomp:"};
    char line[8192];
    int seen = 0;
    FILE *status = fopen("/proc/self/status", "re");
    if (status == NULL)
        return -1;
    while (fgets(line, sizeof line, status) != NULL) {
        for (size_t n = 0; n < sizeof telling / sizeof *telling; n++) {
            if (strncmp(line, telling[n], strlen(telling[n])) == 0) {
                mix_text(line);
                seen++;
            }
        }
    }
    fclose(status);
    return seen >= 3 ? 0 : -1;
}

static int mix_everything(const char *lib)
{
    static const char *const namespaces[] = {"mnt", "net", "pid", "user", "ipc", "uts"};
    static const char *const variables[] = {"JAVA_HOME", "TZ", "LC_ALL", "LC_CTYPE", "LC_TIME", "LANG"};
    static const char *const jars[] = {"cli.jar", "daemon.jar"};
    char path[PATH_MAX + 64], target[128];
    mix_text(PROTOCOL);
    mix_text(lib);
    for (size_t n = 0; n < sizeof jars / sizeof *jars; n++) {
        snprintf(path, sizeof path, "%s/%s", lib, jars[n]);
        if (mix_file(path) != 0)
            return -1;
    }
    struct stat root;
    if (stat("/", &root) != 0)
        return -1;
    uint64_t at[] = {root.st_dev, root.st_ino};
    mix(at, sizeof at);
    struct rlimit largest_file;
    if (getrlimit(RLIMIT_FSIZE, &largest_file) != 0)
        return -1;
    mix(&largest_file, sizeof largest_file);
    for (size_t n = 0; n < sizeof namespaces / sizeof *namespaces; n++) {
        snprintf(path, sizeof path, "/proc/self/ns/%s", namespaces[n]);
        ssize_t length = readlink(path, target, sizeof target);
        if (length < 0)
            return -1;
        mix(target, (size_t)length);
    }
    for (size_t n = 0; n < sizeof variables / sizeof *variables; n++) {
        const char *value = getenv(variables[n]);
        mix_text(value == NULL ? "" : value);
    }
    return mix_credentials();
}

/* ---- where the standby listens */

/* The directory for the socket: ours alone, or none. */
static int socket_directory(char *path, size_t size)
{
    struct stat status;
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (runtime != NULL && runtime[0] == '/') {
        /* Under su the variable may still name another user's. */
        if (stat(runtime, &status) != 0 || status.st_uid != geteuid())
            return -1;
        snprintf(path, size, "%s/dotfs", runtime);
    } else {
        snprintf(path, size, "/tmp/dotfs-client-%u", (unsigned)geteuid());
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return -1;
    if (lstat(path, &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 022) != 0)
        return -1;
    return 0;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid != geteuid()) {
        close(fd);
        return -1;
    }
    return fd;
}

/* In the child: becomes the standby, which needs nothing of its caller but where things are. */
static void become_standby(int lock, const char *socket_path)
{
    static const char *const kept[] = {"PATH", "HOME", "JAVA_HOME", "TZ", "LC_ALL", "LC_CTYPE", "LC_TIME", "LANG", "TMPDIR", "USER"};
    char *environment[sizeof kept / sizeof *kept + 1];
    size_t count = 0;
    setsid();
    if (fork() != 0)
        _exit(0);
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0)
        _exit(1);
    /* The lock is held for as long as the standby lives. */
    if (lock == LOCK_DESCRIPTOR ? fcntl(lock, F_SETFD, 0) < 0 : dup2(lock, LOCK_DESCRIPTOR) < 0)
        _exit(1);
    if (close_range(LOCK_DESCRIPTOR + 1, ~0U, 0) != 0) {
        for (int fd = LOCK_DESCRIPTOR + 1; fd < 1024; fd++)
            close(fd);
    }
    for (size_t n = 0; n < sizeof kept / sizeof *kept; n++) {
        const char *value = getenv(kept[n]);
        if (value != NULL && asprintf(&environment[count], "%s=%s", kept[n], value) > 0)
            count++;
    }
    environment[count] = NULL;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(launcher, (char *[]){launcher, "--standby", (char *)socket_path, NULL}, environment);
    _exit(1);
}

/*
 * Starts a standby for the commands to come, unless one lives or is starting (it holds the lock), none was wanted before (a lone
 * command is not worth it), or one was started a moment ago and did not stay.
 */
static void start_standby(const char *socket_path)
{
    char path[PATH_MAX + 16];
    struct stat status;
    snprintf(path, sizeof path, "%s.lock", socket_path);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return;
    if (flock(lock, LOCK_EX | LOCK_NB) != 0 || fstat(lock, &status) != 0) {
        close(lock);
        return;
    }
    int started_before = status.st_size > 1;
    int lately = time(NULL) - status.st_mtime < RESTART_SECONDS;
    if (status.st_size == 0) {
        write_all(lock, "1", 1);
    } else if (!(started_before && lately)) {
        if (pwrite(lock, "2", 1, 1) == 1 && futimens(lock, NULL) == 0) {
            pid_t child = fork();
            if (child == 0)
                become_standby(lock, socket_path);
            if (child > 0)
                waitpid(child, NULL, 0);
        }
    }
    close(lock);
}

/* ---- one command */

static char *message;
static size_t message_length = 4;

static int add(const char *text)
{
    size_t length = strlen(text) + 1;
    if (message_length + length > MAX_MESSAGE)
        return -1;
    memcpy(message + message_length, text, length);
    message_length += length;
    return 0;
}

/* The working directory as the shell names it, where that is true, else as the kernel does. */
static int find_directory(void)
{
    struct stat named, here;
    const char *pwd = getenv("PWD");
    if (stat(".", &here) != 0)
        return -1;
    if (pwd != NULL && pwd[0] == '/' && strlen(pwd) < sizeof directory && stat(pwd, &named) == 0 &&
        named.st_dev == here.st_dev && named.st_ino == here.st_ino) {
        strcpy(directory, pwd);
        return 0;
    }
    return getcwd(directory, sizeof directory) == NULL || directory[0] != '/' ? -1 : 0;
}

static int compose(int count)
{
    char number[16], terminals[4];
    message = malloc(MAX_MESSAGE);
    if (message == NULL)
        return -1;
    snprintf(terminals, sizeof terminals, "%s%s%s", isatty(0) ? "i" : "", isatty(1) ? "o" : "", isatty(2) ? "e" : "");
    snprintf(number, sizeof number, "%d", count - 1);
    if (add(PROTOCOL) != 0 || add(terminals) != 0 || add(directory) != 0 || add(number) != 0)
        return -1;
    for (int n = 1; n < count; n++)
        if (add(words[n]) != 0)
            return -1;
    for (char **variable = environ; *variable != NULL; variable++)
        if (add(*variable) != 0)
            return -1;
    store_length((unsigned char *)message, (uint32_t)(message_length - 4));
    return 0;
}

static pid_t pager;
static int pager_input = -1;
static int pager_broken;

static void start_pager(const char *command)
{
    int ends[2];
    pager_broken = pipe2(ends, O_CLOEXEC) != 0;
    if (pager_broken)
        return;
    pager = fork();
    if (pager == 0) {
        signal(SIGPIPE, inherited_sigpipe);
        setenv("LESS", "FRX", 0);
        setenv("LV", "-c", 0);
        int nothing = open("/dev/null", O_WRONLY);
        if (dup2(ends[0], 0) == 0 && nothing >= 0 && dup2(nothing, 2) == 2 &&
            (directory[0] == 0 || chdir(directory) == 0 || chdir("/") == 0))
            execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(NOT_FOUND);
    }
    close(ends[0]);
    pager_input = ends[1];
    if (pager < 0)
        pager_broken = 1;
    signal(SIGINT, SIG_IGN); /* it is the pager's while that runs */
}

/* Whether the pager has shown the text, or its reader has seen enough. */
static int end_pager(void)
{
    int status = 0;
    if (pager_input >= 0)
        close(pager_input);
    pager_input = -1;
    while (pager > 0 && waitpid(pager, &status, 0) < 0 && errno == EINTR)
        ;
    signal(SIGINT, SIG_DFL);
    int code = pager <= 0 ? NOT_FOUND : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    pager = 0;
    return !(code == NOT_FOUND || (pager_broken && code != 0));
}

static int output_failure; /* errno of the first write to standard output that failed */

static void print(char kind, const char *bytes, size_t length)
{
    if (kind == 'E') {
        write_all(2, bytes, length); /* nobody can be told where this fails */
    } else if (pager != 0 || pager_input >= 0) {
        if (!pager_broken && write_all(pager_input, bytes, length) != 0)
            pager_broken = 1;
    } else if (output_failure == 0 && write_all(1, bytes, length) != 0) {
        output_failure = errno;
    }
}

static void finish(int status)
{
    if (status == 0 && output_failure == EPIPE)
        status = NOBODY_READS;
    else if (status == 0 && output_failure != 0) {
        fprintf(stderr, "dm: cannot write the output: %s\n", strerror(output_failure));
        status = 1;
    }
    exit(status);
}

/* Hands the command over and shows the answer; returns only if nothing was done. */
static void hand_over(int standby)
{
    static char payload[MAX_FRAME + 1];
    unsigned char head[5];
    int accepted = 0;
    if (write_all(standby, message, message_length) != 0)
        return;
    while (read_all(standby, head, sizeof head) == 0) {
        uint32_t length = (uint32_t)head[1] << 24 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 8 | head[4];
        if (length > MAX_FRAME || read_all(standby, payload, length) != 0)
            break;
        payload[length] = 0;
        switch (head[0]) {
        case 'A':
            accepted = 1;
            break;
        case 'N':
            return;
        case 'O':
        case 'E':
            print((char)head[0], payload, length);
            break;
        case 'P':
            start_pager(payload);
            break;
        case 'Q':
            if (write_all(standby, end_pager() ? "y" : "n", 1) != 0)
                goto lost;
            break;
        case 'X':
            if (length != 1)
                goto lost;
            finish((unsigned char)payload[0]);
            break;
        default:
            goto lost;
        }
    }
    if (!accepted)
        return;
lost:
    if (pager_input >= 0)
        end_pager();
    fputs("dm: the standby client ended half way: whether the command was done is not known\nhint: dm status\n", stderr);
    exit(1);
}

static int is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != 0;
}

static int is_relative(const char *name)
{
    return is_set(name) && getenv(name)[0] != '/';
}

/* What never goes to the standby: other programs, wishes about the JVM, names that only the working directory explains. */
static int is_for_launcher(int count)
{
    return is_set("DM_CLIENT_OPTS") || is_relative("DM_HOME") || is_relative("DM_SOCKET") || getuid() != geteuid() ||
           getgid() != getegid() || fcntl(0, F_GETFD) < 0 || fcntl(1, F_GETFD) < 0 || fcntl(2, F_GETFD) < 0 ||
           (count > 1 && (strcmp(words[1], "daemon") == 0 || strcmp(words[1], "hub") == 0 ||
                          strcmp(words[1], "--java-identity") == 0 || strcmp(words[1], "--standby") == 0));
}

int main(int count, char **arguments)
{
    char lib[PATH_MAX], path[PATH_MAX + 64];
    words = arguments;
    ssize_t length = readlink("/proc/self/exe", lib, sizeof lib - 8);
    if (length <= 0 || count < 1) {
        fputs("dm: cannot tell where it is installed: is /proc mounted?\n", stderr);
        return 1;
    }
    lib[length] = 0;
    for (int levels = 0; levels < 2; levels++) {
        char *slash = strrchr(lib, '/');
        if (slash != NULL)
            *slash = 0;
    }
    strcat(lib, "/lib");
    snprintf(launcher, sizeof launcher, "%s/dm", lib);
    if (find_directory() != 0) {
        /* Gone, or on a mount whose server has stopped: relative names mean nothing, and programs must not trip over it. */
        directory[0] = 0;
        if (chdir("/") == 0)
            setenv("PWD", "/", 1);
        become_launcher();
    }
    if (is_for_launcher(count) || mix_everything(lib) != 0 || socket_directory(path, PATH_MAX) != 0)
        become_launcher();
    size_t used = strlen(path);
    snprintf(path + used, sizeof path - used, "/client-%016llx", (unsigned long long)hash);
    if (compose(count) != 0)
        become_launcher();
    int standby = connect_to(path);
    if (standby < 0) {
        start_standby(path);
        become_launcher();
    }
    inherited_sigpipe = signal(SIGPIPE, SIG_IGN);
    /* A process that stands in a directory keeps its mount busy: not this one. */
    if (chdir("/") == 0)
        hand_over(standby);
    become_launcher();
}
