package dev.dirql.x86;

import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import org.jspecify.annotations.Nullable;

/** Calls the instruction methods that work on the processor. Null means that it goes on. */
final class MachineFunctions {
    private MachineFunctions() {}

    static @Nullable Stop execute(Processor processor, Operation operation) {
        switch (operation.function) {
            case Code.PUSH -> Stack.push(processor, operation);
            case Code.POP -> Stack.pop(processor, operation);
            case Code.XCHG -> Data.xchg(processor, operation);
            case Code.MUL -> Multiplication.mul(processor, operation);
            case Code.IMUL_WIDE -> Multiplication.imulWide(processor, operation);
            case Code.DIV -> {
                return Multiplication.div(processor, operation);
            }
            case Code.IDIV -> {
                return Multiplication.idiv(processor, operation);
            }
            case Code.EXTEND_ACCUMULATOR -> Multiplication.extendAccumulator(processor, operation);
            case Code.EXTEND_TO_DATA -> Multiplication.extendToData(processor, operation);
            case Code.LEAVE -> Stack.leave(processor, operation);
            case Code.ENTER -> Stack.enter(processor, operation);
            case Code.PUSHF -> Stack.pushf(processor, operation);
            case Code.MOVS, Code.STOS, Code.LODS, Code.SCAS, Code.CMPS, Code.INS, Code.OUTS ->
                    element(processor, operation);
            case Code.NOP -> SystemInstructions.nop();
            case Code.LFENCE -> SystemInstructions.lfence();
            case Code.MFENCE -> SystemInstructions.mfence();
            case Code.SFENCE -> SystemInstructions.sfence();
            case Code.XLAT -> Data.xlat(processor, operation);
            case Code.LAHF -> Data.lahf(processor, operation);
            case Code.SAHF -> Data.sahf(processor, operation);
            case Code.CLC -> SystemInstructions.clc(processor.flags);
            case Code.STC -> SystemInstructions.stc(processor.flags);
            case Code.CMC -> SystemInstructions.cmc(processor.flags);
            case Code.CLD -> SystemInstructions.cld(processor.flags);
            case Code.STD -> SystemInstructions.std(processor.flags);
            default -> {
                return operation.function >= Code.MOVDQU
                        ? vector(processor, operation)
                        : system(processor, operation);
            }
        }
        return null;
    }

    /** Branches that are not visible; each sets RIP. */
    static void branch(Processor processor, Operation operation) {
        switch (operation.function) {
            case Code.JMP -> Control.jmp(processor, operation);
            case Code.CALL -> Control.call(processor, operation);
            case Code.RET -> Control.ret(processor, operation);
            case Code.LOOP -> Control.loop(processor, operation);
            case Code.LOOPE -> Control.loope(processor, operation);
            case Code.LOOPNE -> Control.loopne(processor, operation);
            case Code.JRCXZ -> Control.jrcxz(processor, operation);
            default -> throw new IllegalStateException("function " + operation.function);
        }
    }

    /** One element of a string instruction. */
    static void element(Processor processor, Operation operation) {
        switch (operation.function) {
            case Code.MOVS -> Strings.movs(processor, operation);
            case Code.STOS -> Strings.stos(processor, operation);
            case Code.LODS -> Strings.lods(processor, operation);
            case Code.SCAS -> Strings.scas(processor, operation);
            case Code.CMPS -> Strings.cmps(processor, operation);
            case Code.INS -> Strings.ins(processor, operation);
            case Code.OUTS -> Strings.outs(processor, operation);
            default -> throw new IllegalStateException("function " + operation.function);
        }
    }

    private static @Nullable Stop system(Processor processor, Operation operation) {
        switch (operation.function) {
            case Code.POPF -> {
                return Stack.popf(processor, operation);
            }
            case Code.MOV_FROM_SEGMENT -> {
                return Data.movFromSegment(processor, operation);
            }
            case Code.CLI -> SystemInstructions.cli(processor);
            case Code.STI -> SystemInstructions.sti(processor);
            case Code.HLT -> {
                return SystemInstructions.hlt();
            }
            case Code.PAUSE -> {
                return SystemInstructions.pause();
            }
            case Code.INT3 -> {
                return SystemInstructions.int3(processor);
            }
            case Code.INTERRUPT -> {
                return SystemInstructions.interrupt(processor, operation);
            }
            case Code.UD2 -> {
                return SystemInstructions.ud2(processor);
            }
            case Code.IN -> SystemInstructions.in(processor, operation);
            case Code.OUT -> SystemInstructions.out(processor, operation);
            case Code.MOV_FROM_CONTROL -> {
                return SystemInstructions.movFromControl(processor, operation);
            }
            case Code.MOV_TO_CONTROL -> {
                return SystemInstructions.movToControl(processor, operation);
            }
            case Code.CPUID -> SystemInstructions.cpuid(processor, operation);
            case Code.RDTSC -> SystemInstructions.rdtsc(processor, operation);
            case Code.CMPXCHG8B -> {
                return SystemInstructions.cmpxchg8b(processor, operation);
            }
            default -> throw new IllegalStateException("function " + operation.function);
        }
        return null;
    }

    private static @Nullable Stop vector(Processor processor, Operation operation) {
        switch (operation.function) {
            case Code.MOVDQU -> Vectors.movdqu(processor, operation);
            case Code.MOVDQA -> {
                return Vectors.movdqa(processor, operation);
            }
            case Code.MOVQ_LOAD -> Vectors.movqLoad(processor, operation);
            case Code.MOVQ_STORE -> Vectors.movqStore(processor, operation);
            case Code.MOVD_LOAD -> Vectors.movdLoad(processor, operation);
            case Code.MOVD_STORE -> Vectors.movdStore(processor, operation);
            case Code.MOVHPS -> Vectors.movhps(processor, operation);
            case Code.MOVHPS_STORE -> Vectors.movhpsStore(processor, operation);
            case Code.MOVLPS_STORE -> Vectors.movlpsStore(processor, operation);
            case Code.PUNPCKLQDQ -> {
                return Vectors.punpcklqdq(processor, operation);
            }
            case Code.PXOR -> {
                return Vectors.pxor(processor, operation);
            }
            case Code.POR -> {
                return Vectors.por(processor, operation);
            }
            case Code.PAND -> {
                return Vectors.pand(processor, operation);
            }
            default -> throw new IllegalStateException("function " + operation.function);
        }
        return null;
    }
}
