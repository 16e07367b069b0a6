package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A workload as C, to be compiled like a driver and linked with {@link WorkloadServices}. Each
 * thread is a routine {@code void THREAD(void *Context)}, as PsCreateSystemThread takes it. Line
 * directives name the scenario's own lines.
 *
 * @param source the C text; it includes nothing and needs no entry point
 * @param threads the routine of each thread, in the order of {@link Workload#threads}
 * @param routines what the loader has to fill in before a thread starts
 */
public record WorkloadProgram(
        SourceFile source, List<ThreadRoutine> threads, List<RoutineSlot> routines) {
    /** Name of the module that the text is to be compiled as. */
    public static final String MODULE = "workload";

    private static final int IRP_MJ_READ = 3;

    private static final int IRP_MJ_WRITE = 4;

    public WorkloadProgram {
        threads = List.copyOf(threads);
        routines = List.copyOf(routines);
    }

    /**
     * @param routine name of the C routine to start the thread at
     */
    public record ThreadRoutine(WorkloadThread thread, String routine) {}

    /**
     * A global variable of the program that has to hold the address of a driver's routine.
     *
     * @param variable its name; eight bytes
     * @param position the call in the scenario, to complain about if the driver has no such routine
     */
    public record RoutineSlot(
            String variable, String driver, int driverNumber, String routine, Position position) {}

    /** The program of a workload. */
    public static WorkloadProgram of(Workload workload) {
        return new Writer().write(workload);
    }

    private static final class Writer {
        private final StringBuilder text = new StringBuilder();
        private final SequencedMap<String, RoutineSlot> slots = new LinkedHashMap<>();
        private int counters;

        WorkloadProgram write(Workload workload) {
            List<ThreadRoutine> threads = new ArrayList<>();
            StringBuilder bodies = new StringBuilder();
            for (WorkloadThread thread : workload.threads()) {
                threads.add(new ThreadRoutine(thread, "Thread" + (thread.number() + 1)));
                bodies.append(thread(thread));
            }
            for (WorkloadServices.Service service : WorkloadServices.ALL) {
                text.append("__declspec(dllimport(\"%s\")) ".formatted(WorkloadServices.MODULE))
                        .append(service.prototype())
                        .append(";\n");
            }
            for (RoutineSlot slot : slots.values()) {
                text.append("unsigned long long %s;\n".formatted(slot.variable()));
            }
            text.append(bodies);
            return new WorkloadProgram(
                    new SourceFile(MODULE + ".c", text.toString()),
                    threads,
                    List.copyOf(slots.sequencedValues()));
        }

        private String thread(WorkloadThread thread) {
            StringBuilder body = new StringBuilder();
            line(body, thread.position());
            body.append("void Thread%d(void *Context) {\n".formatted(thread.number() + 1));
            statements(body, thread.body());
            line(body, thread.position());
            body.append("WorkloadFinished(%d);\n}\n".formatted(thread.number()));
            return body.toString();
        }

        private static void line(StringBuilder body, Position position) {
            body.append(
                    "#line %d %s\n"
                            .formatted(position.line(), CText.literal(position.file().name())));
        }

        private void statements(StringBuilder body, List<WorkloadStatement> statements) {
            for (WorkloadStatement statement : statements) {
                line(body, statement.position());
                body.append(statement(statement));
            }
        }

        private String statement(WorkloadStatement statement) {
            return switch (statement) {
                case WorkloadStatement.Repeat repeat -> repeat(repeat);
                case WorkloadStatement.Transfer transfer ->
                        "WorkloadTransfer(%s, %d, %d, %dLL, %d);\n"
                                .formatted(
                                        target(transfer.target()),
                                        transfer.write() ? IRP_MJ_WRITE : IRP_MJ_READ,
                                        transfer.length(),
                                        transfer.offset(),
                                        transfer.asynchronous() ? 1 : 0);
                case WorkloadStatement.Control control ->
                        "WorkloadControl(%s, 0x%XU, %d, 0x%XULL, %d, %d);\n"
                                .formatted(
                                        target(control.target()),
                                        control.code(),
                                        control.inputLength(),
                                        control.inputValue(),
                                        control.outputLength(),
                                        control.asynchronous() ? 1 : 0);
                case WorkloadStatement.Open open ->
                        "WorkloadOpen(%s);\n".formatted(target(open.target()));
                case WorkloadStatement.Close close ->
                        "WorkloadClose(%s);\n".formatted(target(close.target()));
                case WorkloadStatement.Delay delay ->
                        "WorkloadDelay(%dLL);\n".formatted(delay.nanoseconds());
                case WorkloadStatement.Wait _ -> "WorkloadWait();\n";
                case WorkloadStatement.Cancel _ -> "WorkloadCancel();\n";
                case WorkloadStatement.Unload unload ->
                        "WorkloadUnload(%d);\n".formatted(unload.driverNumber());
                case WorkloadStatement.Plug plug ->
                        "WorkloadPlug(%d, %d, %dLL);\n"
                                .formatted(
                                        plug.action().ordinal(),
                                        plug.deviceNumber(),
                                        plug.nanoseconds());
                case WorkloadStatement.Manage manage ->
                        "WorkloadManage(%s, %d, %d, %dLL, %d, 0x%XULL);\n"
                                .formatted(
                                        target(manage.target()),
                                        manage.action().ordinal(),
                                        manage.block(),
                                        manage.instance(),
                                        manage.id(),
                                        manage.value());
                case WorkloadStatement.Call call -> call(call);
            };
        }

        private static String target(Target target) {
            return target.driverNumber() + ", " + target.deviceNumber();
        }

        private String repeat(WorkloadStatement.Repeat repeat) {
            String counter = "Count" + ++counters;
            StringBuilder body = new StringBuilder();
            body.append(
                    "{ unsigned long %1$s; for (%1$s = 0; %1$s < %2$dU; %1$s++) {\n"
                            .formatted(counter, repeat.count()));
            statements(body, repeat.body());
            line(body, repeat.position());
            return body.append("} }\n").toString();
        }

        private String call(WorkloadStatement.Call call) {
            RoutineSlot slot =
                    slots.computeIfAbsent(
                            call.driver() + "." + call.routine(),
                            _ ->
                                    new RoutineSlot(
                                            "Routine" + (slots.size() + 1),
                                            call.driver(),
                                            call.driverNumber(),
                                            call.routine(),
                                            call.position()));
            List<String> types = new ArrayList<>();
            List<String> values = new ArrayList<>();
            for (long argument : call.arguments()) {
                types.add("unsigned long long");
                values.add("0x%XULL".formatted(argument));
            }
            return "((unsigned long long (*)(%1$s))%2$s)(%3$s); WorkloadReturned(%2$s);\n"
                    .formatted(
                            types.isEmpty() ? "void" : String.join(", ", types),
                            slot.variable(),
                            String.join(", ", values));
        }
    }
}
