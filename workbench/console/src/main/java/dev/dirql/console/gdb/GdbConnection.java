package dev.dirql.console.gdb;

import dev.dirql.console.ConsoleClientSeat;
import dev.dirql.console.ConsoleRoom;
import dev.dirql.debugger.DebugSession;
import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One gdb. Everything here is done by the network's thread, which waits neither for the engine nor
 * for gdb.
 */
final class GdbConnection extends SimpleChannelInboundHandler<Received> {
    private static final String ERROR = "E01";

    private final DebugSession session;
    private final ConsoleRoom room;
    private final ConsoleClientSeat seat;
    private final GdbTarget target;
    private final Deque<String> pending = new ArrayDeque<>();
    private DebugSession.@Nullable Listener listener;
    private byte[] last = new byte[0];
    private boolean acknowledging = true;
    private boolean working;
    private boolean closing;
    private int wrong;

    GdbConnection(DebugSession session, ConsoleRoom room) {
        this.session = session;
        this.room = room;
        seat = this.room.join(_ -> {});
        target = new GdbTarget(session, seat);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        DebugSession.Listener prints = new Prints(context);
        listener = prints;
        session.add(prints);
        context.fireChannelActive();
    }

    /** What the guest prints while gdb lets it go. */
    private final class Prints implements DebugSession.Listener {
        private final ChannelHandlerContext context;

        Prints(ChannelHandlerContext context) {
            this.context = context;
        }

        @Override
        public void happened(Stamp stamp, Event event) {
            if (event instanceof Event.DebugPrinted printed && target.isGoing()) {
                String text = printed.text();
                int size = Math.min(text.length(), GdbLimits.TEXT_MAXIMUM / 4);
                String packet = "O" + PacketText.hex(text.substring(0, size));
                context.executor()
                        .execute(() -> {
                            if (context.channel().isWritable()) {
                                send(context, packet);
                            }
                        });
            }
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Received received) {
        if (closing) {
            return;
        }
        switch (received) {
            case Received.Packet(String body) -> {
                wrong = 0;
                if (acknowledging) {
                    raw(context, new byte[] {'+'});
                }
                if (pending.size() >= GdbLimits.PENDING_MAXIMUM) {
                    close(context);
                    return;
                }
                pending.add(body);
                next(context);
            }
            case Received.Wrong _ -> {
                if (!acknowledging || ++wrong > GdbLimits.WRONG_MAXIMUM) {
                    close(context);
                    return;
                }
                raw(context, new byte[] {'-'});
            }
            case Received.Acknowledged _ -> wrong = 0;
            case Received.Again _ -> {
                if (++wrong > GdbLimits.WRONG_MAXIMUM) {
                    close(context);
                    return;
                }
                raw(context, last);
            }
            case Received.Interrupt _ -> {
                if (working) {
                    target.interrupt();
                }
            }
        }
    }

    private void next(ChannelHandlerContext context) {
        // Whoever does not fetch answers is not given more of them.
        if (working || closing || pending.isEmpty() || !context.channel().isWritable()) {
            return;
        }
        String body = pending.remove();
        working = true;
        try {
            var _ =
                    target.packet(body)
                            .whenComplete((outcome, e) ->
                                    context.executor()
                                            .execute(() -> done(context, outcome, e == null)));
        } catch (Refused e) {
            done(context, null, false);
        }
    }

    private void done(
            ChannelHandlerContext context, GdbTarget.@Nullable Outcome outcome, boolean well) {
        working = false;
        if (closing) {
            return;
        }
        if (!well || outcome == null) {
            send(context, ERROR);
        } else {
            outcome.packets().forEach(packet -> send(context, packet));
            if (outcome.silent()) {
                acknowledging = false;
            }
            if (outcome.close()) {
                close(context);
                return;
            }
        }
        next(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        next(context);
        context.fireChannelWritabilityChanged();
    }

    private void send(ChannelHandlerContext context, String body) {
        last = PacketText.packet(body);
        raw(context, last);
    }

    private static void raw(ChannelHandlerContext context, byte[] bytes) {
        var _ = context.writeAndFlush(Unpooled.wrappedBuffer(bytes.clone()));
    }

    private void close(ChannelHandlerContext context) {
        closing = true;
        pending.clear();
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** The machine stops if it goes because of this gdb. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closing = true;
        pending.clear();
        DebugSession.Listener told = listener;
        if (told != null) {
            session.remove(told);
        }
        if (target.isGoing()) {
            target.interrupt();
        }
        seat.close();
        context.fireChannelInactive();
    }

    /** What is no packet ends the connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        closing = true;
        pending.clear();
        var _ = context.close();
    }
}
