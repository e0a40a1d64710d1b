/* Extended attributes and POSIX access control lists. */
#include "posix.h"

#include <sys/xattr.h>

CASE(life, ANYBODY, "xattr(7), setxattr(2): XATTR_CREATE fails with EEXIST, XATTR_REPLACE with ENODATA; getxattr(2), removexattr(2)")
{
    char value[64];
    make_file("file", "x");
    MUST(setxattr("file", "user.a", "one", 3, XATTR_CREATE));
    FAILS(EEXIST, setxattr("file", "user.a", "two", 3, XATTR_CREATE));
    FAILS(ENODATA, setxattr("file", "user.b", "two", 3, XATTR_REPLACE));
    MUST(setxattr("file", "user.a", "three", 5, XATTR_REPLACE));
    SAME(5, getxattr("file", "user.a", value, sizeof value));
    CHECK(memcmp(value, "three", 5) == 0);
    SAME(5, getxattr("file", "user.a", NULL, 0));
    FAILS(ERANGE, getxattr("file", "user.a", value, 4));
    FAILS(ENODATA, getxattr("file", "user.b", value, sizeof value));
    MUST(setxattr("file", "user.empty", "", 0, 0));
    SAME(0, getxattr("file", "user.empty", value, sizeof value));
    MUST(setxattr("file", "user.bytes", "\0\xff\0\n", 4, 0));
    SAME(4, getxattr("file", "user.bytes", value, sizeof value));
    CHECK(memcmp(value, "\0\xff\0\n", 4) == 0);
    MUST(removexattr("file", "user.a"));
    FAILS(ENODATA, removexattr("file", "user.a"));
    MUST(link("file", "second"));
    SAME(4, getxattr("second", "user.bytes", value, sizeof value));
    MUST(rename("file", "third"));
    SAME(4, getxattr("third", "user.bytes", value, sizeof value));
}

CASE(lists, ANYBODY, "listxattr(2): the list is the set of (null-terminated) names, one after the other; ERANGE")
{
    char list[512];
    make_file("file", "x");
    SAME(0, listxattr("file", NULL, 0));
    for (int i = 0; i < 20; i++) {
        char name[16];
        snprintf(name, sizeof name, "user.n%02d", i);
        MUST(setxattr("file", name, name, strlen(name), 0));
    }
    ssize_t length = MUST(listxattr("file", list, sizeof list));
    SAME(20 * 9, length);
    SAME(length, listxattr("file", NULL, 0));
    FAILS(ERANGE, listxattr("file", list, length - 1));
    int seen = 0;
    for (char *name = list; name < list + length; name += strlen(name) + 1)
        seen |= 1 << atoi(name + 6);
    SAME((1 << 20) - 1, seen);
    int fd = MUST(open("file", O_RDONLY));
    SAME(length, flistxattr(fd, NULL, 0));
}

CASE(limits, ANYBODY, "xattr(7): name up to 255 bytes, else ERANGE; value up to 64 KiB, else E2BIG; EOPNOTSUPP for an unknown class")
{
    static char value[70000], back[70000];
    char name[300] = "user.";
    make_file("file", "x");
    memset(name + 5, 'n', 250);
    name[255] = 0;
    MUST(setxattr("file", name, "v", 1, 0));
    SAME(1, getxattr("file", name, value, sizeof value));
    name[255] = 'n';
    name[256] = 0;
    FAILS(ERANGE, setxattr("file", name, "v", 1, 0));
    fill(value, sizeof value, 3);
    FAILS(E2BIG, setxattr("file", "user.big", value, 65537, 0));
    MUST(setxattr("file", "user.medium", value, 3000, 0));
    SAME(3000, getxattr("file", "user.medium", back, sizeof back));
    CHECK(memcmp(value, back, 3000) == 0);
    FAILS(EOPNOTSUPP, setxattr("file", "unknown.a", "v", 1, 0));
    FAILS(EOPNOTSUPP, setxattr("file", "noclass", "v", 1, 0));
    FAILS(EINVAL, setxattr("file", "user.a", "v", 1, 99));
}

CASE(where_user_attributes_are_allowed, ANYBODY, "xattr(7): user extended attributes are allowed only for regular files and directories")
{
    MUST(mkdir("dir", 0755));
    MUST(symlink("dir", "link"));
    MUST(mkfifo("fifo", 0644));
    MUST(setxattr("dir", "user.a", "b", 1, 0));
    SAME(1, getxattr("link", "user.a", NULL, 0));
    FAILS(EPERM, lsetxattr("link", "user.b", "b", 1, 0));
    FAILS(ENODATA, lgetxattr("link", "user.a", NULL, 0)); /* reading says that there is none */
    FAILS(EPERM, setxattr("fifo", "user.a", "b", 1, 0));
}

