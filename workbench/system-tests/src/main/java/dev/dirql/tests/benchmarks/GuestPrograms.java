package dev.dirql.tests.benchmarks;

import java.util.HexFormat;

/**
 * Small endless threads in machine code. Each begins by taking rdi, rsi, rbx and r8 from where its
 * argument points to.
 */
enum GuestPrograms {
    /** Arithmetic, logic, a shift, an address computation, a compare and a branch. */
    INTEGER(
            """
            48 01 c8            add   rax, rcx
            48 31 c2            xor   rdx, rax
            48 8d 5c 50 05      lea   rbx, [rax+rdx*2+5]
            48 c1 e3 03         shl   rbx, 3
            49 29 d9            sub   r9, rbx
            49 21 d2            and   r10, rdx
            48 ff c1            inc   rcx
            4c 39 c1            cmp   rcx, r8
            75 e3               jne   -29
            """),

    /** Copies 32 KiB with a running sum, eight bytes at a time. */
    MEMORY(
            """
            48 8b 04 cf         mov   rax, [rdi+rcx*8]
            48 01 c2            add   rdx, rax
            48 89 14 ce         mov   [rsi+rcx*8], rdx
            48 ff c1            inc   rcx
            81 e1 ff 0f 00 00   and   ecx, 0xfff
            eb ea               jmp   -22
            """),

    /** CRC-32 of 16 KiB at rsi, over and over, with a table of 256 words at rdi. */
    CRC32(
            """
            0f b6 04 0e         movzx eax, byte [rsi+rcx]
            31 d0               xor   eax, edx
            0f b6 c0            movzx eax, al
            c1 ea 08            shr   edx, 8
            33 14 87            xor   edx, [rdi+rax*4]
            48 ff c1            inc   rcx
            81 e1 ff 3f 00 00   and   ecx, 0x3fff
            eb e6               jmp   -26
            """),

    /** Calls the routine at rbx with rdi, and the one at rsi with rdi and what the first gave. */
    LOCK_PAIRS(
            """
            48 89 f9            mov   rcx, rdi
            ff d3               call  rbx
            48 89 f9            mov   rcx, rdi
            0f b6 d0            movzx edx, al
            ff d6               call  rsi
            49 ff c4            inc   r12
            eb ee               jmp   -18
            """);

    private static final String PROLOGUE =
            """
            48 83 ec 28         sub   rsp, 0x28
            48 8b 39            mov   rdi, [rcx]
            48 8b 71 08         mov   rsi, [rcx+8]
            48 8b 59 10         mov   rbx, [rcx+0x10]
            4c 8b 41 18         mov   r8, [rcx+0x18]
            31 c9               xor   ecx, ecx
            31 d2               xor   edx, edx
            """;

    /** Instructions and steps of services of one turn of {@link #LOCK_PAIRS}. */
    static final int STEPS_PER_PAIR = 7 + 4;

    private final String listing;

    GuestPrograms(String listing) {
        this.listing = listing;
    }

    /** The machine code: the first 20 columns of each line. */
    byte[] code() {
        StringBuilder hex = new StringBuilder();
        (PROLOGUE + listing).lines().forEach(line -> hex.append(line, 0, 20));
        return HexFormat.of().parseHex(hex.toString().replace(" ", ""));
    }
}
