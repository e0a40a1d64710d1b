package io.dotfs.hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dotfs.hub.account.Access;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException.Incomplete;
import io.dotfs.packstream.TransferException.PermissionDenied;
import io.dotfs.packstream.TransferException.UnknownDot;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.testing.TestHome;
import io.dotfs.packstream.transfer.Fetch;
import io.dotfs.packstream.transfer.FetchRequest;
import io.dotfs.packstream.transfer.Progress;
import io.dotfs.packstream.transfer.Push;
import io.dotfs.packstream.transfer.PushRequest;
import io.dotfs.packstream.transport.Credentials;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.transport.RemoteUrl;
import io.dotfs.packstream.wire.FetchQuery;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.RefUpdate;
import io.dotfs.packstream.wire.RemoteDot;
import io.dotfs.packstream.wire.SessionId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody gets at anything that was not granted, nor finds out that it is there. */
final class HubAccessTest {
  private static final DotName ANNS = new DotName("ann", "shop");
  @TempDir private Path temporary;
  private TestHub hub;
  private TestHome ann;
  private TestHome bob;
  private Remote asAnn;
  private Remote asBob;

  @BeforeEach
  void start() throws Exception {
    hub = new TestHub(temporary.resolve("hub"));
    ann = new TestHome(temporary.resolve("ann"));
    bob = new TestHome(temporary.resolve("bob"));
    asAnn = hub.connect("ann");
    asBob = hub.connect("bob");
  }

  @AfterEach
  void stop() throws Exception {
    asAnn.close();
    asBob.close();
    ann.close();
    bob.close();
    hub.close();
  }

  private static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private ObjectId annPushes() throws Exception {
    ObjectId tip = ann.commit("shop", "master", Map.of("secret", bytes(1, 40_000)));
    new Push(asAnn, ann.dot("shop"))
        .run(PushRequest.branch(ANNS, "master", tip, "hub"), Progress.none());
    return tip;
  }

  private void bobFetches() throws Exception {
    new Fetch(asBob, bob.dot("shop"))
        .run(new FetchRequest(ANNS, Optional.empty(), true, "hub"), Progress.none());
  }

  @Test
  void aWrongKeyIsPermissionDenied() throws Exception {
    Credentials wrong = Credentials.of("ann", "dm_wrong");
    try (Remote remote = Remote.open(RemoteUrl.parse("ann@127.0.0.1:" + hub.port()), wrong)) {
      assertThatThrownBy(remote::listDots)
          .isInstanceOf(PermissionDenied.class)
          .hasMessage("Permission denied. Please check that your API key is still valid.");
    }
  }

  @Test
  void aRemovedKeyIsPermissionDenied() throws Exception {
    assertThat(asAnn.listDots()).isEmpty();
    hub.accounts.removeKey("ann", hub.accounts.keys("ann").get(0).id());
    assertThatThrownBy(asAnn::listDots).isInstanceOf(PermissionDenied.class);
  }

  @Test
  void aHubThatIsDownIsOneClearLine() throws Exception {
    int port = hub.port();
    hub.close();
    ObjectId tip = ann.commit("shop", "master", Map.of("a", bytes(1, 10)));
    assertThatThrownBy(
            () ->
                new Push(asAnn, ann.dot("shop"))
                    .run(PushRequest.branch(ANNS, "master", tip, "hub"), Progress.none()))
        .isInstanceOf(Unreachable.class)
        .hasMessage("cannot reach 127.0.0.1:" + port + ": connection refused");
    hub = new TestHub(temporary.resolve("hub2"));
  }

  @Test
  void aDotThatOneMayNotReadLooksLikeNone() throws Exception {
    annPushes();
    Throwable hidden = catchThrowable(() -> asBob.refs(ANNS));
    Throwable absent = catchThrowable(() -> asBob.refs(new DotName("ann", "none")));

    assertThat(hidden).isInstanceOf(UnknownDot.class);
    assertThat(hidden.getMessage().replace("shop", "none")).isEqualTo(absent.getMessage());
    assertThat(asBob.listDots()).isEmpty();
    assertThatThrownBy(this::bobFetches).isInstanceOf(UnknownDot.class);
    for (String dot : List.of("shop", "none")) {
      ObjectId tip = bob.commit(dot, "master", Map.of("b", bytes(2, 10)));
      assertThatThrownBy(
              () ->
                  new Push(asBob, bob.dot(dot))
                      .run(
                          PushRequest.branch(new DotName("ann", dot), "master", tip, "hub"),
                          Progress.none()))
          .isInstanceOf(UnknownDot.class);
    }
  }

  @Test
  void grantsPermitWhatTheySay() throws Exception {
    ObjectId tip = annPushes();
    hub.accounts.grant(ANNS, "bob", Access.READ);
    bobFetches();
    assertThat(bob.read(tip, "secret")).isEqualTo(bytes(1, 40_000));
    assertThat(asBob.listDots()).containsExactly(new RemoteDot(ANNS, false));

    bob.setRef("shop", "heads/master", tip);
    ObjectId next = bob.commit("shop", "master", Map.of("b", bytes(2, 10)));
    Push push = new Push(asBob, bob.dot("shop"));
    PushRequest request = PushRequest.branch(ANNS, "master", next, "hub");
    assertThatThrownBy(() -> push.run(request, Progress.none()))
        .isInstanceOf(PermissionDenied.class)
        .hasMessageContaining("ann/shop");
    assertThatThrownBy(() -> asBob.push(ANNS, header(next), source(List.of())))
        .isInstanceOf(PermissionDenied.class);

    hub.accounts.grant(ANNS, "bob", Access.WRITE);
    push.run(request, Progress.none());
    assertThat(asAnn.refs(ANNS).branch("master")).contains(next);

    hub.accounts.revoke(ANNS, "bob");
    assertThatThrownBy(this::bobFetches).isInstanceOf(UnknownDot.class);
  }

