package io.dotfs.fusefs.kernel;

/**
 * Byte offsets of the protocol's structures (linux/fuse.h). Each nested class is one {@code struct
 * fuse_…}, each constant the offset of the field of that name, {@code SIZEOF} the size of the
 * whole; names are those of the header in our spelling, so that a test can compare them all.
 */
final class FuseLayout {
  private FuseLayout() {}

  /** struct fuse_in_header: before each request. */
  static final class InHeader {
    static final int LEN = 0;
    static final int OPCODE = 4;
    static final int UNIQUE = 8;
    static final int NODEID = 16;
    static final int UID = 24;
    static final int GID = 28;
    static final int PID = 32;

    /** Length of the extensions behind the payload, in units of 8 bytes (u16; since 7.38). */
    static final int TOTAL_EXTLEN = 36;

    static final int SIZEOF = 40;

    private InHeader() {}
  }

  /** struct fuse_out_header: before each reply and notification. */
  static final class OutHeader {
    static final int LEN = 0;
    static final int ERROR = 4;
    static final int UNIQUE = 8;
    static final int SIZEOF = 16;

    private OutHeader() {}
  }

  /** struct fuse_init_in; kernels before 7.36 send the first 16 bytes. */
  static final class InitIn {
    static final int MAJOR = 0;
    static final int MINOR = 4;
    static final int MAX_READAHEAD = 8;
    static final int FLAGS = 12;
    static final int FLAGS2 = 16;
    static final int SIZEOF = 64;

    private InitIn() {}
  }

  /** struct fuse_init_out. */
  static final class InitOut {
    static final int MAJOR = 0;
    static final int MINOR = 4;
    static final int MAX_READAHEAD = 8;
    static final int FLAGS = 12;
    static final int MAX_BACKGROUND = 16;
    static final int CONGESTION_THRESHOLD = 18;
    static final int MAX_WRITE = 20;
    static final int TIME_GRAN = 24;
    static final int MAX_PAGES = 28;
    static final int FLAGS2 = 32;
    static final int SIZEOF = 64;

    private InitOut() {}
  }

  /** struct fuse_attr. */
  static final class Attr {
    static final int INO = 0;
    static final int SIZE = 8;
    static final int BLOCKS = 16;
    static final int ATIME = 24;
    static final int MTIME = 32;
    static final int CTIME = 40;
    static final int ATIMENSEC = 48;
    static final int MTIMENSEC = 52;
    static final int CTIMENSEC = 56;
    static final int MODE = 60;
    static final int NLINK = 64;
    static final int UID = 68;
    static final int GID = 72;
    static final int RDEV = 76;
    static final int BLKSIZE = 80;
    static final int FLAGS = 84;
    static final int SIZEOF = 88;

    private Attr() {}
  }

  /** struct fuse_entry_out. */
  static final class EntryOut {
    static final int NODEID = 0;
    static final int GENERATION = 8;
    static final int ENTRY_VALID = 16;
    static final int ATTR_VALID = 24;
    static final int ENTRY_VALID_NSEC = 32;
    static final int ATTR_VALID_NSEC = 36;
    static final int ATTR = 40;
    static final int SIZEOF = 128;

    private EntryOut() {}
  }

  /** struct fuse_attr_out. */
  static final class AttrOut {
    static final int ATTR_VALID = 0;
    static final int ATTR_VALID_NSEC = 8;
    static final int ATTR = 16;
    static final int SIZEOF = 104;

    private AttrOut() {}
  }

  /** struct fuse_forget_in. */
  static final class ForgetIn {
    static final int NLOOKUP = 0;
    static final int SIZEOF = 8;

    private ForgetIn() {}
  }

  /** struct fuse_batch_forget_in, followed by its fuse_forget_one records. */
  static final class BatchForgetIn {
    static final int COUNT = 0;
    static final int SIZEOF = 8;

    private BatchForgetIn() {}
  }

  /** struct fuse_forget_one. */
  static final class ForgetOne {
    static final int NODEID = 0;
    static final int NLOOKUP = 8;
    static final int SIZEOF = 16;

    private ForgetOne() {}
  }

