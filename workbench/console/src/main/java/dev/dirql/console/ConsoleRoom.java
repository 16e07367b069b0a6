package dev.dirql.console;

import dev.dirql.console.commands.CommandTable;
import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.DebugSession;
import dev.dirql.debugger.Position;
import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.simulation.view.EventText;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the clients of one machine meet. One of them drives; the others look, and are told what
 * happens. What clients may be told of comes from any thread and is handed on at once.
 */
public final class ConsoleRoom implements AutoCloseable {
    private final DebugSession session;
    private final CommandTable commands = new CommandTable();
    private final Runnable onQuit;
    private final List<ConsoleClientSeat> seats = new ArrayList<>();
    private final DebugSession.Listener listener = new News();
    private @Nullable ConsoleClientSeat driver;
    private int joined;

    /**
     * @param onQuit what is done when the driver ends the session
     */
    public ConsoleRoom(DebugSession session, Runnable onQuit) {
        this.session = session;
        this.onQuit = onQuit;
        session.add(listener);
    }

    DebugSession session() {
        return session;
    }

    CommandTable commands() {
        return commands;
    }

    void quit() {
        onQuit.run();
    }

    /**
     * A client comes. The first one drives.
     *
     * @param news told line by line of what others do and what happens; it must not wait
     */
    public ConsoleClientSeat join(Consumer<String> news) {
        ConsoleClientSeat seat;
        synchronized (this) {
            seat = new ConsoleClientSeat(this, ++joined, news);
            if (driver == null) {
                driver = seat;
            }
            seats.add(seat);
        }
        tellOthers(seat, seat.name() + " is here");
        return seat;
    }

    void leave(ConsoleClientSeat seat) {
        synchronized (this) {
            if (!seats.remove(seat)) {
                return;
            }
            if (driver == seat) {
                driver = null;
            }
        }
        tellOthers(seat, seat.name() + " is gone");
    }

    synchronized List<ConsoleClientSeat> seats() {
        return List.copyOf(seats);
    }

    synchronized boolean drives(ConsoleClientSeat seat) {
        return driver == seat;
    }

    /** Lets a client drive; who drove before follows. */
    void drive(ConsoleClientSeat seat) {
        synchronized (this) {
            if (driver == seat) {
                return;
            }
            driver = seat;
        }
        tellOthers(seat, seat.name() + " drives now");
    }

    /** Who drives, if it is another one than this; nobody's place is taken at once. */
    Optional<ConsoleClientSeat> otherDriver(ConsoleClientSeat seat) {
        synchronized (this) {
            if (driver == null) {
                driver = seat;
            }
            return driver == seat ? Optional.empty() : Optional.ofNullable(driver);
        }
    }

    void tellOthers(@Nullable ConsoleClientSeat except, String text) {
        for (ConsoleClientSeat seat : seats()) {
            if (seat != except) {
                seat.tell(text);
            }
        }
    }

    @Override
    public void close() {
        session.remove(listener);
    }

    /** What the engine tells, for those who did not ask for it. */
    private final class News implements DebugSession.Listener {
        @Override
        public void running() {
            others("the machine goes");
        }

        @Override
        public void stopped(Position position, Arrival arrival) {
            String why = arrival.getClass().getSimpleName().toLowerCase(Locale.ROOT);
            others("the machine stands at " + position.hex() + " (" + why + ")");
        }

        @Override
        public void changed(Position position) {
            others("something was changed at " + position.hex());
        }

        private void others(String text) {
            for (ConsoleClientSeat seat : seats()) {
                if (!seat.isAtWork()) {
                    seat.tell(text);
                }
            }
        }

        @Override
        public void happened(Stamp stamp, Event event) {
            switch (event) {
                case Event.DebugPrinted printed ->
                        tellOthers(
                                null,
                                Texts.processor(stamp.processor())
                                        + " prints: "
                                        + EventText.visible(printed.text().stripTrailing()));
                case Event.FindingReported found ->
                        tellOthers(
                                null,
                                "%s at %X:0: %s"
                                        .formatted(
                                                found.finding().rule(),
                                                stamp.sequence(),
                                                EventText.visible(found.finding().message())));
                default -> {}
            }
        }
    }
}
