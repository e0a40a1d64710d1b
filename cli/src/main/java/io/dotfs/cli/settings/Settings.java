package io.dotfs.cli.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The content of the settings file. Immutable; fields that this version does not know are carried
 * along.
 *
 * <pre>
 * {"currentRemote": "hub", "currentDot": "admin/shop",
 *  "remotes": {"hub": {"address": "me@hub.example.com:8080", "key": "…"}},
 *  "signing": {"key": "/home/me/.ssh/id_ed25519"}}
 * </pre>
 */
public final class Settings {
  private static final String CURRENT_REMOTE = "currentRemote";
  private static final String CURRENT_DOT = "currentDot";
  private static final String REMOTES = "remotes";
  private static final String ADDRESS = "address";
  private static final String KEY = "key";

  /** As {@link JsonDocument} reads it; never changed. */
  private final Map<String, Object> document;

  Settings(Map<String, Object> document) {
    this.document = document;
  }

  /** What holds before the first setting is made: the remote {@code local}, no current dot. */
  public static Settings empty() {
    return new Settings(Map.of());
  }

  /** Returns the document, which the caller must not change. */
  Map<String, Object> document() {
    return document;
  }

  /**
   * Returns the name of the current remote, {@link Remote#LOCAL} if none was chosen or it is gone.
   */
  public String currentRemote() {
    String name = text(document, CURRENT_REMOTE);
    return hasRemote(name) ? name : Remote.LOCAL;
  }

  /**
   * Returns the current dot as {@code namespace/name}, if one was chosen. It may have been deleted
   * since.
   */
  public Optional<String> currentDot() {
    String dot = text(document, CURRENT_DOT);
    return dot.isEmpty() ? Optional.empty() : Optional.of(dot);
  }

  /**
   * Returns the remotes sorted by name, without {@code local}.
   *
   * @throws SettingsException if one has an address that this version cannot read
   */
  public List<Remote> remotes() throws SettingsException {
    List<Remote> remotes = new ArrayList<>();
    for (String name : new TreeSet<>(objectAt(document, REMOTES).keySet())) {
      if (hasRemote(name)) {
        remotes.add(remote(name));
      }
    }
    return remotes;
  }

  /**
   * Returns one remote.
   *
   * @throws SettingsException if there is none of that name, or its address cannot be read
   */
  public Remote remote(String name) throws SettingsException {
    if (!hasRemote(name)) {
      throw new SettingsException(
          "no such remote: " + name,
          "dm remote -v lists the remotes; dm remote add NAME USER@HOST adds one");
    }
    Map<String, Object> fields = objectAt(objectAt(document, REMOTES), name);
    String key = text(fields, KEY);
    return new Remote(
        name,
        RemoteAddress.parse(text(fields, ADDRESS)),
        key.isEmpty() ? Optional.empty() : Optional.of(key));
  }

  /** Returns whether a remote of that name, other than {@code local}, is there. */
  public boolean hasRemote(String name) {
    return Remote.isName(name) && objectAt(document, REMOTES).get(name) instanceof Map<?, ?>;
  }

  /** Returns these settings with a remote added or replaced. */
  public Settings withRemote(Remote remote) {
    Map<String, Object> remotes = new LinkedHashMap<>(objectAt(document, REMOTES));
    Map<String, Object> fields = new LinkedHashMap<>(objectAt(remotes, remote.name()));
    fields.put(ADDRESS, remote.address().text());
    fields.remove(KEY);
    remote.key().ifPresent(key -> fields.put(KEY, key));
    remotes.put(remote.name(), fields);
    return with(REMOTES, remotes);
  }

  /** Returns these settings without a remote; where it was current, {@code local} is afterwards. */
  public Settings withoutRemote(String name) {
    Map<String, Object> remotes = new LinkedHashMap<>(objectAt(document, REMOTES));
    remotes.remove(name);
    Settings changed = with(REMOTES, remotes);
    return text(document, CURRENT_REMOTE).equals(name) ? changed.without(CURRENT_REMOTE) : changed;
  }

  /** Returns these settings with another current remote, or {@code local}. */
  public Settings withCurrentRemote(String name) {
    return with(CURRENT_REMOTE, name);
  }

  /** Returns these settings with another current dot, {@code namespace/name}. */
  public Settings withCurrentDot(String dot) {
    return with(CURRENT_DOT, dot);
  }

  /** Returns these settings without a current dot. */
  public Settings withoutCurrentDot() {
    return without(CURRENT_DOT);
  }

  /** Returns the value of a setting that {@code dm config} knows, if it was set. */
  public Optional<String> value(Setting setting) {
    String value = text(objectAt(document, setting.group()), setting.field());
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /** Returns these settings with another value of one. */
  public Settings with(Setting setting, String value) {
    Map<String, Object> group = new LinkedHashMap<>(objectAt(document, setting.group()));
    group.put(setting.field(), value);
    return with(setting.group(), group);
  }

  /** Returns these settings without one. */
  public Settings without(Setting setting) {
    Map<String, Object> group = new LinkedHashMap<>(objectAt(document, setting.group()));
    group.remove(setting.field());
    return group.isEmpty() ? without(setting.group()) : with(setting.group(), group);
  }

  private Settings with(String field, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(document);
    changed.put(field, value);
    return new Settings(changed);
  }

  private Settings without(String field) {
    Map<String, Object> changed = new LinkedHashMap<>(document);
    changed.remove(field);
    return new Settings(changed);
  }

  private static String text(Map<String, Object> object, String field) {
    return object.get(field) instanceof String text ? text : "";
  }

  @SuppressWarnings("unchecked") // JsonDocument makes maps of strings alone
  private static Map<String, Object> objectAt(Map<String, Object> object, String field) {
    return object.get(field) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
