package io.dotfs.daemon.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records to JSON and back: a component is a field of its name. Components are {@code String},
 * {@code int}, {@code long}, {@code boolean}, enums (lower case, words joined by a hyphen), records
 * of these, and {@code Optional}, {@code List} and {@code Map<String, String>} of them. An empty
 * {@code Optional} is left out. When reading, fields nobody knows are skipped, and a missing field
 * is empty, 0 or false; a missing {@code String}, enum or record is an error.
 *
 * <p>It exists because a data binder's set-up costs a cold client more than all else it does. Any
 * thread may use it.
 */
public final class RecordJson {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_STRING = 128 << 20;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING)
                  .build())
          .build()
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private RecordJson() {}

  /** Writes one record without line breaks; the stream stays open. */
  public static void write(OutputStream out, Record value) throws IOException {
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      write(generator, value);
    }
  }

  /** Writes {@code {"field": value}} and a line feed: one event of a stream. */
  static void writeEvent(OutputStream out, String field, Record value) throws IOException {
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      generator.writeStartObject();
      generator.writeFieldName(field);
      write(generator, value);
      generator.writeEndObject();
      generator.writeRaw('\n');
    }
  }

  /** Writes one record over several indented lines, for people and for {@code --json}. */
  public static void writePretty(Writer out, Record value) throws IOException {
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      generator.setPrettyPrinter(new DefaultPrettyPrinter());
      write(generator, value);
      generator.writeRaw('\n');
    }
  }

  /** The record as indented text. */
  public static String pretty(Record value) {
    StringWriter text = new StringWriter();
    try {
      writePretty(text, value);
    } catch (IOException e) {
      throw new IllegalStateException("a string does not fail", e);
    }
    return text.toString();
  }

  /**
   * Reads one record.
   *
   * @throws IOException if the bytes are not JSON, or not this record
   */
  public static <R extends Record> R read(InputStream in, Class<R> type) throws IOException {
    try (JsonParser parser = FACTORY.createParser(in)) {
      parser.nextToken();
      return readRecord(parser, type);
    }
  }

  /** Reads from a parser that stands at the start of the object. */
  static <R extends Record> R readRecord(JsonParser parser, Class<R> type) throws IOException {
    return type.cast(readValue(parser, type));
  }

  static JsonParser parser(InputStream in) throws IOException {
    return FACTORY.createParser(in);
  }

  private static void write(JsonGenerator out, Object value) throws IOException {
    if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Long number) {
      out.writeNumber(number);
    } else if (value instanceof Integer number) {
      out.writeNumber(number);
    } else if (value instanceof Boolean bool) {
      out.writeBoolean(bool);
    } else if (value instanceof Enum<?> constant) {
      out.writeString(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object item : list) {
        write(out, item);
      }
      out.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName(String.valueOf(entry.getKey()));
        write(out, entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof Record item) {
      writeFields(out, item);
    } else {
      throw new IllegalStateException("no JSON form for " + value.getClass());
    }
  }

  private static void writeFields(JsonGenerator out, Record item) throws IOException {
    out.writeStartObject();
    for (RecordComponent component : item.getClass().getRecordComponents()) {
      Object field = get(component, item);
      if (field instanceof Optional<?> optional) {
        if (optional.isEmpty()) {
          continue;
        }
        field = optional.get();
      }
      out.writeFieldName(component.getName());
      write(out, field);
    }
    out.writeEndObject();
  }

  private static Object get(RecordComponent component, Record item) {
    try {
      return component.getAccessor().invoke(item);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("unreadable component " + component, e);
    }
  }

  private static Object readValue(JsonParser parser, Type type) throws IOException {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return Optional.of(readValue(parser, arguments[0]));
      }
      return generic.getRawType() == List.class
          ? readList(parser, arguments[0])
          : readMap(parser, arguments[1]);
    }
    if (type == String.class) {
      expect(parser, JsonToken.VALUE_STRING);
      return parser.getText();
    }
    if (type == long.class || type == Long.class) {
      expect(parser, JsonToken.VALUE_NUMBER_INT);
      return parser.getLongValue();
    }
    if (type == int.class || type == Integer.class) {
      expect(parser, JsonToken.VALUE_NUMBER_INT);
      return parser.getIntValue();
    }
    if (type == boolean.class || type == Boolean.class) {
      return parser.getBooleanValue();
    }
    if (type instanceof Class<?> plain && plain.isEnum()) {
      return readEnum(parser, plain);
    }
    if (type instanceof Class<?> plain && plain.isRecord()) {
      return readFields(parser, plain);
    }
    throw new IllegalStateException("no JSON form for " + type);
  }

  private static Object readEnum(JsonParser parser, Class<?> type) throws IOException {
    expect(parser, JsonToken.VALUE_STRING);
    String name = parser.getText().toUpperCase(Locale.ROOT).replace('-', '_');
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IOException("unknown " + type.getSimpleName() + " " + parser.getText());
  }

  private static List<Object> readList(JsonParser parser, Type item) throws IOException {
    expect(parser, JsonToken.START_ARRAY);
    List<Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(readValue(parser, item));
    }
    return Collections.unmodifiableList(list);
  }

  private static Map<String, Object> readMap(JsonParser parser, Type value) throws IOException {
    expect(parser, JsonToken.START_OBJECT);
    Map<String, Object> map = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      map.put(key, readValue(parser, value));
    }
    return Collections.unmodifiableMap(map);
  }

  private static Object readFields(JsonParser parser, Class<?> type) throws IOException {
    expect(parser, JsonToken.START_OBJECT);
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] values = new @Nullable Object[components.length];
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      int index = indexOf(components, name);
      if (index < 0 || token == JsonToken.VALUE_NULL) {
        parser.skipChildren();
      } else {
        values[index] = readValue(parser, components[index].getGenericType());
      }
    }
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      if (values[i] == null) {
        values[i] = absent(components[i]);
      }
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IOException("bad " + type.getSimpleName() + ": " + e.getTargetException(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no canonical constructor in " + type, e);
    }
  }

  private static int indexOf(RecordComponent[] components, String name) {
    for (int i = 0; i < components.length; i++) {
      if (components[i].getName().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static Object absent(RecordComponent component) throws IOException {
    Class<?> type = component.getType();
    if (type == Optional.class) {
      return Optional.empty();
    } else if (type == List.class) {
      return List.of();
    } else if (type == Map.class) {
      return Map.of();
    } else if (type == long.class) {
      return 0L;
    } else if (type == int.class) {
      return 0;
    } else if (type == boolean.class) {
      return false;
    }
    throw new IOException("field " + component.getName() + " is missing");
  }

  private static void expect(JsonParser parser, JsonToken token) throws IOException {
    if (parser.currentToken() != token) {
      throw new IOException("expected " + token + ", found " + parser.currentToken());
    }
  }
}
