# A Maven build in a mounted directory: what it makes is what it makes elsewhere, and git sees nothing changed.
# timeout: 240
# alone: yes
needs mvn git
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
[ -r "$repository/org/apache/maven/plugins/maven-compiler-plugin" ] || skip "this user has no Maven repository with the compiler's plug-in"
dot work src
mkdir -p plain
project() {
  mkdir -p "$1/src/main/java/org/example/many"
  cat >"$1/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>built</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
    <project.build.outputTimestamp>2020-01-01T00:00:00Z</project.build.outputTimestamp>
  </properties>
POM
  # the plug-ins' versions are those that this project's own build has fetched
  { echo '<build><plugins>' && for plugin in maven-resources-plugin maven-compiler-plugin maven-surefire-plugin maven-jar-plugin; do
    version=$(grep -A 1 "<artifactId>$plugin<" "$NATIVE/pom.xml" | sed -n 's/.*<version>\(.*\)<.*/\1/p' | head -n 1)
    echo "<plugin><artifactId>$plugin</artifactId><version>$version</version></plugin>"
  done && echo '</plugins></build></project>'; } >>"$1/pom.xml"
  for n in {1..300}; do
    echo "package org.example.many; public final class C$n { public static int value() { return $n + $([ "$n" = 1 ] && echo 0 || echo "C$((n - 1)).value()"); } }" \
      >"$1/src/main/java/org/example/many/C$n.java"
  done
}
build() { (cd "$1" && mvn -o -q -B -Dmaven.repo.local="$repository" -Dmaven.test.skip=true package) >"$CASE/maven.out" 2>&1; }
project plain
build plain || skip "Maven cannot build offline here: $(grep -m 1 ERROR maven.out)"
project src
build src || fail "the build: $(grep ERROR maven.out | head -n 3)"
cmp plain/target/built-1.jar src/target/built-1.jar
diff -r plain/target/classes src/target/classes
# nothing to do the second time; then one source changed
stamp=$(stat -c %y src/target/classes/org/example/many/C7.class)
build src
same "a second build compiles nothing" "$(stat -c %y src/target/classes/org/example/many/C7.class)" "$stamp"
id=$(commit built)
# not by Maven's clean: a host that has built this project alone has not fetched that plug-in
rm -r src/target
[ ! -e src/target ] || fail "rm left $(find src/target | wc -l) files"
dm reset --hard "$id"
cmp plain/target/built-1.jar src/target/built-1.jar
