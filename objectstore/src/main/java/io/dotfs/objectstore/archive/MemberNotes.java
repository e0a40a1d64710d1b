package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What tar has no word for, in the {@code comment} of an extended header, which every program skips
 * (as git does with a commit's id): {@code dotfs} and then {@code link=HEX} for the id of a link
 * group, {@code socket} for the name of a socket, which stands there as an empty file. The comment
 * of the whole archive is {@code dotfs export 1 COMMIT}.
 *
 * @param linkGroup of a file that has, or had, several names
 * @param socket whether it is one
 */
record MemberNotes(Optional<LinkGroup> linkGroup, boolean socket) {
  static final MemberNotes NONE = new MemberNotes(Optional.empty(), false);

  private static final String MARK = "dotfs";
  private static final String EXPORT = MARK + " export 1 ";
  private static final Pattern LINK = Pattern.compile("link=([0-9a-f]{16})([0-9a-f]{16})");

  static MemberNotes of(FileType type, Optional<LinkGroup> linkGroup) {
    return new MemberNotes(linkGroup, type == FileType.SOCKET);
  }

  boolean isEmpty() {
    return linkGroup.isEmpty() && !socket;
  }

  byte[] encode() {
    String text =
        MARK + linkGroup.map(group -> " link=" + group).orElse("") + (socket ? " socket" : "");
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a comment; that of another program says nothing. */
  static MemberNotes decode(String comment) {
    String[] words = comment.split(" ", -1);
    if (!words[0].equals(MARK)) {
      return NONE;
    }
    Optional<LinkGroup> group = Optional.empty();
    boolean socket = false;
    for (String word : words) {
      Matcher link = LINK.matcher(word);
      if (link.matches()) {
        group =
            Optional.of(
                new LinkGroup(
                    new UUID(
                        Long.parseUnsignedLong(link.group(1), 16),
                        Long.parseUnsignedLong(link.group(2), 16))));
      }
      socket |= word.equals("socket");
    }
    return new MemberNotes(group, socket);
  }

  /** The comment of an archive of a commit. */
  static byte[] ofArchive(ObjectId commit) {
    return (EXPORT + commit.toHex()).getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether an archive's comment says that it was made here. */
  static boolean isOwn(String comment) {
    return comment.startsWith(EXPORT);
  }
}
