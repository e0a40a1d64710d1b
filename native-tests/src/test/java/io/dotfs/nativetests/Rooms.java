package io.dotfs.nativetests;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The arrows of DESIGN.md as data, over any root package, so that the same rules are run over the
 * product and over a small tree of packages that breaks every one of them.
 *
 * @param root the package above the rooms, {@code io.dotfs} for the product
 */
record Rooms(String root) {

  /**
   * Each module and the packages of ours, relative to the root, that it may use besides its own.
   */
  private static final Map<String, Set<String>> ARROWS =
      new TreeMap<>(
          Map.of(
              "objectstore", Set.of(),
              "fusefs", Set.of("objectstore"),
              "packstream", Set.of("objectstore"),
              "daemon", Set.of("fusefs", "packstream", "objectstore"),
              "hub", Set.of("packstream", "objectstore"),
              "cli", Set.of("daemon.api")));

  /** The modules, by name. */
  static Set<String> modules() {
    return ARROWS.keySet();
  }

  /** What the named module may use of ours besides itself. */
  static Set<String> arrowsOf(String module) {
    return ARROWS.get(module);
  }

  /**
   * One rule for each module, and one for the control protocol's records, which a client must be
   * able to carry alone.
   */
  List<ArchRule> rules() {
    List<ArchRule> rules = new ArrayList<>();
    for (String module : ARROWS.keySet()) {
      rules.add(only(module, ARROWS.get(module)));
    }
    rules.add(only("daemon.api", Set.of()));
    return rules;
  }

  private ArchRule only(String place, Set<String> allowed) {
    return noClasses()
        .that(livesIn(place))
        .should()
        .dependOnClassesThat(isOursBesides(place, allowed))
        .as(place + " uses nothing of ours but itself and " + new ArrayList<>(allowed))
        .because("DESIGN.md, Rooms");
  }

  private DescribedPredicate<JavaClass> livesIn(String place) {
    return describe("live in " + place, type -> isIn(type, place));
  }

  private DescribedPredicate<JavaClass> isOursBesides(String place, Set<String> allowed) {
    return describe(
        "are ours, outside " + place + " and " + allowed,
        type ->
            isWithin(type.getPackageName(), root)
                && !isIn(type, place)
                && allowed.stream().noneMatch(room -> isIn(type, room)));
  }

  private boolean isIn(JavaClass type, String place) {
    return isWithin(type.getPackageName(), root + "." + place);
  }

  private static boolean isWithin(String packageName, String ancestor) {
    return packageName.equals(ancestor) || packageName.startsWith(ancestor + ".");
  }
}
