package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.console.expressions.Cursor;
import dev.dirql.console.expressions.Expression;
import dev.dirql.debugger.Debugger;
import dev.dirql.debugger.Inspection;
import dev.dirql.debugger.ProcessorState;
import dev.dirql.simulation.OpenRun;
import dev.dirql.simulation.view.EventText;
import dev.dirql.store.SymbolTable;
import java.util.Optional;

/** A command that is being done: what it is about, and where its answer goes. */
public final class Call {
    private final Debugger debugger;
    private final View view;
    private final Cursor arguments;
    private final Reply reply = new Reply();

    Call(Debugger debugger, View view, String arguments) {
        this.debugger = debugger;
        this.view = view;
        this.arguments = new Cursor(arguments);
    }

    Debugger debugger() {
        return debugger;
    }

    Inspection inspection() {
        return debugger.inspection();
    }

    OpenRun run() {
        return debugger.run();
    }

    View view() {
        return view;
    }

    Cursor arguments() {
        return arguments;
    }

    Reply reply() {
        return reply;
    }

    /** The state of the processor that the client looks at. */
    ProcessorState processor() {
        return inspection().processor(view.processor);
    }

    QuietMemory memory() {
        return new QuietMemory(inspection(), view.processor);
    }

    long value(Expression expression) {
        return expression.value(new Expression.Scope(inspection(), view.processor));
    }

    /** The next argument, an expression. */
    long argument(String what) {
        if (arguments.isAtEnd()) {
            throw new ConsoleError(what + " is missing.");
        }
        return value(arguments.expression());
    }

    /** The next argument, an expression, or empty at the end. */
    Optional<Long> optional() {
        return arguments.isAtEnd() ? Optional.empty() : Optional.of(value(arguments.expression()));
    }

    /** The next argument, which is the last, as the number of a processor; else a default. */
    int processorArgument(int otherwise) {
        long number = optional().orElse((long) otherwise);
        arguments.end();
        if (Long.compareUnsigned(number, inspection().processorCount()) >= 0) {
            throw new ConsoleError(
                    "There is no processor %x: they are 0 to %x."
                            .formatted(number, inspection().processorCount() - 1));
        }
        return (int) number;
    }

    // ---- names ----

    /** {@code driver!Routine+0x12}, or the address where it has no name. */
    String name(long address) {
        return inspection()
                .locate(address)
                .map(SymbolTable.Location::text)
                .orElseGet(() -> Address.text(address));
    }

    /** {@code driver!Routine+0x12 (file:line)}. */
    String place(long address) {
        return inspection()
                .locate(address)
                .map(EventText::place)
                .orElseGet(() -> Address.text(address));
    }

    /** Name of what lies at an address; empty where there is none. */
    String known(long address) {
        return inspection().locate(address).map(SymbolTable.Location::text).orElse("");
    }

    /** What a thread is called, behind its address. */
    String thread(long address) {
        return run().figures().threadName(address);
    }
}
