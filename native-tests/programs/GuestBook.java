import com.datastax.driver.core.Cluster;
import com.datastax.driver.core.ConsistencyLevel;
import com.datastax.driver.core.PreparedStatement;
import com.datastax.driver.core.Row;
import com.datastax.driver.core.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.BitSet;

/**
 * A guest book in Cassandra, and whether all of it is there.
 *
 * <pre>
 * GuestBook write PORT ACKED          numbered entries, one after the other; ACKED always holds the last acknowledged number. Goes on until it is ended
 * GuestBook check PORT LEAST [MOST]   the entries are 1, 2, 3 ... without a hole, at least LEAST of them; prints how many
 * </pre>
 */
public final class GuestBook {
  public static void main(String[] args) throws Exception {
    try (Cluster cluster =
            Cluster.builder()
                .addContactPoint("127.0.0.1")
                .withPort(Integer.parseInt(args[1]))
                .withoutJMXReporting()
                .withoutMetrics()
                .build();
        Session session = cluster.connect()) {
      if (args[0].equals("write")) {
        write(session, Path.of(args[2]));
      } else {
        check(session, Integer.parseInt(args[2]), args.length > 3 ? Integer.parseInt(args[3]) : Integer.MAX_VALUE);
      }
    }
  }

  private static String entry(int number) {
    return "entry " + number + " ✓ Grüße \uD83D\uDC18" + "x".repeat(number % 400);
  }

  private static void write(Session session, Path acked) throws Exception {
    session.execute("create keyspace if not exists book with replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    session.execute("create table if not exists book.guest (page int, number int, entry text, primary key (page, number))");
    PreparedStatement insert = session.prepare("insert into book.guest (page, number, entry) values (?, ?, ?)");
    insert.setConsistencyLevel(ConsistencyLevel.ONE);
    Path next = acked.resolveSibling(acked.getFileName() + ".new");
    for (int number = 1; ; number++) {
      session.execute(insert.bind(number % 50, number, entry(number)));
      Files.writeString(next, Integer.toString(number));
      Files.move(next, acked, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void check(Session session, int least, int most) {
    BitSet seen = new BitSet();
    for (Row row : session.execute("select number, entry from book.guest")) {
      int number = row.getInt(0);
      if (!entry(number).equals(row.getString(1))) {
        throw new IllegalStateException("entry " + number + " says " + row.getString(1));
      }
      seen.set(number);
    }
    int count = seen.cardinality();
    if (count != seen.length() - 1 || count < least || count > most) {
      throw new IllegalStateException(
          count + " entries up to number " + (seen.length() - 1) + "; expected are " + least + " to " + most + " without a hole");
    }
    System.out.println(count);
  }
}
