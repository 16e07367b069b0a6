package dev.dirql.x86;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class InstructionTableTest {
    @Test
    void everyCodeHasRowsAndEveryRowACode() throws IllegalAccessException {
        Set<Integer> used =
                InstructionTable.rows().stream().map(Row::code).collect(Collectors.toSet());
        Set<String> unused = new TreeSet<>();

        for (Field field : Code.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && !used.contains(field.getInt(null))) {
                unused.add(field.getName());
            }
        }

        assertThat(unused).isEmpty();
    }

    @Test
    void everyRowIsFoundByItsOwnBytes() {
        CaseGenerator generator = new CaseGenerator(new Random(7));

        for (Row row : InstructionTable.rows()) {
            for (int bits : CaseGenerator.sizes(row)) {
                byte[] code = generator.make(row, bits).before().code;

                Operation operation =
                        requireNonNull(new Decoder().decode(code, 0, code.length, State.CODE));
                Row found = requireNonNull(operation.row);

                assertThat(found.method()).as(row.text()).isEqualTo(row.method());
                assertThat(operation.length()).as(row.text()).isEqualTo(code.length - 1);
            }
        }
    }

    @Test
    void everyRowIsEitherComparedWithTheHostOrHasCasesFromTheManual() {
        Set<String> methods =
                InstructionTable.rows().stream().map(Row::method).collect(Collectors.toSet());

        assertThat(methods).containsAll(HostComparisonTest.NOT_COMPARED);
        assertThat(PrivilegedInstructionsTest.EXERCISED)
                .containsExactlyInAnyOrderElementsOf(HostComparisonTest.NOT_COMPARED);
    }
}
