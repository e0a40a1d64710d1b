package io.dotfs.objectstore.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.archive.TarFixture.Tar;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tars that other programs make, and tars that nobody should. */
class TarImportTest {
  @TempDir private Path directory;
  private TarFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new TarFixture(directory);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private void refused(byte[] tar, String why) throws Exception {
    long before = stored();
    assertThatThrownBy(() -> fixture.load(tar))
        .isInstanceOf(BadArchiveException.class)
        .hasMessageContaining(why);
    assertThat(stored()).as("nothing is visible").isEqualTo(before);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(Path::getFileName).map(Path::toString)).containsOnly("store");
    }
  }

  private long stored() {
    return fixture.store().packs().size();
  }

  @Test
  void orderDoesNotMatterAndLinksMeetTheirFiles() throws Exception {
    DirectoryRef one =
        fixture
            .load(
                new Tar()
                    .directory("./")
                    .directory("./d/")
                    .file("./d/a", "one")
                    .link("d/b", "./d/a")
                    .symlink("z", "/etc/passwd")
                    .bytes())
            .root();
    DirectoryRef other =
        fixture
            .load(
                new Tar()
                    .symlink("z", "/etc/passwd")
                    .link("./d/b", "d/a")
                    .file("d//a", "one")
                    .directory("d/./")
                    .bytes())
            .root();
    assertThat(other).isEqualTo(one);
    assertThat(fixture.find(one, "d/a").attributes().linkGroup()).isPresent();
    assertThat(fixture.find(one, "d/a").attributes())
        .isEqualTo(fixture.find(one, "d/b").attributes());
    assertThat(one.totals().linkedNames()).isEqualTo(2);
  }

  @Test
  void namesThatLeadElsewhereAreRefused() throws Exception {
    refused(new Tar().file("../x", "").bytes(), "'../x' in the tar leads out of the tree");
    refused(new Tar().file("a/../../x", "").bytes(), "leads out of the tree");
    refused(new Tar().file("a/..", "").bytes(), "leads out of the tree");
    refused(new Tar().file("/etc/passwd", "").bytes(), "'/etc/passwd' in the tar is absolute");
    refused(new Tar().file("a", "").link("b", "../a").bytes(), "leads out of the tree");
    refused(new Tar().file("a", "").link("b", "/etc/passwd").bytes(), "is absolute");
    refused(new Tar().link("b", "a").bytes(), "is a hard link to 'a', which is no file there");
    refused(new Tar().directory("a").link("b", "a").bytes(), "which is no file there");
    refused(new Tar().link("b", "b").bytes(), "a link to itself");
    refused(new Tar().file("n".repeat(256), "").bytes(), "a name that no file can have");
    refused(new Tar().file("d/".repeat(5000) + "x", "").bytes(), "more than 4096 deep");
    refused(new Tar().file("d/".repeat(40000) + "x", "").bytes(), "longer than 65536 bytes");
    refused(new Tar().file("./", "").type("a", '0').type(".", '0').bytes(), "no directory");
  }

  @Test
  void nothingIsWrittenThroughALink() throws Exception {
    refused(
        new Tar().symlink("a", "/tmp").file("a/x", "evil").bytes(),
        "'a/x' in the tar leads through something that is no directory");
    refused(new Tar().file("a/x", "").symlink("a", "/tmp").bytes(), "no directory");
    refused(new Tar().file("a", "").directory("a/b/c/").bytes(), "no directory");
  }

  @Test
  void namesThatComeTwiceAreRefused() throws Exception {
    refused(new Tar().file("a", "1").file("./a", "2").bytes(), "'a' is in the tar twice");
    refused(new Tar().file("a", "1").directory("a").bytes(), "'a' is in the tar twice");
    refused(new Tar().directory("a").file("a", "1").bytes(), "'a' is in the tar twice");
    refused(new Tar().file("b", "1").file("a", "").link("b", "a").bytes(), "twice");
    DirectoryRef twice =
        fixture.load(new Tar().directory("d").file("d/x", "").directory("d/").bytes()).root();
    assertThat(twice.totals().files()).isEqualTo(1);
  }

  @Test
  void whatIsCutOrDamagedIsRefused() throws Exception {
    byte[] tar = new Tar().file("a", "x".repeat(3000)).file("b".repeat(250), "y").bytes();
    int end = tar.length - 1;
    while (tar[end] == 0) {
      end--;
    }
    for (int cut : new int[] {1, 511, 512, 1000, 2048, 4096, 4608, 5000, end}) {
      String why = cut < 512 ? "no tar" : "it is not whole";
      refused(Arrays.copyOf(tar, cut), why);
    }
    byte[] trailing = Arrays.copyOf(tar, tar.length + 512);
    trailing[tar.length + 5] = 1;
    refused(trailing, "something behind the end");
    Random random = new Random(7);
    byte[] noise = new byte[20_000];
    random.nextBytes(noise);
    refused(noise, "this is no tar");
    refused("PK\3\4".getBytes(StandardCharsets.ISO_8859_1), "this is no tar");
    refused(new byte[0], "this is no tar");
    byte[] header = tar.clone();
    header[0] ^= 1;
    refused(header, "this is no tar");
    byte[] second = tar.clone();
    second[512 + 3072] ^= 1;
    refused(second, "wrong checksum");
    refused(new Tar().type("a", 'Z').bytes(), "unknown type");
    refused(new Tar().type("a", 'M').bytes(), "part of several");
  }

  /** Flips every byte of a tar's headers in turn: another tree or a line, and no other failure. */
  @Test
  void noByteMakesItFailInAnotherWay() throws Exception {
    byte[] tar =
        new Tar().file("a", "x").link("b", "a").file("c".repeat(150), "z").directory("d").bytes();
    int taken = 0;
    for (int i = 0; i < tar.length; i++) {
      byte[] bad = tar.clone();
      bad[i] ^= 0x41;
      int block = i / 512 * 512;
      byte[] header = Arrays.copyOfRange(bad, block, block + 512);
      TarFormat.sum(header);
      if (i % 2 == 0) {
        System.arraycopy(header, 0, bad, block, 512); // an adversary sums again
      }
      try {
        fixture.load(bad);
        taken++;
      } catch (BadArchiveException e) {
        assertThat(e.getMessage()).doesNotContain("\n").isNotBlank();
      }
    }
    assertThat(taken).isPositive();
  }

  @Test
  void declaredSizesTakeNoMemory() throws Exception {
    byte[] huge = new Tar().file("a", "x").open();
    byte[] header = Arrays.copyOf(huge, 512);
    Arrays.fill(header, TarFormat.SIZE, TarFormat.SIZE + TarFormat.LONG_LENGTH, (byte) 0);
    header[TarFormat.SIZE] = (byte) 0x80;
    header[TarFormat.SIZE + 5] = 0x7f;
    TarFormat.sum(header);
    refused(new Tar().raw(header).raw(new byte[4096]).open(), "not whole");
    byte[] extended = Arrays.copyOf(huge, 512);
    extended[TarFormat.TYPE] = 'x';
    TarFormat.octal(extended, TarFormat.SIZE, TarFormat.LONG_LENGTH, 1L << 32);
    TarFormat.sum(extended);
    refused(extended, "which is too much");
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (String[] record :
        new String[][] {
          {"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"},
          {"GNU.sparse.realsize", "4611686018427387904"}, {"GNU.sparse.name", "bomb"}
        }) {
      PaxRecords.encode(records, record[0], record[1].getBytes(StandardCharsets.US_ASCII));
    }
    byte[] map = Arrays.copyOf("999999999\n".getBytes(StandardCharsets.US_ASCII), 512);
    byte[] sparse = Arrays.copyOf(huge, 512);
    TarFormat.octal(sparse, TarFormat.SIZE, TarFormat.LONG_LENGTH, 512);
    TarFormat.sum(sparse);
    TarFormat.octal(extended, TarFormat.SIZE, TarFormat.LONG_LENGTH, records.size());
    TarFormat.sum(extended);
    byte[] padded = Arrays.copyOf(records.toByteArray(), 512);
    refused(new Tar().raw(extended).raw(padded).raw(sparse).raw(map).bytes(), "too many parts");
    byte[] one =
        Arrays.copyOf("1\n4611686018427387904\n0\n".getBytes(StandardCharsets.US_ASCII), 512);
    DirectoryRef hole =
        fixture.load(new Tar().raw(extended).raw(padded).raw(sparse).raw(one).bytes()).root();
    assertThat(fixture.find(hole, "bomb").content()).isEqualTo(FileContent.hole(1L << 62));
  }

  @Test
  void zerosOfOthersBecomeHoles() throws Exception {
    DirectoryRef tree = fixture.load(new Tar().file("z", "\0".repeat(50_000)).bytes()).root();
    assertThat(fixture.find(tree, "z").content()).isEqualTo(FileContent.hole(50_000));
  }

  @Test
  void manyEntriesAndLargeFilesGoThrough() throws Exception {
    Tar tar = new Tar();
    String text = "0123456789abcde\n".repeat(200_000);
    tar.file("large", text);
    for (int i = 0; i < 30_000; i++) {
      tar.file("d" + (i * 7919 % 100) + "/file number " + (i * 104_729 % 30_000), "text " + i);
    }
    TarImport.Imported imported = fixture.load(tar.bytes());
    assertThat(imported.members()).isEqualTo(30_001);
    assertThat(imported.root().totals().files()).isEqualTo(30_001);
    FileContent large = (FileContent) fixture.find(imported.root(), "large").content();
    java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(text.length());
    new FileReader(fixture.store()).read(large, 0, bytes);
    assertThat(ByteName.of(bytes.flip()).toString()).isEqualTo(text);
  }

  @Test
  void aSourceThatFailsIsNotTheTarsFault() throws Exception {
    byte[] tar = new Tar().file("a", "x").open();
    InputStream failing =
        new SequenceInputStream(
            new ByteArrayInputStream(tar),
            new InputStream() {
              @Override
              public int read() throws java.io.IOException {
                throw new java.io.IOException("the client has gone");
              }
            });
    assertThatThrownBy(() -> fixture.load(failing))
        .isNotInstanceOf(BadArchiveException.class)
        .hasMessage("the client has gone");
    assertThat(stored()).isZero();
  }
}
