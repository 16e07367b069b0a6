package dev.dirql.console.commands;

import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.Debugger;
import dev.dirql.debugger.Hit;
import dev.dirql.debugger.Position;
import dev.dirql.simulation.view.EventFields;
import dev.dirql.simulation.view.EventText;
import dev.dirql.simulation.view.Texts;
import java.util.Locale;

/** Where the machine stopped, and why. */
final class StopText {
    private StopText() {}

    /** {@code cpu1}, or a device. */
    static String who(int processor) {
        return processor < 0 ? "a device" : "cpu" + processor;
    }

    /** Says why the machine stands, and shows what the processor is about to do. */
    static void write(Call call, Arrival arrival) {
        Reply reply = call.reply();
        Debugger debugger = call.debugger();
        reply.put("why", why(arrival));
        switch (arrival) {
            case Arrival.Reached() -> {}
            case Arrival.Hits(var hits) -> {
                int processor = hits.getFirst().cause().processor();
                if (processor >= 0) {
                    call.view().processor = processor;
                }
                var list = reply.data().putArray("hits");
                for (Hit hit : hits) {
                    String text = hit(call, hit);
                    reply.line(text);
                    list.addObject()
                            .put("number", hit.point())
                            .put("cpu", hit.cause().processor())
                            .put("text", text);
                }
            }
            case Arrival.Ended() -> {
                debugger.run()
                        .figures()
                        .bugCheck()
                        .ifPresent(found -> {
                            reply.line(BugCheckCommands.fatal(found));
                            call.view().processor = Math.max(0, found.processor());
                        });
                reply.line(EndText.of(debugger.run()));
            }
            case Arrival.Beginning() -> reply.line("The run begins here.");
            case Arrival.Halted() -> reply.line("Break.");
            case Arrival.Trouble(String text) -> {
                reply.line("Note: %s. The machine can go on.", text);
                reply.put("trouble", text);
            }
        }
        call.view().unassembleNext = 0;
        StateCommands.here(call);
        Position position = debugger.position();
        reply.line(
                        "Time Travel Position: %s  (%s, cpu%d, IRQL %s)",
                        position.hex(),
                        Texts.moment(position.timeNs()),
                        call.view().processor,
                        Irqls.text(call.processor().irql()))
                .put("position", position.hex())
                .put("steps", position.steps())
                .put("time_ns", position.timeNs())
                .put("branch", position.branch())
                .put("cpu", call.view().processor)
                .put("irql", call.processor().irql());
    }

    static String why(Arrival arrival) {
        return arrival.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String hit(Call call, Hit hit) {
        String point = hit.point() < 0 ? "" : "Breakpoint " + hit.point() + " hit";
        String mark = point.isEmpty() ? "" : ": ";
        return switch (hit.cause()) {
            case Hit.AtAddress _ -> point.isEmpty() ? "The address is reached." : point;
            case Hit.Accessed access ->
                    point
                            + mark
                            + who(access.processor())
                            + (access.write() ? " wrote " : " read ")
                            + Texts.plural(access.size(), "byte")
                            + (access.write()
                                    ? String.format(
                                            Locale.ROOT,
                                            ", %x -> %x",
                                            access.before(),
                                            access.after())
                                    : "")
                            + (access.processor() < 0 ? "" : ", " + call.place(access.code()));
            case Hit.Happened(var stamp, var event) ->
                    point
                            + mark
                            + EventFields.kind(event)
                            + " at "
                            + HistoryCommands.position(stamp.sequence())
                            + ", "
                            + Texts.processor(stamp.processor())
                            + ": "
                            + new EventText(call.run().symbols()).fields(event);
        };
    }
}
