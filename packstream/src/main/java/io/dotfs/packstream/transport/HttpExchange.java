package io.dotfs.packstream.transport;

import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.LimitExceeded;
import io.dotfs.packstream.TransferException.PermissionDenied;
import io.dotfs.packstream.TransferException.ProtocolMismatch;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.wire.ErrorCodec;
import io.dotfs.packstream.wire.WireLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * HTTP/1.1 to a hub. The key goes in the {@code Authorization} header (RFC 7617), to that hub
 * alone: redirects are not followed.
 */
final class HttpExchange implements Exchange {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final long STALL_NANOS = Duration.ofMinutes(2).toNanos();
  private static final long ANSWER_NANOS = Duration.ofMinutes(30).toNanos();
  private static final long LOOK_SECONDS = 5;
  private static final DotName NO_DOT = new DotName("-", "-");
  private final RemoteUrl.Hub hub;
  private final String authorization;
  private final HttpClient client;

  HttpExchange(RemoteUrl.Hub hub, Credentials credentials) {
    this.hub = hub;
    String pair = credentials.user() + ":" + credentials.key().orElse("");
    authorization =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @Override
  public InputStream call(Operation operation, Optional<DotName> dot, InputStream request)
      throws TransferException {
    WatchedStream body = new WatchedStream(request);
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(hub.base() + operation.path(dot)))
            .header("Authorization", authorization)
            .header("Accept", Operation.MEDIA_TYPE);
    if (operation.method().equals("POST")) {
      builder
          .header("Content-Type", Operation.MEDIA_TYPE)
          .POST(BodyPublishers.ofInputStream(() -> body));
    } else {
      builder.GET();
    }
    try {
      HttpResponse<InputStream> response = await(builder.build(), body);
      if (response.statusCode() == 200 && isOurs(response)) {
        return WatchedStream.closedOnStall(response.body(), STALL_NANOS);
      }
      throw refusal(response, dot.orElse(NO_DOT));
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unreachable("interrupted while talking to " + place(), e);
    }
  }

  /**
   * Waits for the head of the answer as long as the request makes headway, and then as long as the
   * other side may need to verify what it received.
   */
  private HttpResponse<InputStream> await(HttpRequest request, WatchedStream body)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> pending =
        client.sendAsync(request, BodyHandlers.ofInputStream());
    try {
      while (true) {
        try {
          return pending.get(LOOK_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          if (body.nanosSinceRead() > (body.ended() ? ANSWER_NANOS : STALL_NANOS)) {
            throw new IOException("no headway", e);
          }
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } finally {
      pending.cancel(true);
    }
  }

  private static boolean isOurs(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Content-Type")
        .filter(Operation.MEDIA_TYPE::equals)
        .isPresent();
  }

  private TransferException refusal(HttpResponse<InputStream> response, DotName dot)
      throws IOException, TransferException {
    try (InputStream body = response.body()) {
      if (response.statusCode() == 401) {
        return new PermissionDenied(PermissionDenied.WRONG_KEY);
      }
      if (isOurs(response)) {
        return ErrorCodec.decode(body.readNBytes(WireLimits.MAX_MESSAGE_BYTES), dot);
      }
      if (response.statusCode() == 429) {
        return new LimitExceeded("too many requests with a wrong key; try again in a minute");
      }
      if (response.statusCode() == 502 || response.statusCode() == 503) {
        return new Unreachable(place() + " is not ready (HTTP " + response.statusCode() + ")");
      }
      return new ProtocolMismatch(
          "what answers at %s is no dotfs hub (HTTP %d)".formatted(place(), response.statusCode()));
    }
  }

  private Unreachable unreachable(IOException failure) {
    String why;
    if (failure instanceof HttpConnectTimeoutException) {
      why = "no answer";
    } else if (hasCause(failure, UnresolvedAddressException.class)) {
      why = "unknown host";
    } else if (failure instanceof ConnectException) {
      why = "connection refused";
    } else if (failure instanceof SSLException) {
      why = "no encrypted connection (" + failure.getMessage() + ")";
    } else {
      why = "the connection broke";
    }
    return new Unreachable("cannot reach " + place() + ": " + why, failure);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private String place() {
    return hub.host() + ":" + hub.port();
  }

  @Override
  public void close() {
    // The JDK's client ends its threads once nothing refers to it.
  }
}
