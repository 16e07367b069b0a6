package dev.dirql.console.gdb;

import dev.dirql.console.ConsoleClientSeat;
import dev.dirql.debugger.DebugSession;
import dev.dirql.debugger.Debugger;
import dev.dirql.debugger.Edit;
import dev.dirql.debugger.Inspection;
import dev.dirql.debugger.Position;
import dev.dirql.machine.Machine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Does what packets ask for. One packet is done after the other; the state here belongs to whoever
 * does the present one.
 */
final class GdbTarget {
    private static final String NO_MEMORY = "E0e";
    private static final String OK = "OK";
    private static final String UNKNOWN = "";
    private static final byte INT3 = (byte) 0xCC;
    private static final byte NOP = (byte) 0x90;
    private static final int POINT_TYPES = 4;

    private static final String SUPPORTED =
            "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;"
                            .formatted(GdbLimits.PACKET_MAXIMUM)
                    + "qXfer:memory-map:read+;vContSupported+;ReverseStep+;ReverseContinue+;"
                    + "swbreak+;hwbreak+;binary-upload+;multiprocess-";

    private final DebugSession session;
    private final ConsoleClientSeat seat;
    private final GdbPoints points = new GdbPoints();

    /** The processor of the last stop, or that gdb asked to be alive since: it may be meant. */
    private int selected;

    /** The processor whose registers and memory are meant. */
    private int general;

    /** The processor that steps. */
    private OptionalInt stepping = OptionalInt.empty();

    private volatile boolean going;

    GdbTarget(DebugSession session, ConsoleClientSeat seat) {
        this.session = session;
        this.seat = seat;
    }

    /**
     * @param packets the answer; none is no answer at all
     * @param close whether the client is let go then
     * @param silent whether nothing is acknowledged from now on
     */
    record Outcome(List<String> packets, boolean close, boolean silent) {
        static Outcome of(String packet) {
            return new Outcome(List.of(packet), false, false);
        }
    }

    /** Whether the machine goes because gdb wants it. */
    boolean isGoing() {
        return going;
    }

    /** The machine is to stop, if it goes. */
    void interrupt() {
        session.halt();
    }

    /** Fails with {@link Refused}, or another exception, if it cannot be done. */
    CompletableFuture<Outcome> packet(String body) {
        if (body.isEmpty()) {
            return now(UNKNOWN);
        }
        String rest = body.substring(1);
        return switch (body.charAt(0)) {
            case '?' -> status();
            case 'g' -> look(debugger -> RegisterSet.all(debugger.inspection().processor(general)));
            case 'G' ->
                    change(debugger -> {
                        RegisterSet.writeAll(debugger, general, rest);
                        return OK;
                    });
            case 'p' -> {
                int number = PacketText.number(rest, 0xFFFF);
                yield look(debugger ->
                        RegisterSet.one(debugger.inspection().processor(general), number));
            }
            case 'P' -> {
                String[] fields = PacketText.fields(rest, '=', 2);
                int number = PacketText.number(fields[0], 0xFFFF);
                yield change(debugger -> {
                    RegisterSet.write(debugger, general, number, fields[1]);
                    return OK;
                });
            }
            case 'm' -> read(rest, PacketText::hex);
            case 'x' -> read(rest, bytes -> "b" + PacketText.escaped(bytes));
            case 'M' -> write(rest, PacketText::bytes);
            case 'X' -> write(rest, PacketText::unescaped);
            case 'Z' -> point(rest, true);
            case 'z' -> point(rest, false);
            case 'H' -> thread(rest);
            case 'T' ->
                    look(debugger -> {
                        selected =
                                Resume.processor(rest, count(debugger)).orElseThrow(Refused::new);
                        return OK;
                    });
            case 'c' -> rest.isEmpty() ? go(_ -> new Resume.Continue()) : refused();
            case 'C' -> {
                PacketText.number(rest, 0xFF);
                yield go(_ -> new Resume.Continue());
            }
            case 's' -> rest.isEmpty() ? go(_ -> new Resume.Step(stepping)) : refused();
            case 'S' -> {
                PacketText.number(rest, 0xFF);
                yield go(_ -> new Resume.Step(stepping));
            }
            case 'b' ->
                    switch (rest) {
                        case "s" -> go(_ -> new Resume.StepBack(stepping));
                        case "c" -> go(_ -> new Resume.ContinueBack());
                        default -> now(UNKNOWN);
                    };
            case 'D' -> CompletableFuture.completedFuture(new Outcome(List.of(OK), true, false));
            case 'k' -> CompletableFuture.completedFuture(new Outcome(List.of(), true, false));
            case 'v' -> named(body);
            case 'q' -> query(body);
            case 'Q' -> set(body);
            default -> now(UNKNOWN);
        };
    }

    private static CompletableFuture<Outcome> now(String packet) {
        return CompletableFuture.completedFuture(Outcome.of(packet));
    }

    private static CompletableFuture<Outcome> refused() {
        return CompletableFuture.failedFuture(new Refused());
    }

