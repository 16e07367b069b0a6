package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.ActivityContext;
import dev.dirql.scenario.language.ScenarioParser.BodyContext;
import dev.dirql.scenario.language.ScenarioParser.CallContext;
import dev.dirql.scenario.language.ScenarioParser.ControlContext;
import dev.dirql.scenario.language.ScenarioParser.DetailContext;
import dev.dirql.scenario.language.ScenarioParser.ExpressionContext;
import dev.dirql.scenario.language.ScenarioParser.ManageContext;
import dev.dirql.scenario.language.ScenarioParser.StatementContext;
import dev.dirql.scenario.language.ScenarioParser.ThreadContext;
import dev.dirql.scenario.language.ScenarioParser.TimedContext;
import dev.dirql.scenario.language.ScenarioParser.TransferContext;
import dev.dirql.scenario.source.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads the workload. */
final class Workloads {
    private static final int THREADS_MAXIMUM = 256;
    private static final int ARGUMENTS_MAXIMUM = 8;
    private static final long COUNT_MAXIMUM = 0xFFFF_FFFFL;

    /** Of those that a driver provides to WMI. */
    private static final long BLOCKS_MAXIMUM = 4096;

    private static final long LENGTH_MAXIMUM = 64L << 20;

    private final Declarations declared;
    private final Devices devices;
    private final MachineDeclaration machine;
    private final Expressions expressions;
    private final Problems problems;
    private final Stimuli stimuli;
    private final List<WorkloadThread> threads = new ArrayList<>();
    private final List<Stimulus.FailAllocation> failures = new ArrayList<>();
    private final List<TimedStimuli> timed = new ArrayList<>();
    private final List<Stimulus> last = new ArrayList<>();

    Workloads(
            Declarations declared,
            Devices devices,
            MachineDeclaration machine,
            Properties properties,
            Expressions expressions,
            Problems problems) {
        this.declared = declared;
        this.devices = devices;
        this.machine = machine;
        this.expressions = expressions;
        this.problems = problems;
        this.stimuli = new Stimuli(devices, properties, expressions, problems);
    }

    Workload read() {
        if (!declared.workloads().isEmpty()) {
            declared.workloads().getFirst().activity().forEach(this::activity);
        }
        return new Workload(threads, failures, timed, last);
    }

    private void activity(ActivityContext activity) {
        if (activity.exception != null) {
            return;
        }
        if (activity.thread() != null) {
            thread(activity.thread());
        } else if (activity.timed() != null) {
            timed(activity.timed());
        } else if (activity.stimulus() != null) {
            stimuli.read(activity.stimulus()).ifPresent(this::untimed);
        }
    }

    private void untimed(Stimulus stimulus) {
        switch (stimulus) {
            case Stimulus.Unload _, Stimulus.Plug _, Stimulus.Shutdown _ -> last.add(stimulus);
            case Stimulus.FailAllocation fail -> failures.add(fail);
            case Stimulus.Raise _,
                    Stimulus.LoseInterrupt _,
                    Stimulus.DuplicateInterrupt _,
                    Stimulus.DelayInterrupt _,
                    Stimulus.Storm _,
                    Stimulus.OfInterrupt _,
                    Stimulus.OfDevice _ ->
                    timed.add(new TimedStimuli(stimulus.position(), 0, 0, 1, List.of(stimulus)));
        }
    }

    private void thread(ThreadContext thread) {
        int number = threads.size();
        if (number == THREADS_MAXIMUM) {
            problems.error(
                    thread.getStart(), "more than %d threads".formatted(THREADS_MAXIMUM), "");
        }
        String name = "thread " + (number + 1);
        if (thread.WORD() != null) {
            name = thread.WORD().getText();
            for (WorkloadThread other : threads) {
                if (other.name().equals(name)) {
                    problems.error(
                            thread.WORD().getSymbol(),
                            "a second thread '%s'".formatted(name),
                            "the first is at %s".formatted(other.position()));
                }
            }
        }
        // "thread on EXPRESSION priority EXPRESSION": which expression is which depends on the
        // words before them.
        OptionalInt processor = OptionalInt.empty();
        int priority = WorkloadThread.USUAL_PRIORITY;
        for (int i = 1; i < thread.getChildCount(); i++) {
            if (thread.getChild(i) instanceof ExpressionContext expression) {
                if (thread.getChild(i - 1).getText().equals("on")) {
                    processor = processor(expression);
                } else {
                    OptionalLong value = expressions.whole(expression, "priority", 1, 31);
                    priority = value.isPresent() ? (int) value.getAsLong() : priority;
                }
            }
        }
        threads.add(
                new WorkloadThread(
                        Devices.position(thread),
                        number,
                        name,
                        processor,
                        priority,
                        body(thread.body())));
    }

