package io.dotfs.fusefs.overlay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * {@link MetaStore} on RocksDB, one column family per {@link Table}. The write-ahead log is always
 * on and handed to the operating system with every write, never kept in the process; it reaches the
 * disk in {@link #sync} alone, where one flush serves all who wait.
 */
final class RocksMetaStore implements MetaStore {
  private static final long BLOCK_CACHE_BYTES = 64L << 20;
  private static final long MEMTABLE_BYTES = 96L << 20;
  private static final long MAX_LOG_BYTES = 256L << 20;

  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
  private final RocksDB db;
  private final WriteOptions writeOptions;
  private final ReadOptions readOptions;

  private final AtomicLong writes = new AtomicLong();
  private final ReentrantLock syncLock = new ReentrantLock();

  @GuardedBy("syncLock")
  private long synced;

  private volatile long syncedSeen;

  private RocksMetaStore(Path directory) throws IOException {
    RocksDB.loadLibrary();
    Files.createDirectories(directory);
    LRUCache cache = own(new LRUCache(BLOCK_CACHE_BYTES));
    WriteBufferManager buffers = own(new WriteBufferManager(MEMTABLE_BYTES, cache));
    BlockBasedTableConfig tables =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setFilterPolicy(own(new BloomFilter(10)))
            .setCacheIndexAndFilterBlocks(true)
            .setBlockSize(8 << 10);
    ColumnFamilyOptions familyOptions =
        own(
            new ColumnFamilyOptions()
                .setTableFormatConfig(tables)
                .setWriteBufferSize(32 << 20)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setLevelCompactionDynamicLevelBytes(true));
    DBOptions options =
        own(
            new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWriteBufferManager(buffers)
                .setMaxBackgroundJobs(2)
                .setMaxTotalWalSize(MAX_LOG_BYTES)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(4 << 20)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL));
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions));
    for (Table table : Table.values()) {
      descriptors.add(new ColumnFamilyDescriptor(table.columnFamily(), familyOptions));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      db = RocksDB.open(options, directory.toString(), descriptors, handles);
    } catch (RocksDBException e) {
      throw new IOException("cannot open the database " + directory + ": " + e.getMessage(), e);
    }
    handles.forEach(this::own);
    int family = 1;
    for (Table table : Table.values()) {
      families.put(table, handles.get(family++));
    }
    writeOptions = own(new WriteOptions());
    readOptions = own(new ReadOptions());
  }

  /**
   * Opens or creates the database in {@code directory}.
   *
   * @throws IOException if it cannot be opened, for example because another process has it
   */
  static RocksMetaStore open(Path directory) throws IOException {
    return new RocksMetaStore(directory);
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  private ColumnFamilyHandle family(Table table) {
    ColumnFamilyHandle handle = families.get(table);
    if (handle == null) {
      throw new IllegalStateException("no table " + table);
    }
    return handle;
  }

  @Override
  public Optional<byte[]> get(Table table, byte[] key) throws IOException {
    try {
      return Optional.ofNullable(db.get(family(table), readOptions, key));
    } catch (RocksDBException e) {
      throw new IOException("cannot read " + table + ": " + e.getMessage(), e);
    }
  }

  /**
   * {@inheritDoc} For a key that is absent {@code RocksDB.get} throws a C++ exception within its
   * native part, which takes more than twice the time of all the rest; {@code keyMayExist} does
   * not, and is sure when it says no. The value that it may give along is not to be trusted: where
   * a block was not in memory it came out empty.
   */
  @Override
  public Optional<byte[]> find(Table table, byte[] key) throws IOException {
    return db.keyMayExist(family(table), readOptions, key, null)
        ? get(table, key)
        : Optional.empty();
  }

  @Override
  public MetaBatch newBatch() {
    return new RocksBatch();
  }

  @Override
  public long write(MetaBatch batch) throws IOException {
    RocksBatch rocks = (RocksBatch) batch;
    try {
      db.write(writeOptions, rocks.batch);
    } catch (RocksDBException e) {
      throw new IOException("cannot write metadata: " + e.getMessage(), e);
    } finally {
      rocks.batch.clear();
    }
    return writes.incrementAndGet();
  }

  @Override
  public long lastWrite() {
    return writes.get();
  }

  @Override
  public long lastSync() {
    return syncedSeen;
  }

  @Override
  public void sync(long upTo) throws IOException {
    if (syncedSeen >= upTo) {
      return;
    }
    syncLock.lock();
    try {
      if (synced >= upTo) {
        return;
      }
      long covered = writes.get();
      db.syncWal();
      synced = covered;
      syncedSeen = covered;
    } catch (RocksDBException e) {
      throw new IOException("cannot flush the metadata log: " + e.getMessage(), e);
    } finally {
      syncLock.unlock();
    }
  }

  @Override
  public MetaCursor cursor(Table table, byte[] from, byte[] to) {
    return new RocksCursor(db, family(table), from, to);
  }

  @Override
  public void close() throws IOException {
    try {
      db.syncWal();
    } catch (RocksDBException e) {
      throw new IOException("cannot flush the metadata log: " + e.getMessage(), e);
    } finally {
      for (ColumnFamilyHandle handle : families.values()) {
        handle.close();
      }
      db.close();
      for (int i = owned.size() - 1; i >= 0; i--) {
        if (!(owned.get(i) instanceof ColumnFamilyHandle)) {
          closeQuietly(owned.get(i));
        }
      }
    }
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing native options does not fail", e);
    }
  }

  private final class RocksBatch implements MetaBatch {
    final WriteBatch batch = new WriteBatch();

    @Override
    public void put(Table table, byte[] key, byte[] value) {
      try {
        batch.put(family(table), key, value);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void delete(Table table, byte[] key) {
      try {
        batch.delete(family(table), key);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      try {
        batch.deleteRange(family(table), from, to);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean isEmpty() {
      return batch.count() == 0;
    }

    @Override
    public void clear() {
      batch.clear();
    }

    @Override
    public void close() {
      batch.close();
    }
  }

  private static final class RocksCursor implements MetaCursor {
    private final Slice upper;
    private final ReadOptions options;
    private final RocksIterator iterator;
    private final byte[] from;
    private boolean started;

    RocksCursor(RocksDB db, ColumnFamilyHandle family, byte[] from, byte[] to) {
      this.from = from;
      upper = new Slice(to);
      options = new ReadOptions().setIterateUpperBound(upper);
      iterator = db.newIterator(family, options);
    }

    @Override
    public boolean next() throws IOException {
      if (started) {
        iterator.next();
      } else {
        started = true;
        iterator.seek(from);
      }
      if (iterator.isValid()) {
        return true;
      }
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw new IOException("cannot read metadata: " + e.getMessage(), e);
      }
      return false;
    }

    @Override
    public byte[] key() {
      return iterator.key();
    }

    @Override
    public byte[] value() {
      return iterator.value();
    }

    @Override
    public void close() {
      iterator.close();
      options.close();
      upper.close();
    }
  }
}
