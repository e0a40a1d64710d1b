package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.ByteName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What extended headers say about the next member, in the order in which later words win: global
 * records, then its own. Belongs to a {@link TarReader}.
 */
final class MemberHeader {
  private static final String SPARSE = "GNU.sparse.";

  private final Map<String, ByteName> global = new HashMap<>();
  private final Map<String, ByteName> own = new HashMap<>();

  /** Numbers of the sparse forms 0.0 and 0.1: offset and length in turn. */
  private final List<Long> sparseNumbers = new ArrayList<>();

  private Optional<ByteName> gnuPath = Optional.empty();
  private Optional<ByteName> gnuLinkPath = Optional.empty();

  void global(List<PaxRecords.Entry> entries) {
    for (PaxRecords.Entry entry : entries) {
      put(global, entry);
    }
  }

  void own(List<PaxRecords.Entry> entries) throws BadArchiveException {
    for (PaxRecords.Entry entry : entries) {
      switch (entry.keyword()) {
        case SPARSE + "offset", SPARSE + "numbytes" -> addSparse(entry.text());
        case SPARSE + "map" -> {
          for (String number : entry.text().split(",", -1)) {
            addSparse(number);
          }
        }
        default -> put(own, entry);
      }
    }
  }

  /** A record without value takes back one from before. */
  private static void put(Map<String, ByteName> records, PaxRecords.Entry entry) {
    if (entry.value().length() == 0 && !entry.keyword().startsWith("SCHILY.xattr.")) {
      records.remove(entry.keyword());
    } else {
      records.put(entry.keyword(), entry.value());
    }
  }

  private void addSparse(String number) throws BadArchiveException {
    if (sparseNumbers.size() >= 2 * SparseMap.MAX_STRETCHES) {
      throw new BadArchiveException("a sparse file of the tar has too many parts");
    }
    sparseNumbers.add(count(number));
  }

  void gnuPath(ByteName path) {
    gnuPath = Optional.of(path);
  }

  void gnuLinkPath(ByteName path) {
    gnuLinkPath = Optional.of(path);
  }

  /** Forgets what was said about one member. */
  void clear() {
    own.clear();
    sparseNumbers.clear();
    gnuPath = Optional.empty();
    gnuLinkPath = Optional.empty();
  }

  /** Whether something was said of a member that has to follow. */
  boolean isPending() {
    return !own.isEmpty() || gnuPath.isPresent() || gnuLinkPath.isPresent();
  }

  Optional<ByteName> value(String keyword) {
    return Optional.ofNullable(own.get(keyword)).or(() -> Optional.ofNullable(global.get(keyword)));
  }

  Optional<String> text(String keyword) {
    return value(keyword).map(PaxRecords::latin);
  }

  /** A number that is not negative. */
  Optional<Long> number(String keyword) throws BadArchiveException {
    Optional<String> text = text(keyword);
    return text.isPresent() ? Optional.of(count(text.get())) : Optional.empty();
  }

  private static long count(String digits) throws BadArchiveException {
    try {
      long value = Long.parseLong(digits.strip());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new BadArchiveException("an extended header of the tar is damaged: not a number", e);
    }
    throw new BadArchiveException("an extended header of the tar is damaged: a negative number");
  }

  /** The member's path, unless only its block has it. */
  Optional<ByteName> path() {
    return value(SPARSE + "name").or(() -> value("path")).or(() -> gnuPath);
  }

  Optional<ByteName> linkPath() {
    return value("linkpath").or(() -> gnuLinkPath);
  }

  /** The records that begin with a prefix, under what follows it. */
  Map<String, ByteName> beneath(String prefix) {
    Map<String, ByteName> found = new HashMap<>();
    for (Map<String, ByteName> records : List.of(global, own)) {
      records.forEach(
          (keyword, value) -> {
            if (keyword.startsWith(prefix)) {
              found.put(keyword.substring(prefix.length()), value);
            }
          });
    }
    return found;
  }

  /** Whether the map of a sparse file stands before its bytes: form 1.0. */
  boolean sparseMapInData() {
    return text(SPARSE + "major").orElse("").equals("1");
  }

  /** The map of the forms 0.0 and 0.1. */
  Optional<SparseMap> sparseMap() throws BadArchiveException {
    if (sparseNumbers.isEmpty()) {
      return Optional.empty();
    }
    SparseMap map = new SparseMap(realSize().orElse(0L));
    for (int i = 0; i + 1 < sparseNumbers.size(); i += 2) {
      map.add(sparseNumbers.get(i), sparseNumbers.get(i + 1));
    }
    return Optional.of(map);
  }

  /** Size of a sparse file with its holes. */
  Optional<Long> realSize() throws BadArchiveException {
    Optional<Long> size = number(SPARSE + "realsize");
    return size.isPresent() ? size : number(SPARSE + "size");
  }
}