  @Test
  void knowingAnIdGivesNobodyItsContent() throws Exception {
    ObjectId secret = annPushes();
    ObjectId forged = bob.commit("mine", "master", Map.of("secret", bytes(1, 40_000)));
    List<StoredObject> all = new ArrayList<>();
    new ObjectWalk(bob.store())
        .missing(List.of(forged), List.of(), (id, type) -> all.add(bob.store().readStored(id)));
    List<StoredObject> withoutChunks =
        all.stream().filter(object -> object.type() != ObjectType.CHUNK).toList();
    List<ObjectId> chunks =
        all.stream()
            .filter(object -> object.type() == ObjectType.CHUNK)
            .map(StoredObject::id)
            .toList();
    DotName mine = new DotName("bob", "mine");

    // A tree of bob's that names ann's chunks, which he knows the ids of but does not send.
    assertThatThrownBy(() -> asBob.push(mine, header(forged), source(withoutChunks)))
        .isInstanceOf(Incomplete.class);
    // Nor does his quarantine, or the hub, tell him whether they exist.
    List<ObjectId> asked = new ArrayList<>(chunks);
    asked.add(secret);
    new Push(asBob, bob.dot("mine"))
        .run(
            PushRequest.branch(
                mine, "other", bob.commit("mine", "other", Map.of("b", bytes(3, 10))), "hub"),
            Progress.none());
    assertThat(asBob.have(mine, new SessionId(1, 1), asked).isEmpty()).isTrue();
    for (ObjectId id : asked) {
      FetchQuery query = new FetchQuery(List.of(id), List.of());
      assertThatThrownBy(() -> asBob.list(mine, query)).isInstanceOf(Incomplete.class);
      assertThatThrownBy(() -> asBob.list(ANNS, query)).isInstanceOf(UnknownDot.class);
    }
    assertThat(asBob.commits(mine, List.of(secret), List.of(), 10)).isEmpty();
  }

  @Test
  void whatOneUserLeftInQuarantineServesNoOther() throws Exception {
    annPushes();
    hub.accounts.grant(ANNS, "bob", Access.WRITE);
    ObjectId next = ann.commit("shop", "master", Map.of("new", bytes(9, 60_000)));
    List<StoredObject> all = new ArrayList<>();
    ObjectId base = asAnn.refs(ANNS).branch("master").orElseThrow();
    new ObjectWalk(ann.store())
        .missing(List.of(next), List.of(base), (id, type) -> all.add(ann.store().readStored(id)));
    List<StoredObject> some = all.subList(0, all.size() - 1);
    PushHeader header =
        new PushHeader(
            new SessionId(5, 5),
            List.of(new RefUpdate("heads/master", Optional.of(base), next, false)),
            all.size(),
            0);
    assertThatThrownBy(() -> asAnn.push(ANNS, header, source(some))).isInstanceOf(Incomplete.class);
    List<ObjectId> ids = some.stream().map(StoredObject::id).toList();

    assertThat(asAnn.have(ANNS, new SessionId(5, 6), ids).cardinality()).isEqualTo(ids.size());
    assertThat(asBob.have(ANNS, new SessionId(5, 7), ids).isEmpty()).isTrue();
    assertThat(asBob.refs(ANNS).quarantined()).isZero();
    assertThatThrownBy(() -> asBob.push(ANNS, header, source(List.of(all.get(all.size() - 1)))))
        .isInstanceOf(Incomplete.class);
  }

  @Test
  void whoTriesKeysIsSlowedDown() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    int refused = 0;
    int status = 401;
    while (status == 401 && refused < 100) {
      status = get(client, "/v1/dots", Optional.of("Basic YW5uOndyb25n")).statusCode();
      refused++;
    }
    assertThat(status).isEqualTo(429);
    assertThat(refused).isGreaterThan(WrongKeys.BURST);
  }

  @Test
  void strangersSeeAPageWithoutSecrets() throws Exception {
    annPushes();
    HttpClient client = HttpClient.newHttpClient();
    HttpResponse<String> page = get(client, "/", Optional.empty());
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(page.body()).contains("dotfs hub").doesNotContain("ann", "shop");
    assertThat(get(client, "/v1/dots", Optional.empty()).statusCode()).isEqualTo(401);
    for (String path :
        List.of("/v1/dot/ann/shop", "/v1/dot/ann/%2e%2e/refs", "/v1/dot/ann/shop/refs/x", "/x")) {
      assertThat(get(client, path, Optional.empty()).statusCode()).as(path).isIn(400, 404);
    }
  }

  private HttpResponse<String> get(HttpClient client, String path, Optional<String> authorization)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.port() + path));
    authorization.ifPresent(value -> request.header("Authorization", value));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static PushHeader header(ObjectId target) {
    return new PushHeader(
        new SessionId(3, 4),
        List.of(new RefUpdate("heads/master", Optional.empty(), target, false)),
        1000,
        0);
  }

  private static ObjectSource source(List<StoredObject> objects) {
    Iterator<StoredObject> left = objects.iterator();
    return new ObjectSource() {
      @Override
      public Optional<StoredObject> next() {
        return left.hasNext() ? Optional.of(left.next()) : Optional.empty();
      }

      @Override
      public void close() {}
    };
  }
}