  /** struct fuse_setattr_in. */
  static final class SetattrIn {
    static final int VALID = 0;
    static final int FH = 8;
    static final int SIZE = 16;
    static final int ATIME = 32;
    static final int MTIME = 40;
    static final int CTIME = 48;
    static final int ATIMENSEC = 56;
    static final int MTIMENSEC = 60;
    static final int CTIMENSEC = 64;
    static final int MODE = 68;
    static final int UID = 76;
    static final int GID = 80;
    static final int SIZEOF = 88;

    private SetattrIn() {}
  }

  /** struct fuse_mknod_in, followed by the name. */
  static final class MknodIn {
    static final int MODE = 0;
    static final int RDEV = 4;
    static final int UMASK = 8;
    static final int SIZEOF = 16;

    private MknodIn() {}
  }

  /** struct fuse_mkdir_in, followed by the name. */
  static final class MkdirIn {
    static final int MODE = 0;
    static final int UMASK = 4;
    static final int SIZEOF = 8;

    private MkdirIn() {}
  }

  /** struct fuse_rename_in, followed by both names. */
  static final class RenameIn {
    static final int NEWDIR = 0;
    static final int SIZEOF = 8;

    private RenameIn() {}
  }

  /** struct fuse_rename2_in, followed by both names. */
  static final class Rename2In {
    static final int NEWDIR = 0;
    static final int FLAGS = 8;
    static final int SIZEOF = 16;

    private Rename2In() {}
  }

  /** struct fuse_link_in, followed by the name. */
  static final class LinkIn {
    static final int OLDNODEID = 0;
    static final int SIZEOF = 8;

    private LinkIn() {}
  }

  /** struct fuse_open_in. */
  static final class OpenIn {
    static final int FLAGS = 0;
    static final int OPEN_FLAGS = 4;
    static final int SIZEOF = 8;

    private OpenIn() {}
  }

  /** struct fuse_open_out. */
  static final class OpenOut {
    static final int FH = 0;
    static final int OPEN_FLAGS = 8;
    static final int SIZEOF = 16;

    private OpenOut() {}
  }

  /** struct fuse_create_in, followed by the name; TMPFILE uses it as well. */
  static final class CreateIn {
    static final int FLAGS = 0;
    static final int MODE = 4;
    static final int UMASK = 8;
    static final int OPEN_FLAGS = 12;
    static final int SIZEOF = 16;

    private CreateIn() {}
  }

  /** struct fuse_release_in; RELEASEDIR uses it as well. */
  static final class ReleaseIn {
    static final int FH = 0;
    static final int SIZEOF = 24;

    private ReleaseIn() {}
  }

  /** struct fuse_flush_in. */
  static final class FlushIn {
    static final int FH = 0;
    static final int SIZEOF = 24;

    private FlushIn() {}
  }

  /** struct fuse_read_in; READDIR and READDIRPLUS use it as well. */
  static final class ReadIn {
    static final int FH = 0;
    static final int OFFSET = 8;
    static final int SIZE = 16;
    static final int SIZEOF = 40;

    private ReadIn() {}
  }

  /** struct fuse_write_in, followed by the data. */
  static final class WriteIn {
    static final int FH = 0;
    static final int OFFSET = 8;
    static final int SIZE = 16;
    static final int WRITE_FLAGS = 20;
    static final int SIZEOF = 40;

    private WriteIn() {}
  }

  /** struct fuse_write_out. */
  static final class WriteOut {
    static final int SIZE = 0;
    static final int SIZEOF = 8;

    private WriteOut() {}
  }

  /** struct fuse_kstatfs, all of struct fuse_statfs_out. */
  static final class Kstatfs {
    static final int BLOCKS = 0;
    static final int BFREE = 8;
    static final int BAVAIL = 16;
    static final int FILES = 24;
    static final int FFREE = 32;
    static final int BSIZE = 40;
    static final int NAMELEN = 44;
    static final int FRSIZE = 48;
    static final int SIZEOF = 80;

    private Kstatfs() {}
  }

  /** struct fuse_fsync_in; FSYNCDIR uses it as well. */
  static final class FsyncIn {
    static final int FH = 0;
    static final int FSYNC_FLAGS = 8;
    static final int SIZEOF = 16;

