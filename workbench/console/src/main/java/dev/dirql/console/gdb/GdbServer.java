package dev.dirql.console.gdb;

import dev.dirql.console.ConsoleError;
import dev.dirql.console.ConsoleRoom;
import dev.dirql.console.server.ConsoleServer;
import dev.dirql.debugger.DebugSession;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Listens for gdb: on the loopback address only, and for one at a time. */
public final class GdbServer implements AutoCloseable {
    private static final int UNSENT = 1 << 20;

    private final EventLoopGroup threads;
    private final Channel listening;
    private final AtomicBoolean taken = new AtomicBoolean();

    /**
     * Begins to listen.
     *
     * @param room where the console's clients meet; gdb is one of them
     * @param address port 0 is any that is free
     * @throws ConsoleError if the address is no loopback address or cannot be listened at
     */
    public GdbServer(DebugSession session, ConsoleRoom room, InetSocketAddress address) {
        // With this the network library is set up as for the console.
        String where = ConsoleServer.text(address);
        if (address.isUnresolved()) {
            throw new ConsoleError("There is no host " + address.getHostString() + ".");
        }
        if (!address.getAddress().isLoopbackAddress()) {
            throw new ConsoleError(
                    "gdb's protocol has no authentication, so it is offered on the loopback"
                            + " address only, not at "
                            + where
                            + ". From another host: ssh -L.");
        }
        threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(threads)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, 4)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(UNSENT / 2, UNSENT))
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        accept(channel, session, room);
                                    }
                                })
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            end();
            throw new ConsoleError(
                    "Nobody can listen at %s. Port 0 takes any that is free.".formatted(where));
        }
        listening = bound.channel();
    }

    private void accept(SocketChannel channel, DebugSession session, ConsoleRoom room) {
        if (!taken.compareAndSet(false, true)) {
            var _ = channel.close();
            return;
        }
        channel.closeFuture().addListener(_ -> taken.set(false));
        channel.pipeline().addLast(new PacketDecoder()).addLast(new GdbConnection(session, room));
    }

    /** Where it listens: with the port that was taken. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Lets gdb go. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        end();
    }

    private void end() {
        threads.shutdownGracefully(50, 2000, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
