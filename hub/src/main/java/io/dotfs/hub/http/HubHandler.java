package io.dotfs.hub.http;

import io.dotfs.hub.account.Accounts;
import io.dotfs.hub.account.ApiKey;
import io.dotfs.hub.account.HubException;
import io.dotfs.hub.web.FrontPage;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.Incomplete;
import io.dotfs.packstream.TransferException.LimitExceeded;
import io.dotfs.packstream.TransferException.NonFastForward;
import io.dotfs.packstream.TransferException.PermissionDenied;
import io.dotfs.packstream.TransferException.ProtocolMismatch;
import io.dotfs.packstream.TransferException.RefConflict;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.TransferException.UnknownDot;
import io.dotfs.packstream.TransferException.UnknownRef;
import io.dotfs.packstream.TransferException.Unreachable;
import io.dotfs.packstream.transport.Operation;
import io.dotfs.packstream.transport.WireService;
import io.dotfs.packstream.wire.ErrorCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests: the front page for browsers, the transfer protocol for who has a key. */
final class HubHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(HubHandler.class);
  private static final int COPY_BYTES = 64 << 10;
  private static final long DRAINED_BYTES = 64L << 20;
  private final Accounts accounts;
  private final WireService service;
  private final WrongKeys wrongKeys;

  HubHandler(Accounts accounts, WireService service, WrongKeys wrongKeys) {
    this.accounts = accounts;
    this.service = service;
    this.wrongKeys = wrongKeys;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    Optional<Operation.Target> target = Operation.parse(request.getMethod(), path);
    try {
      if (target.isPresent()) {
        answer(request, response, target.get());
      } else if (request.getMethod().equals("GET") && path.equals("/")) {
        send(response, 200, "text/html; charset=utf-8", FrontPage.html());
      } else {
        send(response, 404, "text/plain", "not found\n".getBytes(StandardCharsets.US_ASCII));
      }
      callback.succeeded();
    } catch (IOException e) {
      // The peer has gone; what it sent is kept, and it comes again.
      LOG.info("event=connection-broken peer={} reason=\"{}\"", peer(request), e.toString());
      callback.failed(e);
    }
    return true;
  }

  private void answer(Request request, Response response, Operation.Target target)
      throws IOException {
    long began = System.nanoTime();
    if (wrongKeys.tooMany(peer(request))) {
      LOG.warn("event=too-many-wrong-keys peer={}", peer(request));
      send(response, 429, "text/plain", new byte[0]);
      return;
    }
    Optional<String> user = authenticated(request);
    if (user.isEmpty()) {
      wrongKeys.wrong(peer(request));
      LOG.warn("event=wrong-key peer={}", peer(request));
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"dotfs\"");
      send(response, 401, "text/plain", new byte[0]);
      return;
    }
    int status = 200;
    try (InputStream body = Content.Source.asInputStream(request)) {
      try (InputStream answer = service.answer(user.get(), target, body)) {
        stream(response, answer);
      } catch (TransferException e) {
        status = status(e);
        logRefusal(user.get(), target, e);
        drain(body);
        send(response, status, Operation.MEDIA_TYPE, ErrorCodec.encode(told(e), ref(e)));
      } catch (RuntimeException e) {
        status = 500;
        LOG.error("event=failure user={} operation={}", user.get(), target.operation(), e);
        send(response, status, Operation.MEDIA_TYPE, ErrorCodec.encode(unexpected(), ""));
      }
    }
    LOG.info(
        "event=request peer={} user={} operation={} dot={} status={} millis={}",
        peer(request),
        user.get(),
        target.operation(),
        target.dot().map(DotName::toString).orElse("-"),
        status,
        (System.nanoTime() - began) / 1_000_000);
  }

  private static void stream(Response response, InputStream answer) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Operation.MEDIA_TYPE);
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      for (int count = answer.read(buffer); count >= 0; count = answer.read(buffer)) {
        out.write(buffer, 0, count);
      }
    }
  }

  private static void send(Response response, int status, String type, byte[] body)
      throws IOException {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    try (OutputStream out = Content.Sink.asOutputStream(response);
        InputStream in = new ByteArrayInputStream(body)) {
      in.transferTo(out);
    }
  }

  /** Reads what the peer is still sending, so that it gets to read why it was refused. */
  private static void drain(InputStream body) {
    byte[] buffer = new byte[COPY_BYTES];
    long left = DRAINED_BYTES;
    try {
      int count = body.read(buffer);
      while (count >= 0 && left > 0) {
        left -= count;
        count = body.read(buffer);
      }
    } catch (IOException e) {
      LOG.debug("event=peer-gone-while-refused", e);
    }
  }

  private Optional<String> authenticated(Request request) {
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (header == null || !header.startsWith("Basic ")) {
      return Optional.empty();
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(header.substring(6).trim()), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      if (colon < 0 || !DotName.isPart(pair.substring(0, colon))) {
        return Optional.empty();
      }
      String user = pair.substring(0, colon);
      return accounts.authenticates(user, new ApiKey(pair.substring(colon + 1)))
          ? Optional.of(user)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    } catch (HubException e) {
      LOG.error("event=failure operation=authenticate", e);
      return Optional.empty();
    }
  }

  private static void logRefusal(String user, Operation.Target target, TransferException e) {
    String dot = target.dot().map(DotName::toString).orElse("-");
    if (e instanceof RemoteFailure) {
      LOG.error("event=failure user={} operation={} dot={}", user, target.operation(), dot, e);
    } else {
      LOG.info(
          "event=refused user={} operation={} dot={} kind={}",
          user,
          target.operation(),
          dot,
          e.getClass().getSimpleName());
    }
  }

  /** A broken connection has nobody to be told; a broken request has. */
  private static TransferException told(TransferException e) {
    return e instanceof Unreachable ? new CorruptTransfer("the request broke off") : e;
  }

  private static RemoteFailure unexpected() {
    return new RemoteFailure("the hub failed unexpectedly; its log says more");
  }

  private static String ref(TransferException e) {
    if (e instanceof NonFastForward diverged) {
      return diverged.ref();
    }
    return e instanceof RefConflict conflict ? conflict.ref() : "";
  }

  private static int status(TransferException e) {
    if (e instanceof PermissionDenied) {
      return 403;
    } else if (e instanceof UnknownDot || e instanceof UnknownRef) {
      return 404;
    } else if (e instanceof NonFastForward || e instanceof RefConflict) {
      return 409;
    } else if (e instanceof LimitExceeded) {
      return 413;
    } else if (e instanceof Incomplete) {
      return 422;
    } else if (e instanceof CorruptTransfer
        || e instanceof ProtocolMismatch
        || e instanceof Unreachable) {
      return 400;
    }
    return 500;
  }

  private static String peer(Request request) {
    return Request.getRemoteAddr(request);
  }
}
