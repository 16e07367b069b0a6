package dev.dirql.x86;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisassemblerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4889442408 | mov qword ptr [rsp+0x8], rax",
                "f0480fc108 | lock xadd qword ptr [rax], rcx",
                "65488b042588010000 | mov rax, qword ptr gs:[0x188]",
                "440f22c1 | mov cr8, rcx",
                "488d0d10000000 | lea rcx, [0x1017]",
                "750e | jne 0x1010",
                "e8fbffffff | call 0x1000",
                "83c8ff | or eax, 0xffffffff",
                "41b6fe | mov r14b, 0xfe",
                "b4fe | mov ah, 0xfe",
                "f348a5 | rep movsq",
                "410f9dc0 | setge r8b",
                "0fb74c5afe | movzx ecx, word ptr [rdx+rbx*2-0x2]",
                "6681f1ff00 | xor cx, 0xff",
                "4899 | cqo",
                "0f0b | ud2",
                "06 | (invalid)",
                "0f05 | (not modelled)",
            })
    void writesIntelSyntax(String code, String text) {
        Disassembler.Line line = Disassembler.at(Bench.bytes(code), 0x1000);

        assertThat(line.text()).isEqualTo(text);
    }
}
