import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Batches of seven in RocksDB, and whether all of them are there.
 *
 * <pre>
 * Rocks write DIR ACKED   batches of seven numbered keys, each synced; ACKED always holds how many keys are acknowledged. Goes on until it is ended
 * Rocks check DIR LEAST   the keys are 0, 1, 2 ... without a hole, whole batches, at least LEAST; every block's checksum is right; prints how many
 * </pre>
 */
public final class Rocks {
  private static byte[] key(int n) {
    return String.format("%08d", n).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] value(int n) {
    return String.format("%08d", n).repeat(1 + n % 90).getBytes(StandardCharsets.US_ASCII);
  }

  public static void main(String[] args) throws Exception {
    RocksDB.loadLibrary();
    // small tables, so that flushes and compactions happen all the time
    try (Options options =
            new Options().setCreateIfMissing(true).setWriteBufferSize(256 << 10).setTargetFileSizeBase(256 << 10).setParanoidChecks(true);
        RocksDB database = RocksDB.open(options, args[1])) {
      if (args[0].equals("write")) {
        write(database, Path.of(args[2]));
      } else {
        check(database, Integer.parseInt(args[2]));
      }
    }
  }

  private static void write(RocksDB database, Path acked) throws Exception {
    Path next = acked.resolveSibling(acked.getFileName() + ".new");
    try (WriteOptions synced = new WriteOptions().setSync(true)) {
      for (int n = 0; ; ) {
        try (WriteBatch batch = new WriteBatch()) {
          for (int i = 0; i < 7; i++, n++) {
            batch.put(key(n), value(n));
          }
          database.write(synced, batch);
        }
        Files.writeString(next, Integer.toString(n));
        Files.move(next, acked, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static void check(RocksDB database, int least) throws Exception {
    try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
      database.flush(wait);
    }
    database.verifyChecksum();
    int count = 0;
    try (RocksIterator keys = database.newIterator()) {
      for (keys.seekToFirst(); keys.isValid(); keys.next()) {
        if (!java.util.Arrays.equals(keys.key(), key(count)) || !java.util.Arrays.equals(keys.value(), value(count))) {
          throw new IllegalStateException("after " + count + " keys comes " + new String(keys.key(), StandardCharsets.US_ASCII));
        }
        count++;
      }
      keys.status();
    }
    if (count % 7 != 0 || count < least) {
      throw new IllegalStateException(count + " keys, " + least + " were acknowledged, in batches of seven");
    }
    System.out.println(count);
  }
}
