package io.dotfs.nativetests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the arrows of DESIGN.md over the compiled product, and shows that each rule fails where it
 * is broken.
 */
class ArchitectureTest {

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(new ImportOption.DoNotIncludePackageInfos())
          .withImportOption(location -> !location.contains("/io/dotfs/nativetests/"))
          .importPackages("io.dotfs");

  /**
   * Libraries that belong to one room or a few: the package prefix, and the rooms that may name it.
   */
  private static final Map<String, Set<String>> LIBRARIES =
      new TreeMap<>(
          Map.of(
              "org.rocksdb..", Set.of("io.dotfs.fusefs.overlay.."),
              "ru.serce..", Set.of("io.dotfs.fusefs.mount..", "io.dotfs.fusefs.libfuse.."),
              "jnr.ffi..", Set.of("io.dotfs.fusefs.."),
              "picocli..", Set.of("io.dotfs.cli..", "io.dotfs.hub.."),
              "me.tongfei..", Set.of("io.dotfs.cli.."),
              "org.eclipse.jetty..", Set.of("io.dotfs.daemon..", "io.dotfs.hub.."),
              "java.sql..", Set.of("io.dotfs.hub.."),
              "com.github.luben..", Set.of("io.dotfs.objectstore..", "io.dotfs.packstream..")));

  @TestFactory
  Stream<DynamicTest> theProductKeepsEveryArrow() {
    return new Rooms("io.dotfs")
        .rules().stream()
            .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(PRODUCT)));
  }

  @TestFactory
  Stream<DynamicTest> eachRuleFailsWhereItIsBroken() {
    JavaClasses broken = new ClassFileImporter().importPackages("io.dotfs.nativetests.fixture");
    return new Rooms("io.dotfs.nativetests.fixture")
        .rules().stream()
            .map(
                rule ->
                    DynamicTest.dynamicTest(
                        rule.getDescription(),
                        () -> assertThat(rule.evaluate(broken).hasViolation()).isTrue()));
  }

  @TestFactory
  Stream<DynamicTest> eachModuleWasSeen() {
    return Rooms.modules().stream()
        .map(
            module ->
                DynamicTest.dynamicTest(
                    module,
                    () -> assertThat(classesOf(module)).as("classes of " + module).isNotEmpty()));
  }

  /** An arrow that nothing uses would make the rules of its neighbours pass over an empty set. */
  @TestFactory
  Stream<DynamicTest> eachArrowIsUsed() {
    return Rooms.modules().stream()
        .flatMap(module -> Rooms.arrowsOf(module).stream().map(room -> Map.entry(module, room)))
        .map(
            arrow ->
                DynamicTest.dynamicTest(
                    arrow.getKey() + " uses " + arrow.getValue(),
                    () -> assertThat(uses(arrow.getKey(), arrow.getValue())).isTrue()));
  }

  @TestFactory
  Stream<DynamicTest> aLibraryIsNamedOnlyWhereItBelongs() {
    return LIBRARIES.entrySet().stream()
        .map(
            entry -> {
              String[] rooms = entry.getValue().toArray(String[]::new);
              ArchRule rule =
                  noClasses()
                      .that()
                      .resideOutsideOfPackages(rooms)
                      .should()
                      .dependOnClassesThat()
                      .resideInAPackage(entry.getKey())
                      .as(entry.getKey() + " is named only in " + List.of(rooms));
              return DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(PRODUCT));
            });
  }

  /**
   * The front ends see the file system through its port alone, and the tree does not know who
   * serves it.
   */
  @Test
  void frontEndsAndTreeMeetAtThePort() {
    String[] frontEnds = {
      "io.dotfs.fusefs.kernel..", "io.dotfs.fusefs.libfuse..", "io.dotfs.fusefs.mount.."
    };
    String[] inside = {
      "io.dotfs.fusefs.tree..",
      "io.dotfs.fusefs.overlay..",
      "io.dotfs.fusefs.freeze..",
      "io.dotfs.fusefs.commit.."
    };
    noClasses()
        .that()
        .resideInAnyPackage(frontEnds)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(inside)
        .check(PRODUCT);
    noClasses()
        .that()
        .resideInAnyPackage(inside)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(frontEnds)
        .check(PRODUCT);
  }

  /**
   * The store knows no network and no process; sockets and child processes belong to other rooms.
   */
  @Test
  void theStoreKnowsNoNetwork() {
    noClasses()
        .that()
        .resideInAPackage("io.dotfs.objectstore..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "javax.net..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.(Socket|ServerSocket|URLConnection|HttpURLConnection)")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .check(PRODUCT);
  }

  /**
   * A class under {@code objectstore/} that calls itself {@code io.dotfs.hub} would slip through
   * every rule above.
   */
  @Test
  void aModuleHoldsOnlyItsOwnPackages() {
    for (JavaClass type : PRODUCT) {
      URI source = type.getSource().orElseThrow().getUri();
      String module = type.getPackageName().split("\\.", -1)[2];
      assertThat(source.toString())
          .as(type.getName())
          .containsPattern("/" + module + "/target/|/" + module + "(-[^/]*)?\\.jar!");
    }
  }

  /** Every package says what it is for and is null-marked. */
  @Test
  void everyPackageHasItsPage() {
    Set<String> unmarked = new TreeSet<>();
    for (String name :
        PRODUCT.stream()
            .map(JavaClass::getPackageName)
            .collect(Collectors.toCollection(TreeSet::new))) {
      if (!isNullMarked(name)) {
        unmarked.add(name);
      }
    }
    assertThat(unmarked).as("packages without a @NullMarked package-info.java").isEmpty();
  }

  /**
   * The dependency lists are the second lock on the arrows: Maven must refuse what the rules
   * refuse.
   */
  @Test
  void theModulesPomsNameNoOtherModule() throws java.io.IOException {
    Path top = Path.of("").toAbsolutePath();
    if (top.endsWith("native-tests")) {
      top = top.getParent();
    }
    for (String module : Rooms.modules()) {
      String pom = Files.readString(top.resolve(module).resolve("pom.xml"));
      Set<String> allowed =
          Rooms.arrowsOf(module).stream()
              .map(room -> room.replaceFirst("\\..*", ""))
              .collect(Collectors.toCollection(TreeSet::new));
      allowed.add(module);
      Set<String> named = new TreeSet<>();
      for (String other : Rooms.modules()) {
        if (pom.contains("<artifactId>" + other + "</artifactId>")) {
          named.add(other);
        }
      }
      assertThat(allowed).as("modules that " + module + "/pom.xml may name").containsAll(named);
      assertThat(named).contains(module);
    }
  }

  private static boolean isNullMarked(String packageName) {
    try {
      return Class.forName(packageName + ".package-info").isAnnotationPresent(NullMarked.class);
    } catch (ClassNotFoundException missing) {
      return false;
    }
  }

  private static boolean uses(String module, String room) {
    return classesOf(module).stream()
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .anyMatch(dependency -> inside(dependency.getTargetClass(), "io.dotfs." + room));
  }

  private static List<JavaClass> classesOf(String module) {
    return PRODUCT.stream().filter(type -> inside(type, "io.dotfs." + module)).toList();
  }

  private static boolean inside(JavaClass type, String ancestor) {
    return type.getPackageName().equals(ancestor)
        || type.getPackageName().startsWith(ancestor + ".");
  }
}
