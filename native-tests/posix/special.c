/* Fifos, sockets, device nodes. */
#include "posix.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

CASE(fifo, ANYBODY, "fifo(7): the fifo's name is a reference point; what is written there is read there, in order")
{
    MUST(mkfifo("fifo", 0644));
    FAILS(ENXIO, open("fifo", O_WRONLY | O_NONBLOCK));
    pid_t child = start();
    if (child == 0) {
        int fd = MUST(open("fifo", O_WRONLY));
        for (int i = 0; i < 1000; i++)
            SAME((long)sizeof i, write(fd, &i, sizeof i));
        _exit(0);
    }
    FILE *in = fopen("fifo", "r");
    CHECK(in != NULL);
    for (int i = 0, n; i < 1000; i++) {
        SAME(1, fread(&n, sizeof n, 1, in));
        SAME(i, n);
    }
    SAME(EOF, fgetc(in));
    join(child);
    SAME(0, stat_of("fifo").st_size);
    FAILS(ESPIPE, lseek(fileno(in), 0, SEEK_SET));
    int fd = MUST(open("fifo", O_RDWR));
    MUST(unlink("fifo"));
    SAME(1, write(fd, "x", 1));
    char byte;
    SAME(1, read(fd, &byte, 1));
}

CASE(socket_file, ANYBODY, "unix(7): binding a socket with a pathname makes a file of type socket, to which one can connect")
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    struct sockaddr *to = (struct sockaddr *)&address;
    int server = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(server, to, sizeof address));
    CHECK(S_ISSOCK(stat_of("socket").st_mode));
    FAILS(ENXIO, open("socket", O_RDWR));
    int early = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    FAILS(ECONNREFUSED, connect(early, to, sizeof address));
    MUST(listen(server, 5));
    IN_CHILD {
        int client = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
        MUST(connect(client, to, sizeof address));
        SAME(5, write(client, "hello", 5));
    }
    char text[5];
    int connection = MUST(accept(server, NULL, NULL));
    SAME(5, read(connection, text, 5));
    int second = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    FAILS(EADDRINUSE, bind(second, to, sizeof address));
    MUST(rename("socket", "moved"));
    FAILS(ENOENT, connect(early, to, sizeof address));
    strcpy(address.sun_path, "moved");
    MUST(connect(early, to, sizeof address));
    MUST(unlink("moved"));
    MUST(mknod("plain", S_IFSOCK | 0600, 0));
    SAME(S_IFSOCK | 0600, stat_of("plain").st_mode);
}

CASE(socket_permission, ROOT, "unix(7): connecting to the socket object requires write permission")
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    struct sockaddr *to = (struct sockaddr *)&address;
    int server = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(server, to, sizeof address));
    MUST(listen(server, 5));
    MUST(chmod("socket", 0755));
    AS(ALICE) FAILS(EACCES, connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), to, sizeof address));
    MUST(chmod("socket", 0722));
    AS(ALICE) MUST(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), to, sizeof address));
}

CASE(devices, ROOT, "mknod(2): for S_IFCHR or S_IFBLK, dev specifies the major and minor numbers of the newly created device special file")
{
    MUST(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
    MUST(mknod("big", S_IFBLK | 0600, makedev(4095, 1048575)));
    MUST(mknod("zero", S_IFCHR | 0666, makedev(1, 5)));
    SAME(makedev(1, 3), stat_of("null").st_rdev);
    SAME(makedev(4095, 1048575), stat_of("big").st_rdev);
    CHECK(S_ISBLK(stat_of("big").st_mode));
    FAILS(ENXIO, open("big", O_RDONLY));
    int fd = open("zero", O_RDWR);
    if (fd == -1 && errno == EACCES && !on_mount)
        skip("the host's file system is mounted without devices");
    char bytes[16] = "xxxxxxxxxxxxxxx";
    SAME(16, read(fd, bytes, 16));
    CHECK(all_zero(bytes, 16));
    MUST(rename("zero", "moved"));
    MUST(link("moved", "linked"));
    SAME(makedev(1, 5), stat_of("linked").st_rdev);
}

CASE(no_devices_for_ordinary_users, ANYBODY, "mknod(2): EPERM: mode requested creation of something other than a regular file, FIFO, or UNIX domain socket, and the caller is not privileged")
{
    MUST(chmod(".", 0777));
    if (geteuid() == 0)
        become(ALICE, ALICE, (gid_t[]){0});
    FAILS(EPERM, mknod("char", S_IFCHR | 0666, makedev(1, 3)));
    FAILS(EPERM, mknod("block", S_IFBLK | 0666, makedev(7, 0)));
    MUST(mknod("regular", S_IFREG | 0640, 0));
    SAME(S_IFREG | 0640, stat_of("regular").st_mode);
    MUST(mknod("fifo", S_IFIFO | 0600, 0));
    FAILS(EPERM, mknod("directory", S_IFDIR | 0755, 0));
}

CASE(readiness, ANYBODY, "poll(2): regular files always poll ready to read and write")
{
    int fd = make("file", 0644);
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN | POLLOUT};
    SAME(1, poll(&poll_fd, 1, 0));
    SAME(POLLIN | POLLOUT, poll_fd.revents);
}