CASE(permissions, ROOT, "xattr(7): access to user attributes as to the file's content; trusted only with CAP_SYS_ADMIN")
{
    char list[256];
    make_file("file", "x");
    MUST(chmod("file", 0644));
    MUST(setxattr("file", "user.a", "b", 1, 0));
    MUST(setxattr("file", "trusted.a", "b", 1, 0));
    MUST(setxattr("file", "security.dotfs", "b", 1, 0));
    SAME(1, getxattr("file", "trusted.a", NULL, 0));
    AS(ALICE) {
        SAME(1, getxattr("file", "user.a", NULL, 0));
        FAILS(EACCES, setxattr("file", "user.a", "c", 1, 0));
        FAILS(EACCES, removexattr("file", "user.a"));
        FAILS(ENODATA, getxattr("file", "trusted.a", NULL, 0));
        FAILS(EPERM, setxattr("file", "trusted.a", "c", 1, 0));
        SAME(1, getxattr("file", "security.dotfs", NULL, 0));
        FAILS(EPERM, setxattr("file", "security.dotfs", "c", 1, 0));
        ssize_t length = MUST(listxattr("file", list, sizeof list));
        CHECK(memmem(list, length, "user.a", 7) != NULL);
    }
    MUST(chmod("file", 0600));
    AS(ALICE) FAILS(EACCES, getxattr("file", "user.a", NULL, 0));
    MUST(mkdir("sticky", 01777));
    MUST(chmod("sticky", 01777));
    AS(ALICE) FAILS(EPERM, setxattr("sticky", "user.a", "b", 1, 0));
}

CASE(trusted_is_not_listed_to_others, ROOT, "xattr(7): trusted extended attributes are visible and accessible only to processes that have the CAP_SYS_ADMIN capability")
{
    char list[256];
    make_file("file", "x");
    MUST(setxattr("file", "trusted.a", "b", 1, 0));
    SAME(10, listxattr("file", list, sizeof list));
    AS(ALICE) SAME(0, listxattr("file", list, sizeof list));
}

CASE(links_have_trusted_ones, ROOT, "lsetxattr(2): sets the attribute of the symbolic link itself")
{
    MUST(symlink("nowhere", "link"));
    MUST(lsetxattr("link", "trusted.a", "bc", 2, 0));
    SAME(2, lgetxattr("link", "trusted.a", NULL, 0));
    MUST(mkfifo("fifo", 0644));
    MUST(setxattr("fifo", "trusted.a", "b", 1, 0));
    SAME(1, getxattr("fifo", "trusted.a", NULL, 0));
}

/* security.capability as capabilities(7) has it: version 2, CAP_NET_RAW permitted. */
static const unsigned char CAPABILITY[20] = {0x01, 0x00, 0x00, 0x02, 0x00, 0x20};

CASE(capabilities_go_with_a_write, ROOT, "capabilities(7): file capabilities are removed when the file is written, its owner changed or it is truncated")
{
    make_file("file", "x");
    MUST(chmod("file", 0777));
    MUST(setxattr("file", "security.capability", CAPABILITY, sizeof CAPABILITY, 0));
    SAME((long)sizeof CAPABILITY, getxattr("file", "security.capability", NULL, 0));
    AS(ALICE) {
        int fd = MUST(open("file", O_WRONLY));
        SAME(1, write(fd, "y", 1));
    }
    FAILS(ENODATA, getxattr("file", "security.capability", NULL, 0));
    MUST(setxattr("file", "security.capability", CAPABILITY, sizeof CAPABILITY, 0));
    MUST(chown("file", ALICE, ALICE));
    FAILS(ENODATA, getxattr("file", "security.capability", NULL, 0));
    MUST(setxattr("file", "security.capability", CAPABILITY, sizeof CAPABILITY, 0));
    AS(ALICE) MUST(truncate("file", 0));
    FAILS(ENODATA, getxattr("file", "security.capability", NULL, 0));
}

/* An ACL as the kernel takes it (posix_acl_xattr.h): version 2, then tag, permission, id, little-endian. */
enum { USER_OBJ = 1, USER = 2, GROUP_OBJ = 4, GROUP = 8, MASK = 16, OTHER = 32 };
struct acl {
    uint32_t version;
    struct {
        uint16_t tag, permission;
        uint32_t id;
    } entries[6];
};
static const char ACCESS[] = "system.posix_acl_access", DEFAULT[] = "system.posix_acl_default";

