package io.dotfs.fusefs.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the kernel reads ahead on a mount. It gives every FUSE mount 128 KiB, and lets the server
 * only lower that at INIT; {@code /sys/class/bdi} raises it, for root. With it a sequential read
 * asks in requests as large as they can be, the next one while the one before is consumed.
 */
final class ReadAhead {
  /** One request of the greatest size; more would make each fault of a mapping read more, too. */
  static final int KIB = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
  private static final Path DEVICES = Path.of("/sys/class/bdi");

  private ReadAhead() {}

  /**
   * Sets it for the mount of {@code device}. Where that is not permitted, or {@code /sys} is not
   * there, the kernel's own value stays: reading is slower then, nothing else.
   */
  static void set(DeviceNumber device) {
    Path file = DEVICES.resolve(device.toString()).resolve("read_ahead_kb");
    byte[] value = Integer.toString(KIB).getBytes(StandardCharsets.US_ASCII);
    try {
      Files.write(file, value, StandardOpenOption.WRITE);
    } catch (IOException e) {
      LOG.debug("the kernel's own read-ahead stays: {}", e.toString());
    }
  }
}
