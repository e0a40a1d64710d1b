package io.dotfs.packstream.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.TransferException.Incomplete;
import io.dotfs.packstream.TransferException.ProtocolMismatch;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.testing.RemoteContract;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DirectoryRemoteTest extends RemoteContract {
  @Override
  protected Remote connect() throws Exception {
    return Remote.open(
        RemoteUrl.parse("file://" + temporary.resolve("remote")), Credentials.local());
  }

  @Test
  void aDirectoryThatHoldsSomethingElseIsLeftAlone() throws Exception {
    Path other = Files.createDirectories(temporary.resolve("other"));
    Files.writeString(other.resolve("thesis.txt"), "chapter 1");
    ann.commit("shop", "master", Map.of("a", bytes(1, 10)));
    remote = Remote.open(RemoteUrl.parse("file://" + other), Credentials.local());

    assertThatThrownBy(() -> push(ann, "master"))
        .isInstanceOfAny(ProtocolMismatch.class, Unreachable.class);
    try (var entries = Files.list(other)) {
      assertThat(entries).hasSize(1);
    }
  }

  @Test
  void whatABrokenPushLeftBehindDoesNotComeAlongWithAnotherOne() throws Exception {
    ObjectId left;
    try (PackWriter writer = bob.store().begin()) {
      left = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes(5, 5000)));
      writer.finish();
    }
    ObjectId tip = ann.commit("shop", "master", Map.of("a", bytes(1, 5000)));
    assertThatThrownBy(
            () -> remote.push(dot, header(tip, 1), source(List.of(bob.store().readStored(left)))))
        .isInstanceOf(Incomplete.class);
    assertThat(remote.refs(dot).quarantined()).isPositive();

    push(ann, "master");

    assertThat(remote.refs(dot).quarantined()).isZero();
    Path place = temporary.resolve("remote/dots/admin/shop");
    assertThat(place.resolve("quarantine").resolve(Credentials.local().user())).doesNotExist();
    try (ObjectStore store = ObjectStore.open(place.resolve("objects"))) {
      assertThat(store.contains(tip)).isTrue();
      assertThat(store.contains(left)).isFalse();
    }
  }

  @Test
  void aDirectoryThatIsNotThereIsUnreachable() throws Exception {
    Path none = temporary.resolve("none");
    remote = Remote.open(RemoteUrl.parse("file://" + none), Credentials.local());

    assertThatThrownBy(() -> remote.listDots())
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining(none.toString());
    assertThat(none).doesNotExist();
  }
}