    private CompletableFuture<Outcome> look(Function<Debugger, String> question) {
        return session.ask(debugger -> Outcome.of(question.apply(debugger)));
    }

    private CompletableFuture<Outcome> change(Function<Debugger, String> change) {
        drive();
        return session.change(debugger -> Outcome.of(change.apply(debugger)));
    }

    /** Whoever goes on in gdb means it; others follow from then on. */
    private void drive() {
        var _ = seat.line("drive");
    }

    private static int count(Debugger debugger) {
        return debugger.inspection().processorCount();
    }

    /** Whoever attaches wants the machine to stand. */
    private CompletableFuture<Outcome> status() {
        if (session.isRunning()) {
            session.halt();
        }
        return look(_ -> Movement.reply(5, selected, ""));
    }

    // ---- memory ----

    private CompletableFuture<Outcome> read(String range, Function<byte[], String> shown) {
        String[] fields = PacketText.fields(range, ',', 2);
        long address = PacketText.number(fields[0]);
        int size =
                Math.min(PacketText.number(fields[1], Integer.MAX_VALUE), GdbLimits.DATA_MAXIMUM);
        return look(debugger -> {
            byte[] bytes = debugger.inspection().memory(general, address, size);
            if (bytes.length == 0 && size > 0) {
                return NO_MEMORY;
            }
            hideBreakpoints(debugger, address, bytes);
            return shown.apply(bytes);
        });
    }