#define NONE 0xffffffffu

static void needs_acls(void)
{
    struct acl mode_0755 = {2, {{USER_OBJ, 7, NONE}, {GROUP_OBJ, 5, NONE}, {OTHER, 5, NONE}}};
    if (!on_mount && setxattr(".", ACCESS, &mode_0755, 4 + 3 * 8, 0) == -1 && errno == EOPNOTSUPP) skip("the host's file system has no POSIX ACLs");
}
CASE(acl_grants, ROOT, "acl(5): ACL_USER and ACL_GROUP entries give access to their users, within ACL_MASK")
{
    needs_acls();
    make_file("file", "x");
    MUST(chmod("file", 0600));
    struct acl acl = {2, {{USER_OBJ, 6, NONE}, {USER, 6, ALICE}, {GROUP_OBJ, 0, NONE}, {GROUP, 4, CLUB}, {MASK, 6, NONE}, {OTHER, 0, NONE}}}, back;
    MUST(setxattr("file", ACCESS, &acl, 4 + 6 * 8, 0));
    SAME(4 + 6 * 8, getxattr("file", ACCESS, &back, sizeof back));
    CHECK(memcmp(&acl, &back, 4 + 6 * 8) == 0);
    SAME(0660, stat_of("file").st_mode & 07777); /* the mask shows as the group's bits */
    AS(ALICE) MUST(open("file", O_RDWR));
    AS_MEMBER(BOB, CLUB) {
        MUST(open("file", O_RDONLY));
        FAILS(EACCES, open("file", O_WRONLY));
    }
    AS(BOB) FAILS(EACCES, open("file", O_RDONLY));
    MUST(chmod("file", 0640)); /* lowers the mask */
    AS(ALICE) {
        MUST(open("file", O_RDONLY));
        FAILS(EACCES, open("file", O_WRONLY));
    }
    SAME(4 + 6 * 8, getxattr("file", ACCESS, &back, sizeof back));
    SAME(4, back.entries[4].permission);
    MUST(removexattr("file", ACCESS));
    AS(ALICE) FAILS(EACCES, open("file", O_RDONLY));
}

CASE(acl_that_is_a_mode, ANYBODY, "acl(5): an ACL of the three minimum entries is the file's mode")
{
    needs_acls();
    make_file("file", "x");
    struct acl acl = {2, {{USER_OBJ, 7, NONE}, {GROUP_OBJ, 5, NONE}, {OTHER, 1, NONE}}};
    MUST(setxattr("file", ACCESS, &acl, 4 + 3 * 8, 0));
    SAME(0751, stat_of("file").st_mode & 07777);
    FAILS(ENODATA, getxattr("file", ACCESS, NULL, 0));
    acl.entries[0].tag = 99;
    FAILS(EINVAL, setxattr("file", ACCESS, &acl, 4 + 3 * 8, 0));
}

CASE(acl_inherited, ROOT, "acl(5): a new object inherits the default ACL of its directory as its access ACL; directories also as their default ACL; umask is not applied")
{
    needs_acls();
    MUST(mkdir("dir", 0755));
    struct acl acl = {2, {{USER_OBJ, 7, NONE}, {USER, 7, ALICE}, {GROUP_OBJ, 5, NONE}, {MASK, 7, NONE}, {OTHER, 0, NONE}}}, back;
    MUST(setxattr("dir", DEFAULT, &acl, 4 + 5 * 8, 0));
    umask(077);
    MUST(close(MUST(open("dir/file", O_CREAT | O_WRONLY, 0666))));
    MUST(mkdir("dir/sub", 0777));
    SAME(0660, stat_of("dir/file").st_mode & 07777);
    SAME(0770, stat_of("dir/sub").st_mode & 07777);
    SAME(4 + 5 * 8, getxattr("dir/sub", DEFAULT, &back, sizeof back));
    CHECK(memcmp(&acl, &back, 4 + 5 * 8) == 0);
    AS(ALICE) MUST(open("dir/file", O_RDWR));
    AS(BOB) FAILS(EACCES, open("dir/file", O_RDONLY));
    MUST(removexattr("dir", DEFAULT));
    make_file("file", "x");
    FAILS(EACCES, setxattr("file", DEFAULT, &acl, 4 + 5 * 8, 0));
}
