package dev.dirql.x86;

import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RSP;

import dev.dirql.machine.Flags;
import dev.dirql.machine.Processor;

/**
 * Jumps, calls and returns; each sets RIP. A target that is not canonical or not executable faults
 * when the instruction there is fetched, not at the jump.
 */
final class Control {
    private Control() {}

    /** Jcc: where it goes. Intel SDM volume 2A. */
    @Encoding(
            value = {"70+c Jb branch", "0F 80+c Jz branch"},
            name = "j",
            first = Encoding.First.READ)
    static long jcc(Flags flags, Operation operation) {
        return flags.condition(operation.condition) ? operation.immediate : operation.next;
    }

    /** JMP, near. Intel SDM volume 2A. */
    @Encoding(
            value = {"EB Jb branch", "E9 Jz branch", "FF /4 Ev f64 branch"},
            first = Encoding.First.READ)
    static void jmp(Processor processor, Operation operation) {
        processor.rip = Operands.read(processor, operation, 0);
    }

    /** CALL, near. Intel SDM volume 2A. */
    @Encoding(
            value = {"E8 Jz f64 branch", "FF /2 Ev f64 branch"},
            first = Encoding.First.READ)
    static void call(Processor processor, Operation operation) {
        long target = Operands.read(processor, operation, 0);
        long top = processor.registers[RSP] - 8;
        processor.memory().store64(top, operation.next);
        processor.registers[RSP] = top;
        processor.rip = target;
    }

    /** RET, near. Intel SDM volume 2B. */
    @Encoding(
            value = {"C3 f64 branch", "C2 Iw f64 branch"},
            first = Encoding.First.READ)
    static void ret(Processor processor, Operation operation) {
        long top = processor.registers[RSP];
        processor.rip = processor.memory().load64(top);
        processor.registers[RSP] = top + 8 + (operation.immediate & 0xFFFF);
    }

    /** LOOP. Intel SDM volume 2A. */
    @Encoding(value = "E2 Jb branch", first = Encoding.First.READ)
    static void loop(Processor processor, Operation operation) {
        jump(processor, operation, countDown(processor, operation));
    }

    /** LOOPE. Intel SDM volume 2A. */
    @Encoding(value = "E1 Jb branch", first = Encoding.First.READ)
    static void loope(Processor processor, Operation operation) {
        jump(processor, operation, countDown(processor, operation) && processor.flags.zero());
    }

    /** LOOPNE. Intel SDM volume 2A. */
    @Encoding(value = "E0 Jb branch", first = Encoding.First.READ)
    static void loopne(Processor processor, Operation operation) {
        jump(processor, operation, countDown(processor, operation) && !processor.flags.zero());
    }

    /** JRCXZ and JECXZ. Intel SDM volume 2A. */
    @Encoding(value = "E3 Jb branch", first = Encoding.First.READ)
    static void jrcxz(Processor processor, Operation operation) {
        jump(processor, operation, operation.truncated(processor.registers[RCX]) == 0);
    }

    private static boolean countDown(Processor processor, Operation operation) {
        long count = operation.truncated(processor.registers[RCX] - 1);
        processor.registers[RCX] = count;
        return count != 0;
    }

    private static void jump(Processor processor, Operation operation, boolean taken) {
        processor.rip = taken ? operation.immediate : operation.next;
    }
}
