package dev.dirql.kernel.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.RunEnd;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.TestKernel;
import dev.dirql.machine.Processor;
import org.junit.jupiter.api.Test;

class UnmodelledImportsTest {
    private static final String MODULE = "ntoskrnl.exe";

    @Test
    void aCallReturnsTheAnswerOfTheSettings() {
        TestKernel test =
                new TestKernel(1, KernelSettings.DEFAULT.withAnswer("IoFoo", 0xC0000002L));

        callFoo(test);

        assertThat(test.machine.ended()).as(test.machine.endDetail()).isEqualTo(RunEnd.DONE);
        assertThat(test.data(0)).isEqualTo(0xC0000002L);
    }

    @Test
    void aCallWithoutAnswerEndsTheRunAndSaysHowToGiveOne() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withAnswer("IoBar", 1));

        callFoo(test);

        assertThat(test.machine.ended()).isEqualTo(RunEnd.NOT_MODELLED);
        assertThat(test.machine.endDetail())
                .startsWith("ntoskrnl.exe!IoFoo is not modelled; called from driver!Routine+")
                .contains("with 0x7, ")
                .endsWith("; machine { answer IoFoo 0 } lets it return 0 instead");
    }

    private static void callFoo(TestKernel test) {
        long foo = test.kernel.unmodelledImports().addressOf(MODULE, "IoFoo");
        long routine =
                test.code
                        .routine("Routine")
                        .callsAt(_ -> foo, _ -> 7)
                        .does(p -> TestKernel.add(p, 0, p.registers[Processor.RAX]))
                        .returns(0)
                        .address();
        test.thread(0, routine);
        test.run();
    }
}
