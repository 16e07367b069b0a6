package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Register;
import java.util.List;

/**
 * Makes the instructions that intrinsics stand for, or has them made by the compiler of their kind.
 */
final class IntrinsicCompiler {
    private final CodeBuffer code;
    private final ArgumentCompiler placement;
    private final InterlockedCompiler interlocked;
    private final BitCompiler bits;
    private final PortCompiler ports;
    private final BlockCompiler blocks;
    private final ProcessorCompiler processor;

    IntrinsicCompiler(CodeBuffer code, AddressCompiler addresses, Evaluator evaluator) {
        this.code = code;
        placement = new ArgumentCompiler(code, addresses, evaluator);
        interlocked = new InterlockedCompiler(code, placement, evaluator);
        bits = new BitCompiler(code, placement, evaluator);
        ports = new PortCompiler(code, placement, evaluator);
        blocks = new BlockCompiler(code, placement, evaluator);
        processor = new ProcessorCompiler(code, evaluator);
    }

    Value call(Expression.IntrinsicCall call, boolean wanted) {
        List<Expression> arguments = call.arguments();
        Intrinsic intrinsic = call.intrinsic();
        int size = intrinsic.size();
        switch (intrinsic.action()) {
            case READ_CR8 -> {
                return processor.readCr8();
            }
            case WRITE_CR8 -> processor.writeCr8(arguments);
            case READ_GS -> {
                return processor.readGs(call, arguments);
            }
            case WRITE_GS -> processor.writeGs(arguments, size);
            case INCREMENT -> {
                return interlocked.step(call, wanted, 1);
            }
            case DECREMENT -> {
                return interlocked.step(call, wanted, -1);
            }
            case EXCHANGE -> {
                return interlocked.exchange(call, Operation.XCHG, wanted);
            }
            case EXCHANGE_ADD -> {
                return interlocked.exchange(call, Operation.XADD, wanted);
            }
            case ADD -> {
                return interlocked.add(call);
            }
            case COMPARE_EXCHANGE -> {
                return interlocked.compareExchange(call);
            }
            case AND -> {
                return interlocked.combine(call, Operation.AND, wanted);
            }
            case OR -> {
                return interlocked.combine(call, Operation.OR, wanted);
            }
            case XOR -> {
                return interlocked.combine(call, Operation.XOR, wanted);
            }
            case BIT_TEST_AND_SET -> {
                return bits.test(call, Operation.BTS, true);
            }
            case BIT_TEST_AND_RESET -> {
                return bits.test(call, Operation.BTR, true);
            }
            case PLAIN_BIT_TEST -> {
                return bits.test(call, Operation.BT, false);
            }
            case PLAIN_BIT_TEST_AND_SET -> {
                return bits.test(call, Operation.BTS, false);
            }
            case PLAIN_BIT_TEST_AND_RESET -> {
                return bits.test(call, Operation.BTR, false);
            }
            case SCAN_FORWARD -> {
                return bits.scan(call, Operation.BSF);
            }
            case SCAN_REVERSE -> {
                return bits.scan(call, Operation.BSR);
            }
            case ROTATE_LEFT -> {
                return bits.rotate(call, Operation.ROL);
            }
            case ROTATE_RIGHT -> {
                return bits.rotate(call, Operation.ROR);
            }
            case BYTE_SWAP -> {
                return bits.swap(call);
            }
            case PAUSE -> code.raw(0xF3, 0x90);
            case FENCE ->
                    code.raw(
                            0x0F,
                            0xAE,
                            switch (intrinsic.name()) {
                                case "_mm_lfence" -> 0xE8;
                                case "_mm_sfence" -> 0xF8;
                                default -> 0xF0;
                            });
            case COMPILER_FENCE -> {}
            case DISABLE -> code.raw(0xFA);
            case ENABLE -> code.raw(0xFB);
            case HALT -> code.raw(0xF4);
            case READ_FLAGS -> {
                return processor.readFlags();
            }
            case IN -> {
                return ports.in(call);
            }
            case OUT -> ports.out(arguments, size);
            case IN_STRING -> ports.string(arguments, size, Register.RDI, 0x6C);
            case OUT_STRING -> ports.string(arguments, size, Register.RSI, 0x6E);
            case BREAK -> code.raw(0xCC);
            case ASSERTION -> code.raw(0xCD, 0x2C);
            case FAST_FAIL -> {
                placement.take(arguments.get(0), Register.RCX, 4);
                code.raw(0xCD, 0x29);
            }
            case TIME_STAMP -> {
                return processor.timeStamp();
            }
            case COPY -> {
                return blocks.copy(call, wanted);
            }
            case FILL -> {
                return blocks.fill(call, wanted);
            }
            case MOVE_STRING -> blocks.moveString(arguments, size);
            case STORE_STRING -> blocks.storeString(arguments, size);
        }
        return Value.NOTHING;
    }
}
