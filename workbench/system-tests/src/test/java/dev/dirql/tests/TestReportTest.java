package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/** {@code dirql test} over scenarios that pass, fail and cannot be run, and the report of it. */
class TestReportTest {
    /** An element of the JUnit schema of Jenkins' xunit plugin (junit-10.xsd), as far as used. */
    private record Rule(Set<String> children, Set<String> required, Set<String> optional) {}

    private static final Rule TEXT = new Rule(Set.of(), Set.of(), Set.of());
    private static final Rule MESSAGE = new Rule(Set.of(), Set.of(), Set.of("type", "message"));
    private static final Map<String, Rule> SCHEMA =
            Map.of(
                    "testsuites",
                    new Rule(
                            Set.of("testsuite"),
                            Set.of(),
                            Set.of("name", "time", "tests", "failures", "errors")),
                    "testsuite",
                    new Rule(
                            Set.of(
                                    "testsuite",
                                    "properties",
                                    "testcase",
                                    "system-out",
                                    "system-err"),
                            Set.of("name", "tests", "failures", "errors"),
                            Set.of("time", "skipped", "timestamp", "hostname", "id", "package")),
                    "properties",
                    new Rule(Set.of("property"), Set.of(), Set.of()),
                    "property",
                    new Rule(Set.of(), Set.of("name", "value"), Set.of()),
                    "testcase",
                    new Rule(
                            Set.of("skipped", "error", "failure", "system-out", "system-err"),
                            Set.of("name"),
                            Set.of("time", "classname", "group")),
                    "failure",
                    MESSAGE,
                    "error",
                    MESSAGE,
                    "system-out",
                    TEXT);

    private static final String TIME = "(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\\.[0-9]*)?";

    @TempDir private Path directory = Path.of("");

    @BeforeEach
    void scenarios() throws IOException {
        CommandLine here = new CommandLine(directory);
        Path folder = Files.createDirectories(directory.resolve("all/inner"));
        here.run("new", "all/a-passes");
        String passes = Files.readString(directory.resolve("all/a-passes.scn"));
        Files.writeString(
                folder.resolve("b fails <&>.scn"), passes.replace("writes == 3", "writes == 4"));
        Files.writeString(directory.resolve("all/c-wrong.scn"), "machine { procesors 1 }");
        Files.write(directory.resolve("all/d-binary.scn"), new byte[] {(byte) 0xC3, 0x28});
        Files.writeString(directory.resolve("all/no scenario.txt"), "x");
    }

    @Test
    void eachScenarioIsNamedWithWhatCameOfIt() {
        CommandLine.Ended ended = new CommandLine(directory).run("test", "all");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out())
                .isEqualTo(
                        """
                        passed  all/a-passes.scn
                        FAILED  all/c-wrong.scn
                                  all/c-wrong.scn: 1 error; nothing was run.
                        FAILED  all/d-binary.scn
                                  all/d-binary.scn: cannot be read: not UTF-8 text
                        FAILED  all/inner/b fails <&>.scn
                                  completed writes == 4 (line 100): 3
                                  dirql run 'all/inner/b fails <&>.scn'
                        4 scenarios, 3 failed
                        """);
        assertThat(ended.err()).contains("all/c-wrong.scn:1:11: error:");
    }

    @Test
    void exitCodeSaysTheWorstThatHappened() {
        CommandLine here = new CommandLine(directory);

        assertThat(here.run("test", "all/a-passes.scn").code()).isZero();
        assertThat(here.run("test", "all/a-passes.scn", "all/inner").code()).isEqualTo(1);
        assertThat(here.run("test", "all/inner", "all/c-wrong.scn").code()).isEqualTo(2);
    }

    @Test
    void reportFollowsTheSchemaOfJenkins() throws Exception {
        new CommandLine(directory).run("test", "all", "--report", "new folder/results.xml");

        Element root =
                DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(directory.resolve("new folder/results.xml").toFile())
                        .getDocumentElement();
        assertThat(root.getTagName()).isEqualTo("testsuites");
        check(root);
        Element suite = (Element) root.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("errors")).isEqualTo("2");
        assertThat(root.getElementsByTagName("testcase").getLength()).isEqualTo(4);
    }

    private static void check(Element element) {
        assertThat(SCHEMA).containsKey(element.getTagName());
        Rule rule = Objects.requireNonNull(SCHEMA.get(element.getTagName()));
        NamedNodeMap attributes = element.getAttributes();
        for (String name : rule.required()) {
            assertThat(element.hasAttribute(name)).describedAs(name).isTrue();
        }
        for (int i = 0; i < attributes.getLength(); i++) {
            String name = attributes.item(i).getNodeName();
            assertThat(rule.required().contains(name) || rule.optional().contains(name))
                    .describedAs(element.getTagName() + " " + name)
                    .isTrue();
            if (name.equals("time")) {
                assertThat(attributes.item(i).getNodeValue()).matches(TIME);
            }
        }
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child) {
                assertThat(rule.children()).contains(child.getTagName());
                check(child);
            }
        }
    }

    @Test
    void reportThatCannotBeWrittenIsSaid() throws IOException {
        CommandLine here = new CommandLine(directory);
        Files.writeString(directory.resolve("file"), "x");

        List<CommandLine.Ended> ends =
                List.of(
                        here.run("test", "all/a-passes.scn", "--report", "all"),
                        here.run("test", "all/a-passes.scn", "--report", "file/results.xml"));

        assertThat(ends).allMatch(ended -> ended.code() == 2);
        assertThat(ends.get(0).err())
                .isEqualTo("dirql: all: cannot be written, it is a directory.\n");
        assertThat(ends.get(1).err())
                .startsWith("dirql: file/results.xml: cannot be written, because");
    }
}
