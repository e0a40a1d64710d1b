package io.dotfs.daemon.docker;

import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * HTTP/1.1 as Docker speaks it to plugins: up to release 20.10 it sends {@code Host:} without a
 * value, which RFC 9112 (3.2) allows where a target has no authority, and which Jetty refuses.
 */
final class BlankHostConnections extends HttpConnectionFactory {
  BlankHostConnections(HttpConfiguration configuration) {
    super(configuration);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(new Lenient(getHttpConfiguration(), connector, endPoint), connector, endPoint);
  }

  private static final class Lenient extends HttpConnection {
    Lenient(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
      super(configuration, connector, endPoint);
    }

    @Override
    protected RequestHandler newRequestHandler() {
      return new RequestHandler() {
        @Override
        public void parsedHeader(HttpField field) {
          boolean blankHost =
              field.getHeader() == HttpHeader.HOST
                  && (field.getValue() == null || field.getValue().isBlank());
          super.parsedHeader(blankHost ? new HostPortHttpField("localhost") : field);
        }
      };
    }
  }
}
