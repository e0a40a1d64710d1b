package io.dotfs.daemon.docker;

import java.util.HashMap;
import java.util.Map;

/**
 * A volume as Docker knows it, kept in the home's registry.
 *
 * @param name as Docker says it
 * @param options of its creation
 * @param createdAtMillis since the epoch
 * @param bootId of the boot in which {@code uses} were counted
 * @param uses how often Docker has mounted it under each id and not unmounted it since
 */
public record VolumeRecord(
    String name,
    Map<String, String> options,
    long createdAtMillis,
    String bootId,
    Map<String, Long> uses) {
  public VolumeRecord {
    options = Map.copyOf(options);
    uses = Map.copyOf(uses);
  }

  boolean isUsed() {
    return !uses.isEmpty();
  }

  boolean isReadOnly() {
    return options.getOrDefault("readonly", "false").equals("true");
  }

  /** Once more (+1) or once less (-1) under that id. */
  VolumeRecord counted(String id, long difference) {
    Map<String, Long> now = new HashMap<>(uses);
    long count = now.getOrDefault(id, 0L) + difference;
    if (count > 0) {
      now.put(id, count);
    } else {
      now.remove(id);
    }
    return new VolumeRecord(name, options, createdAtMillis, bootId, now);
  }

  /** After a boot: no container of an earlier one runs. */
  VolumeRecord unused(String newBootId) {
    return new VolumeRecord(name, options, createdAtMillis, newBootId, Map.of());
  }
}
