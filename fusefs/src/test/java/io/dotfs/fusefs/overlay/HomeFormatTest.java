package io.dotfs.fusefs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeFormatTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"meta/CURRENT", "meta", "overlay", "objects"})
  void aHomeThatLostAPartIsNotMadeAnew(String part) throws Exception {
    Home.open(directory).close();
    Path away = directory.resolveSibling(directory.getFileName() + ".away");
    Files.move(directory.resolve(part), away);
    // Once is not enough: what a first attempt leaves must not make a second one succeed.
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> Home.open(directory).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has lost its " + part);
    }
    assertThat(directory.resolve(part)).doesNotExist();
    Files.move(away, directory.resolve(part));
    Home.open(directory).close();
  }

  @Test
  void aHomeWithoutTheRecordIsOpenedAndGetsIt() throws Exception {
    Home.open(directory).close();
    Files.delete(directory.resolve("format"));
    Home.open(directory).close();
    assertThat(directory.resolve("format")).hasContent("1");
  }

  @Test
  void aLayoutOfTheFutureIsRefused() throws Exception {
    Home.open(directory).close();
    Files.writeString(directory.resolve("format"), "2\n");
    assertThatThrownBy(() -> Home.open(directory).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("layout 1");
    assertThat(directory.resolve("format")).hasContent("2");
  }
}