    /**
     * The slots of services are filled with INT3, which nobody executes. gdb would take it for a
     * breakpoint that belongs to the program, and go on behind it when it stops there.
     */
    private static void hideBreakpoints(Debugger debugger, long address, byte[] bytes) {
        Machine machine = debugger.run().machine();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == INT3 && machine.isService(address + i)) {
                bytes[i] = NOP;
            }
        }
    }

    private CompletableFuture<Outcome> write(String text, Function<String, byte[]> taken) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return refused();
        }
        String[] fields = PacketText.fields(text.substring(0, colon), ',', 2);
        long address = PacketText.number(fields[0]);
        int size = PacketText.number(fields[1], GdbLimits.PACKET_MAXIMUM);
        byte[] bytes = taken.apply(text.substring(colon + 1));
        if (bytes.length != size) {
            return refused();
        }
        if (size == 0) {
            return now(OK);
        }
        return change(debugger -> {
            debugger.edit(new Edit.Memory(general, address, bytes));
            return OK;
        });
    }

    // ---- breakpoints and watchpoints ----

    private CompletableFuture<Outcome> point(String text, boolean insert) {
        // Conditions and commands of the target, behind a semicolon, are nothing we offer.
        String[] fields = PacketText.fields(text, ',', 3);
        int type = PacketText.number(fields[0], 0xFF);
        if (type > POINT_TYPES) {
            return now(UNKNOWN);
        }
        GdbPoints.Point point =
                new GdbPoints.Point(
                        type,
                        PacketText.number(fields[1]),
                        PacketText.number(fields[2], GdbLimits.WATCHED_MAXIMUM));
        return look(debugger -> {
            if (insert) {
                points.insert(debugger, general, point);
            } else {
                points.remove(point);
            }
            return OK;
        });
    }

    // ---- threads ----

    private CompletableFuture<Outcome> thread(String rest) {
        if (rest.isEmpty()) {
            return refused();
        }
        return look(debugger -> {
            OptionalInt processor = Resume.processor(rest.substring(1), count(debugger));
            switch (rest.charAt(0)) {
                case 'g' -> general = processor.orElse(selected);
                case 'c' -> stepping = processor;
                default -> throw new Refused();
            }
            return OK;
        });
    }

    private static String threads(Inspection inspection) {
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\"?>\n<threads>\n");
        for (int i = 0; i < inspection.processorCount(); i++) {
            text.append(
                    "<thread id=\"%x\" core=\"%d\" name=\"%s\"/>\n"
                            .formatted(i + 1, i, name(inspection, i)));
        }
        return text.append("</threads>\n").toString();
    }

    /** {@code cpu1 DISPATCH_LEVEL 2}. */
    private static String name(Inspection inspection, int processor) {
        int irql = inspection.processor(processor).irql();
        String level =
                switch (irql) {
                    case 0 -> "PASSIVE_LEVEL";
                    case 1 -> "APC_LEVEL";
                    case 2 -> "DISPATCH_LEVEL";
                    case 12 -> "SYNCH_LEVEL";
                    case 13 -> "CLOCK_LEVEL";
                    case 14 -> "IPI_LEVEL";
                    case 15 -> "HIGH_LEVEL";
                    default -> "DIRQL";
                };
        return "cpu" + processor + " " + level + " " + irql;
    }

    private static String numbers(Inspection inspection) {
        StringBuilder text = new StringBuilder("m");
        for (int i = 1; i <= inspection.processorCount(); i++) {
            text.append(i == 1 ? "" : ",").append(Integer.toHexString(i));
        }
        return text.toString();
    }

    // ---- going ----

    private CompletableFuture<Outcome> go(Function<Debugger, Resume> wanted) {
        drive();
        going = true;
        List<String> packets = new ArrayList<>();
        return session.go(
                        debugger -> {
                            Resume resume = wanted.apply(debugger);
                            Movement.Result result =
                                    new Movement(debugger, points, selected).go(resume);
                            selected = result.processor();
                            general = selected;
                            packets.addAll(result.packets());
                            return result.arrival();
                        })
                .whenComplete((_, _) -> going = false)
                .thenApply(_ -> new Outcome(packets, false, false));
    }

    private CompletableFuture<Outcome> named(String body) {
        if (body.equals("vCont?")) {
            return now("vCont;c;C;s;S;t;r");
        }
        if (body.startsWith("vCont;")) {
            String actions = body.substring("vCont;".length());
            return go(debugger -> Resume.of(actions, count(debugger)));
        }
        if (body.startsWith("vKill;")) {
            return CompletableFuture.completedFuture(new Outcome(List.of(OK), true, false));
        }
        return now(UNKNOWN);
    }

    // ---- questions ----

    private CompletableFuture<Outcome> query(String body) {
        if (body.startsWith("qRcmd,")) {
            return command(PacketText.bytes(body.substring("qRcmd,".length())));
        }
        if (body.startsWith("qXfer:")) {
            return document(body.substring("qXfer:".length()));
        }
        if (body.startsWith("qThreadExtraInfo,")) {
            String thread = body.substring("qThreadExtraInfo,".length());
            return look(debugger -> {
                int processor = Resume.processor(thread, count(debugger)).orElseThrow(Refused::new);
                return PacketText.hex(name(debugger.inspection(), processor));
            });
        }
        int colon = body.indexOf(':');
        return switch (colon < 0 ? body : body.substring(0, colon)) {
            case "qSupported" -> now(SUPPORTED);
            case "qAttached" -> now("1");
            case "qC" -> now("QC" + Integer.toHexString(selected + 1));
            case "qSymbol" -> now(OK);
            case "qfThreadInfo" -> look(debugger -> numbers(debugger.inspection()));
            case "qsThreadInfo" -> now("l");
            default -> now(UNKNOWN);
        };
    }

    private CompletableFuture<Outcome> document(String text) {
        String[] fields = PacketText.fields(text, ':', 4);
        String name = fields[0] + ":" + fields[1] + ":" + fields[2];
        return switch (name) {
            case "features:read:target.xml" ->
                    now(PacketText.part(RegisterSet.description(), fields[3]));
            case "memory-map:read:" -> now(PacketText.part(MEMORY_MAP, fields[3]));
            case "threads:read:" ->
                    look(debugger -> PacketText.part(threads(debugger.inspection()), fields[3]));
            default -> fields[0].equals("features") ? now("E00") : now(UNKNOWN);
        };
    }

    /** Canonical addresses. What is mapped there changes while the machine runs. */
    private static final String MEMORY_MAP =
            """
            <?xml version="1.0"?>
            <!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" \
            "http://sourceware.org/gdb/gdb-memory-map.dtd">
            <memory-map>
            <memory type="ram" start="0x0" length="0x800000000000"/>
            <memory type="ram" start="0xffff800000000000" length="0x800000000000"/>
            </memory-map>
            """;

    private CompletableFuture<Outcome> set(String body) {
        return switch (body) {
            case "QStartNoAckMode" ->
                    CompletableFuture.completedFuture(new Outcome(List.of(OK), false, true));
            case "QThreadEvents:0", "QNonStop:0" -> now(OK);
            default -> now(UNKNOWN);
        };
    }

    // ---- monitor ----

    private CompletableFuture<Outcome> command(byte[] text) {
        String line = new String(text, StandardCharsets.UTF_8).replace('\n', ' ');
        boolean stands = !session.isRunning();
        CompletableFuture<List<Position>> before =
                stands
                        ? session.ask(debugger -> List.of(debugger.position()))
                        : CompletableFuture.completedFuture(List.of());
        return before.thenCompose(from ->
                seat.line(line)
                        .thenCompose(answer ->
                                from.isEmpty()
                                        ? CompletableFuture.completedFuture(said(answer, false))
                                        : session.ask(debugger ->
                                                said(
                                                        answer,
                                                        !from.contains(debugger.position())))));
    }

    private static Outcome said(String answer, boolean moved) {
        int prompt = answer.lastIndexOf("\n", answer.length() - 2) + 1;
        String text = answer.substring(0, prompt);
        if (moved) {
            text += "The machine has moved; for gdb: maintenance flush register-cache\n";
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<String> packets = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += GdbLimits.TEXT_MAXIMUM) {
            int to = Math.min(bytes.length, at + GdbLimits.TEXT_MAXIMUM);
            packets.add("O" + PacketText.hex(java.util.Arrays.copyOfRange(bytes, at, to)));
        }
        packets.add(OK);
        return new Outcome(packets, false, false);
    }
}
