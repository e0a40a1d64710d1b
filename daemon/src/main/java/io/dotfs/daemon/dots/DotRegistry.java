package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.RecordJson;
import io.dotfs.fusefs.overlay.Registry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The dots of a home, as small JSON values in its registry: {@code dot/<ns>/<dot>}, {@code
 * intent/<tree key>}, {@code rename/<ns>/<dot>}, {@code dot-rename/<ns>/<dot>}, {@code server}.
 * Every change is durable on return. Thread safe; callers that read and then write hold the dot's
 * lock.
 */
final class DotRegistry {
  private static final String DOT = "dot/";
  private static final String INTENT = "intent/";
  private static final String RENAME = "rename/";
  private static final String DOT_RENAME = "dot-rename/";
  private static final String SERVER = "server";

  private final Registry registry;

  DotRegistry(Registry registry) {
    this.registry = registry;
  }

  /** 16 hex digits that name this home, drawn when it is first asked for. */
  synchronized String serverId(SecureRandom random) throws IOException {
    Optional<byte[]> known = registry.get(SERVER);
    if (known.isPresent()) {
      return new String(known.get(), StandardCharsets.US_ASCII);
    }
    byte[] fresh = new byte[8];
    random.nextBytes(fresh);
    String id = HexFormat.of().formatHex(fresh);
    registry.update(Map.of(SERVER, Optional.of(id.getBytes(StandardCharsets.US_ASCII))));
    return id;
  }

  Optional<DotRecord> dot(DotId id) throws IOException {
    Optional<byte[]> value = registry.get(DOT + id);
    return value.isEmpty() ? Optional.empty() : Optional.of(parse(value.get(), DotRecord.class));
  }

  void putDot(DotId id, DotRecord dot) throws IOException {
    registry.update(Map.of(DOT + id, Optional.of(json(dot))));
  }

  void removeDot(DotId id) throws IOException {
    registry.update(Map.of(DOT + id, Optional.empty()));
  }

  /** All dots, by name. */
  SortedMap<DotId, DotRecord> dots() throws IOException {
    SortedMap<DotId, DotRecord> dots = new TreeMap<>();
    for (Map.Entry<String, byte[]> entry : registry.list(DOT).entrySet()) {
      String name = entry.getKey().substring(DOT.length());
      int slash = name.indexOf('/');
      dots.put(
          new DotId(name.substring(0, slash), name.substring(slash + 1)),
          parse(entry.getValue(), DotRecord.class));
    }
    return dots;
  }

  void putIntent(MoveIntent intent) throws IOException {
    registry.update(Map.of(INTENT + intent.key(), Optional.of(json(intent))));
  }

  void removeIntent(MoveIntent intent) throws IOException {
    registry.update(Map.of(INTENT + intent.key(), Optional.empty()));
  }

  /** Moves that a daemon died in the middle of. */
  Iterable<MoveIntent> intents() throws IOException {
    SortedMap<String, MoveIntent> intents = new TreeMap<>();
    for (Map.Entry<String, byte[]> entry : registry.list(INTENT).entrySet()) {
      intents.put(entry.getKey(), parse(entry.getValue(), MoveIntent.class));
    }
    return intents.values();
  }

  void putRename(RenameIntent intent) throws IOException {
    registry.update(Map.of(renameKey(intent), Optional.of(json(intent))));
  }

  void removeRename(RenameIntent intent) throws IOException {
    registry.update(Map.of(renameKey(intent), Optional.empty()));
  }

  private static String renameKey(RenameIntent intent) {
    return RENAME + intent.namespace() + "/" + intent.dot();
  }

  /** Renames that a daemon died in the middle of. */
  Iterable<RenameIntent> renames() throws IOException {
    SortedMap<String, RenameIntent> renames = new TreeMap<>();
    for (Map.Entry<String, byte[]> entry : registry.list(RENAME).entrySet()) {
      renames.put(entry.getKey(), parse(entry.getValue(), RenameIntent.class));
    }
    return renames.values();
  }

  void putDotRename(DotRenameIntent intent) throws IOException {
    registry.update(Map.of(DOT_RENAME + intent.from(), Optional.of(json(intent))));
  }

  /** The last step of a rename: the record goes over to the new name, and the intent is gone. */
  void renameDot(DotRenameIntent intent) throws IOException {
    Map<String, Optional<byte[]>> changes = new HashMap<>();
    Optional<DotRecord> dot = dot(intent.from());
    if (dot.isPresent()) {
      changes.put(DOT + intent.to(), Optional.of(json(dot.get())));
      changes.put(DOT + intent.from(), Optional.empty());
    }
    changes.put(DOT_RENAME + intent.from(), Optional.empty());
    registry.update(changes);
  }

  /** Renames of dots that a daemon died in the middle of. */
  List<DotRenameIntent> dotRenames() throws IOException {
    List<DotRenameIntent> renames = new ArrayList<>();
    for (byte[] value : registry.list(DOT_RENAME).values()) {
      renames.add(parse(value, DotRenameIntent.class));
    }
    return renames;
  }

  private static byte[] json(Record value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RecordJson.write(out, value);
    return out.toByteArray();
  }

  private static <R extends Record> R parse(byte[] value, Class<R> type) throws IOException {
    return RecordJson.read(new ByteArrayInputStream(value), type);
  }
}