    private FsyncIn() {}
  }

  /** struct fuse_setxattr_in as SETXATTR_EXT has it, followed by name and value. */
  static final class SetxattrIn {
    static final int SIZE = 0;
    static final int FLAGS = 4;
    static final int SETXATTR_FLAGS = 8;
    static final int SIZEOF = 16;

    /** Without SETXATTR_EXT the structure ends here (FUSE_COMPAT_SETXATTR_IN_SIZE). */
    static final int COMPAT_SIZE = 8;

    private SetxattrIn() {}
  }

  /** struct fuse_getxattr_in, followed by the name; LISTXATTR uses it without one. */
  static final class GetxattrIn {
    static final int SIZE = 0;
    static final int SIZEOF = 8;

    private GetxattrIn() {}
  }

  /** struct fuse_getxattr_out. */
  static final class GetxattrOut {
    static final int SIZE = 0;
    static final int SIZEOF = 8;

    private GetxattrOut() {}
  }

  /** struct fuse_interrupt_in. */
  static final class InterruptIn {
    static final int UNIQUE = 0;
    static final int SIZEOF = 8;

    private InterruptIn() {}
  }

  /** struct fuse_fallocate_in. */
  static final class FallocateIn {
    static final int FH = 0;
    static final int OFFSET = 8;
    static final int LENGTH = 16;
    static final int MODE = 24;
    static final int SIZEOF = 32;

    private FallocateIn() {}
  }

  /** struct fuse_dirent, followed by the name, padded to 8 bytes. */
  static final class Dirent {
    static final int INO = 0;
    static final int OFF = 8;
    static final int NAMELEN = 16;
    static final int TYPE = 20;
    static final int NAME = 24;

    private Dirent() {}
  }

  /** struct fuse_direntplus. */
  static final class Direntplus {
    static final int ENTRY_OUT = 0;
    static final int DIRENT = 128;

    private Direntplus() {}
  }

  /** struct fuse_lseek_in. */
  static final class LseekIn {
    static final int FH = 0;
    static final int OFFSET = 8;
    static final int WHENCE = 16;
    static final int SIZEOF = 24;

    private LseekIn() {}
  }

  /** struct fuse_lseek_out. */
  static final class LseekOut {
    static final int OFFSET = 0;
    static final int SIZEOF = 8;

    private LseekOut() {}
  }

  /** struct fuse_copy_file_range_in. */
  static final class CopyFileRangeIn {
    static final int FH_IN = 0;
    static final int OFF_IN = 8;
    static final int NODEID_OUT = 16;
    static final int FH_OUT = 24;
    static final int OFF_OUT = 32;
    static final int LEN = 40;
    static final int FLAGS = 48;
    static final int SIZEOF = 56;

    private CopyFileRangeIn() {}
  }

  /** struct fuse_copy_file_range_out (since 7.45). */
  static final class CopyFileRangeOut {
    static final int BYTES_COPIED = 0;
    static final int SIZEOF = 8;

    private CopyFileRangeOut() {}
  }

  /** struct fuse_ext_header: before each extension (since 7.38). */
  static final class ExtHeader {
    static final int SIZE = 0;
    static final int TYPE = 4;
    static final int SIZEOF = 8;

    private ExtHeader() {}
  }

  /** struct fuse_supp_groups, behind the extension's header (since 7.38). */
  static final class SuppGroups {
    static final int NR_GROUPS = 0;
    static final int GROUPS = 4;

    private SuppGroups() {}
  }

  /** struct fuse_notify_inval_inode_out. */
  static final class NotifyInvalInodeOut {
    static final int INO = 0;
    static final int OFF = 8;
    static final int LEN = 16;
    static final int SIZEOF = 24;

    private NotifyInvalInodeOut() {}
  }

  /** struct fuse_notify_inval_entry_out, followed by the name and NUL. */
  static final class NotifyInvalEntryOut {
    static final int PARENT = 0;
    static final int NAMELEN = 8;
    static final int FLAGS = 12;
    static final int SIZEOF = 16;

    private NotifyInvalEntryOut() {}
  }
}
