package dev.dirql.console.server;

import dev.dirql.console.ConsoleClientSeat;
import dev.dirql.console.ConsoleLimits;
import dev.dirql.console.ConsoleRoom;
import dev.dirql.console.commands.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client on the network. Everything here is done by the network's thread, which waits neither
 * for the engine nor for a client; the engine's thread only leaves answers and news.
 */
final class ConsoleConnection extends SimpleChannelInboundHandler<ByteBuf> {
    private static final String TOKEN = "token ";
    private static final String LEAVE = "qd";
    private static final String HALT = "break";

    private final ConsoleRoom room;
    private final ConsoleToken token;
    private final ConsoleLimits limits;
    private final Deque<String> pending = new ArrayDeque<>();
    private @Nullable ConsoleClientSeat seat;
    private @Nullable ScheduledFuture<?> patience;
    private boolean working;
    private long leftOut;
    private long heardNs;
    private long blockedNs;

    ConsoleConnection(ConsoleRoom room, ConsoleToken token, ConsoleLimits limits) {
        this.room = room;
        this.token = token;
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        heardNs = System.nanoTime();
        long interval = Math.max(20, Math.min(1000, limits.token().toMillis() / 4));
        patience =
                context.executor()
                        .scheduleAtFixedRate(
                                () -> lookAtTime(context),
                                interval,
                                interval,
                                TimeUnit.MILLISECONDS);
        context.fireChannelActive();
    }

    private void lookAtTime(ChannelHandlerContext context) {
        long now = System.nanoTime();
        long silent = now - heardNs;
        if (seat == null && silent > limits.token().toNanos()) {
            sayAndClose(context, "error: the token did not come in time.\n");
        } else if (silent > limits.idle().toNanos() && !working) {
            sayAndClose(context, "error: nothing was said for too long.\n");
        }
        boolean stuck = !context.channel().isWritable();
        blockedNs = !stuck ? 0 : blockedNs == 0 ? now : blockedNs;
        if (stuck && now - blockedNs > limits.stuck().toNanos()) {
            var _ = context.close();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        heardNs = System.nanoTime();
        String line = bytes.toString(StandardCharsets.UTF_8);
        if (seat == null) {
            if (pending.isEmpty() && line.startsWith(TOKEN)) {
                show(context, line.substring(TOKEN.length()).strip());
            } else {
                sayAndClose(context, "error: the first line is: token TOKEN\n");
            }
            return;
        }
        if (line.strip().equals(HALT)) {
            // It concerns what is being done, so it does not wait for that. Its answer does.
            seat.halt();
        }
        pending.add(line);
        if (pending.size() >= limits.pendingLines()) {
            context.channel().config().setAutoRead(false);
        }
        next(context);
    }

    private void show(ChannelHandlerContext context, String shown) {
        if (!token.matches(shown)) {
            sayAndClose(context, "error: that is not the token.\n");
            return;
        }
        ConsoleClientSeat taken =
                room.join(news -> context.executor().execute(() -> news(context, news)));
        seat = taken;
        working = true;
        var _ =
                taken.greeting()
                        .whenComplete((text, e) ->
                                later(
                                        context,
                                        e == null
                                                ? text
                                                : "error: the run could not be opened.\n"));
    }

    private void next(ChannelHandlerContext context) {
        ConsoleClientSeat taken = seat;
        if (working || taken == null || pending.isEmpty()) {
            return;
        }
        // Whoever does not fetch answers is not given more of them.
        if (!context.channel().isWritable()) {
            return;
        }
        String line = pending.poll();
        if (pending.size() <= limits.pendingLines() / 2) {
            context.channel().config().setAutoRead(true);
        }
        if (line.strip().equals(LEAVE)) {
            sayAndClose(context, "");
            return;
        }
        working = true;
        var _ =
                taken.line(line)
                        .whenComplete((answer, e) ->
                                later(
                                        context,
                                        e == null
                                                ? answer
                                                : "error: this is a fault of dirql itself.\n> ?\n"));
    }

    /** An answer is there; the next line may be done. */
    private void later(ChannelHandlerContext context, String answer) {
        context.executor()
                .execute(() -> {
                    working = false;
                    heardNs = System.nanoTime();
                    say(context, answer);
                    next(context);
                });
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            if (leftOut > 0) {
                say(context, Answer.NEWS + leftOut + " lines of news were left out\n");
                leftOut = 0;
            }
            next(context);
        }
        context.fireChannelWritabilityChanged();
    }

    private void news(ChannelHandlerContext context, String line) {
        if (!context.channel().isWritable()) {
            leftOut++;
            return;
        }
        say(context, line);
    }

    private void say(ChannelHandlerContext context, String text) {
        var buffer = context.channel().unsafe().outboundBuffer();
        if (buffer == null) {
            return;
        }
        if (buffer.totalPendingWriteBytes() > 4L * limits.unsentBytes()) {
            var _ = context.close();
            return;
        }
        var _ = context.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private static void sayAndClose(ChannelHandlerContext context, String text) {
        context.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ScheduledFuture<?> looking = patience;
        if (looking != null) {
            looking.cancel(false);
        }
        pending.clear();
        ConsoleClientSeat taken = seat;
        if (taken != null) {
            taken.close();
        }
        context.fireChannelInactive();
    }

    /** The client hears no more of it than it needs. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            sayAndClose(context, "error: a line has at most " + limits.lineLength() + " bytes.\n");
        } else {
            var _ = context.close();
        }
    }
}
