package io.dotfs.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.daemon.api.HistoryMessages.CommitInfo;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordJsonTest {
  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static <R extends Record> R roundTrip(R value, Class<R> type) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RecordJson.write(out, value);
    return RecordJson.read(new ByteArrayInputStream(out.toByteArray()), type);
  }

  @Test
  void recordsComeBackAsTheyWere() throws IOException {
    CommitInfo commit =
        new CommitInfo(
            "ab12",
            List.of("cd34"),
            "A <a@b>",
            1_700_000_000L,
            -120,
            Map.of("key", "välue\n\u0001"),
            "line one\nline two",
            List.of());
    LogReply reply = new LogReply("admin/shop", "master", List.of(commit));
    assertThat(roundTrip(reply, LogReply.class)).isEqualTo(reply);
    ErrorRecord error = new ErrorRecord(ErrorKind.NO_CURRENT_DOT, "m", Optional.of("h"));
    assertThat(roundTrip(error, ErrorRecord.class)).isEqualTo(error);
  }

  @Test
  void missingIsEmptyAndUnknownIsSkipped() throws IOException {
    DotSelector selector =
        RecordJson.read(bytes("{\"later\":{\"a\":[1,{}]},\"branch\":null}"), DotSelector.class);
    assertThat(selector).isEqualTo(DotSelector.SOLE);
  }

  @Test
  void whatIsNotTheRecordIsRefused() {
    assertThatThrownBy(() -> RecordJson.read(bytes("{}"), DotMessages.InitRequest.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("dot");
    assertThatThrownBy(() -> RecordJson.read(bytes("{\"dot\":5}"), DotMessages.InitRequest.class))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> RecordJson.read(bytes("{\"dot\":\"x"), DotMessages.InitRequest.class))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> RecordJson.read(bytes(""), DotMessages.InitRequest.class))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () ->
                RecordJson.read(
                    bytes("{\"kind\":\"nonsense\",\"message\":\"\"}"), ErrorRecord.class))
        .isInstanceOf(IOException.class);
  }

  @Test
  void pathsOfAnyBytesSurvive() throws IOException {
    byte[] every = new byte[256 + 9];
    for (int i = 0; i < 256; i++) {
      every[i] = (byte) i;
    }
    System.arraycopy("é€😀".getBytes(StandardCharsets.UTF_8), 0, every, 256, 9);
    assertThat(PathText.encode(PathText.decode(every))).isEqualTo(every);
    byte[] replacement = "a\uFFFDb".getBytes(StandardCharsets.UTF_8);
    assertThat(PathText.decode(replacement)).isEqualTo("a\uFFFDb");
    assertThat(PathText.decode("né".getBytes(StandardCharsets.ISO_8859_1))).isEqualTo("n\uDCE9");
    DotMessages.InitRequest request = new DotMessages.InitRequest("n\uDCE9");
    assertThat(roundTrip(request, DotMessages.InitRequest.class)).isEqualTo(request);
  }

  @Test
  void aStreamEndsWithItsResult() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EventWriter writer = new EventWriter(out);
    Progress progress = new Progress("Transferring", "x", 1, 2, 3, 4);
    writer.progress(progress);
    writer.result(new Done());
    List<Progress> seen = new ArrayList<>();
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThat(EventWriter.read(in, Done.class, seen::add)).isEqualTo(new Done());
    assertThat(seen).containsExactly(progress);
  }

  @Test
  void aStreamWithoutAnEndIsAnError() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new EventWriter(out).progress(new Progress("a", "", 0, 0, 0, 0));
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThatThrownBy(() -> EventWriter.read(in, Done.class, ProgressListener.NONE))
        .isInstanceOfSatisfying(
            DaemonException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.DAEMON_UNREACHABLE));
  }

  @Test
  void aStreamCanEndWithAnError() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ErrorRecord error = new ErrorRecord(ErrorKind.DIVERGED, "no", "pull first");
    new EventWriter(out).error(error);
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThatThrownBy(() -> EventWriter.read(in, Done.class, ProgressListener.NONE))
        .isInstanceOfSatisfying(DaemonException.class, e -> assertThat(e.error()).isEqualTo(error));
  }
}