    private OptionalInt processor(ExpressionContext expression) {
        OptionalLong number = expressions.whole(expression, "a processor", 0, 63);
        if (number.isPresent() && number.getAsLong() >= machine.processors()) {
            problems.error(
                    expression,
                    machine.processors() == 1
                            ? "no processor %d: the machine has one, number 0"
                                    .formatted(number.getAsLong())
                            : "no processor %d: the machine has processors 0 to %d"
                                    .formatted(number.getAsLong(), machine.processors() - 1),
                    "machine { processors %d }".formatted(number.getAsLong() + 1));
        }
        return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
    }

    private void timed(TimedContext context) {
        OptionalLong time = expressions.time(context.expression(0), "the time");
        OptionalLong period = OptionalLong.of(0);
        OptionalLong times = OptionalLong.of(1);
        if (context.expression().size() > 1) {
            period = expressions.time(context.expression(1), "the period");
            times = OptionalLong.of(TimedStimuli.UNTIL_THE_END);
            if (period.isPresent() && period.getAsLong() == 0) {
                problems.error(context.expression(1), "a period of no time", "");
            }
        }
        if (context.expression().size() > 2) {
            times = expressions.whole(context.expression(2), "times", 1, COUNT_MAXIMUM);
        }
        List<Stimulus> what = new ArrayList<>();
        if (context.stimulus() != null) {
            stimuli.read(context.stimulus()).ifPresent(what::add);
        } else if (context.stimuli() != null) {
            context.stimuli().stimulus().forEach(one -> stimuli.read(one).ifPresent(what::add));
        }
        if (time.isPresent() && period.isPresent() && times.isPresent()) {
            timed.add(
                    new TimedStimuli(
                            Devices.position(context),
                            time.getAsLong(),
                            period.getAsLong(),
                            times.getAsLong(),
                            what));
        }
    }

    private List<WorkloadStatement> body(BodyContext body) {
        List<WorkloadStatement> statements = new ArrayList<>();
        for (StatementContext statement : body.statement()) {
            if (statement.exception == null) {
                statement(statement).ifPresent(statements::add);
            }
        }
        return statements;
    }

    private Optional<WorkloadStatement> statement(StatementContext statement) {
        Position position = Devices.position(statement);
        String word = statement.getStart().getText();
        boolean asynchronous = word.equals("start");
        if (statement.transfer() != null) {
            return transfer(position, statement.transfer(), asynchronous);
        }
        if (statement.control() != null) {
            return control(position, statement.control(), asynchronous);
        }
        if (statement.call() != null) {
            return call(position, statement.call());
        }
        if (statement.plug() != null) {
            return stimuli.plugged(statement.plug()).map(what -> what);
        }
        if (statement.manage() != null) {
            return manage(position, statement.manage());
        }
        return switch (word) {
            case "repeat" -> {
                OptionalLong count =
                        expressions.whole(statement.expression(), "repeat", 0, COUNT_MAXIMUM);
                List<WorkloadStatement> body = body(statement.body());
                yield count.isPresent()
                        ? Optional.of(
                                new WorkloadStatement.Repeat(position, count.getAsLong(), body))
                        : Optional.empty();
            }
            case "delay" -> {
                OptionalLong time = expressions.time(statement.expression(), "delay");
                yield time.isPresent()
                        ? Optional.of(new WorkloadStatement.Delay(position, time.getAsLong()))
                        : Optional.empty();
            }
            case "wait" -> Optional.of(new WorkloadStatement.Wait(position));
            case "cancel" -> Optional.of(new WorkloadStatement.Cancel(position));
            case "unload" ->
                    Optional.ofNullable(devices.driverTarget(statement.name()))
                            .map(target ->
                                    new WorkloadStatement.Unload(
                                            position, target.driver(), target.driverNumber()));
            case "open" ->
                    Optional.ofNullable(devices.target(statement.name()))
                            .map(target -> new WorkloadStatement.Open(position, target));
            case "close" ->
                    Optional.ofNullable(devices.target(statement.name()))
                            .map(target -> new WorkloadStatement.Close(position, target));
            default -> throw new IllegalStateException("statement begins with " + word);
        };
    }

