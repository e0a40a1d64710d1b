package io.dotfs.daemon.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON object whose fields are somebody else's: Docker's requests and answers, of which only a
 * few fields are of interest. What is absent, {@code null} or of another type is empty. Immutable.
 */
final class JsonTree {
  private static final int MAX_DEPTH = 64;
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  /** Values are String, Boolean, Long, JsonTree, or a List of these. */
  private final Map<String, Object> fields;

  private JsonTree(Map<String, Object> fields) {
    this.fields = fields;
  }

  /** Reads an object; no bytes at all are one without fields, as some of Docker's requests are. */
  static JsonTree object(byte[] json) throws IOException {
    return parse(json) instanceof JsonTree tree ? tree : new JsonTree(Map.of());
  }

  /** Reads an array of objects; anything else in it is left out. */
  static List<JsonTree> array(byte[] json) throws IOException {
    return parse(json) instanceof List<?> list ? trees(list) : List.of();
  }

  private static Object parse(byte[] json) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json)) {
      return parser.nextToken() == null ? List.of() : value(parser);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          if (parser.nextToken() != JsonToken.VALUE_NULL) {
            fields.put(name, value(parser));
          }
        }
        yield new JsonTree(fields);
      }
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          if (parser.currentToken() != JsonToken.VALUE_NULL) {
            items.add(value(parser));
          }
        }
        yield items;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> parser.getLongValue();
      default -> parser.getText();
    };
  }

  private static List<JsonTree> trees(List<?> items) {
    return items.stream().filter(JsonTree.class::isInstance).map(JsonTree.class::cast).toList();
  }

  Optional<String> text(String name) {
    return fields.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(fields.get(name));
  }

  Optional<Long> number(String name) {
    return fields.get(name) instanceof Long number ? Optional.of(number) : Optional.empty();
  }

  /** The object of that name; without one, an object without fields. */
  JsonTree in(String name) {
    return fields.get(name) instanceof JsonTree tree ? tree : new JsonTree(Map.of());
  }

  List<JsonTree> objects(String name) {
    return fields.get(name) instanceof List<?> items ? trees(items) : List.of();
  }

  List<String> texts(String name) {
    return fields.get(name) instanceof List<?> items
        ? items.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  /** The fields that are text. */
  Map<String, String> asTexts() {
    Map<String, String> texts = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          if (value instanceof String text) {
            texts.put(name, text);
          }
        });
    return texts;
  }

  /** JSON of maps, lists and strings. */
  static byte[] write(Map<String, ?> object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      write(out, object);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator out, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> field : map.entrySet()) {
        out.writeFieldName(String.valueOf(field.getKey()));
        write(out, field.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object item : list) {
        write(out, item);
      }
      out.writeEndArray();
    } else {
      out.writeString(String.valueOf(value));
    }
  }
}