    private Optional<WorkloadStatement> manage(Position position, ManageContext manage) {
        Target target = devices.target(manage.name());
        OptionalLong block =
                expressions.whole(manage.expression(0), "a block", 0, BLOCKS_MAXIMUM - 1);
        String words = manage.getChild(0).getText() + " " + manage.getChild(1).getText();
        ManageAction action =
                switch (words) {
                    case "query data" -> ManageAction.QUERY_DATA;
                    case "set data" -> ManageAction.SET_DATA;
                    case "execute method" -> ManageAction.EXECUTE_METHOD;
                    case "enable events" -> ManageAction.ENABLE_EVENTS;
                    case "disable events" -> ManageAction.DISABLE_EVENTS;
                    case "enable collection" -> ManageAction.ENABLE_COLLECTION;
                    default -> ManageAction.DISABLE_COLLECTION;
                };
        OptionalLong id =
                action == ManageAction.EXECUTE_METHOD
                        ? expressions.whole(manage.expression(1), "a method", 0, 0xFFFF_FFFFL)
                        : OptionalLong.of(0);
        long instance =
                action == ManageAction.QUERY_DATA ? WorkloadStatement.Manage.ALL_INSTANCES : 0;
        long value = 0;
        for (DetailContext detail : manage.detail()) {
            String word = detail.getStart().getText();
            boolean fits =
                    word.equals("instance")
                            || (word.equals("value") && action != ManageAction.QUERY_DATA)
                            || (word.equals("item") && words.equals("set data"));
            OptionalLong number =
                    expressions.whole(
                            detail.expression(),
                            "the " + word,
                            word.equals("value") ? Long.MIN_VALUE : 0,
                            word.equals("value") ? Long.MAX_VALUE : 0xFFFF_FFFFL);
            if (!fits) {
                problems.error(
                        detail,
                        "'%s' has no '%s'".formatted(words, word),
                        words.equals("set data")
                                ? "instance, item, value"
                                : action == ManageAction.QUERY_DATA
                                        ? "instance"
                                        : "instance, value");
                return Optional.empty();
            }
            if (number.isEmpty()) {
                return Optional.empty();
            }
            switch (word) {
                case "instance" -> instance = number.getAsLong();
                case "value" -> value = number.getAsLong();
                default -> {
                    action = ManageAction.SET_ITEM;
                    id = number;
                }
            }
        }
        return target == null || block.isEmpty() || id.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new WorkloadStatement.Manage(
                                position,
                                target,
                                action,
                                block.getAsLong(),
                                instance,
                                id.getAsLong(),
                                value));
    }

    private Optional<WorkloadStatement> transfer(
            Position position, TransferContext transfer, boolean asynchronous) {
        Target target = devices.target(transfer.name());
        OptionalLong length =
                expressions.size(transfer.expression(0), "the length", LENGTH_MAXIMUM);
        OptionalLong offset =
                transfer.expression().size() > 1
                        ? expressions.size(transfer.expression(1), "the offset", Long.MAX_VALUE)
                        : OptionalLong.of(0);
        if (target == null || length.isEmpty() || offset.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new WorkloadStatement.Transfer(
                        position,
                        transfer.getStart().getText().equals("write"),
                        target,
                        (int) length.getAsLong(),
                        offset.getAsLong(),
                        asynchronous));
    }

    private Optional<WorkloadStatement> control(
            Position position, ControlContext control, boolean asynchronous) {
        Target target = devices.target(control.name());
        OptionalLong code =
                expressions.whole(control.expression(0), "a control code", 0, 0xFFFF_FFFFL);
        OptionalLong output =
                control.expression().size() > 1
                        ? expressions.size(
                                control.expression(1), "the output length", LENGTH_MAXIMUM)
                        : OptionalLong.of(0);
        OptionalLong inputLength = OptionalLong.of(0);
        OptionalLong inputValue = OptionalLong.of(0);
        if (control.input() != null) {
            List<ExpressionContext> values = control.input().expression();
            boolean sized = !control.input().getChild(1).getText().equals("value");
            if (sized) {
                inputLength =
                        expressions.size(values.getFirst(), "the input length", LENGTH_MAXIMUM);
            } else {
                inputLength = OptionalLong.of(Integer.BYTES);
            }
            if (!sized || values.size() > 1) {
                long maximum = sized ? Long.MAX_VALUE : 0xFFFF_FFFFL;
                long minimum = sized ? Long.MIN_VALUE : Integer.MIN_VALUE;
                inputValue =
                        expressions.whole(values.getLast(), "the input value", minimum, maximum);
            }
        }
        if (target == null
                || code.isEmpty()
                || output.isEmpty()
                || inputLength.isEmpty()
                || inputValue.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new WorkloadStatement.Control(
                        position,
                        target,
                        (int) code.getAsLong(),
                        (int) inputLength.getAsLong(),
                        inputValue.getAsLong(),
                        (int) output.getAsLong(),
                        asynchronous));
    }

    private Optional<WorkloadStatement> call(Position position, CallContext call) {
        Target target = devices.driverTarget(call.name(0));
        List<Long> arguments = new ArrayList<>();
        for (ExpressionContext argument : call.expression()) {
            Optional<Value> value = expressions.evaluate(argument);
            if (value.isPresent() && value.get() instanceof Value.Text) {
                problems.error(argument, "an argument is a number, not a text", "");
                value = Optional.empty();
            }
            arguments.add(value.map(Expressions::bits).orElse(0L));
        }
        if (arguments.size() > ARGUMENTS_MAXIMUM) {
            problems.error(
                    call,
                    "%d arguments".formatted(arguments.size()),
                    "at most %d are passed".formatted(ARGUMENTS_MAXIMUM));
        }
        return target == null
                ? Optional.empty()
                : Optional.of(
                        new WorkloadStatement.Call(
                                position,
                                target.driver(),
                                target.driverNumber(),
                                call.name(1).getText(),
                                arguments));
    }
}
