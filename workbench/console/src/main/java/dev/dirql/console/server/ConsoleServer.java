package dev.dirql.console.server;

import dev.dirql.console.ConsoleError;
import dev.dirql.console.ConsoleLimits;
import dev.dirql.console.ConsoleRoom;
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
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Listens for clients of a console. It waits for none of them. */
public final class ConsoleServer implements AutoCloseable {
    static {
        // Netty would read the addresses of network cards and the number of the process to name
        // its channels, and look for libraries of its own.
        preset("io.netty.machineId", "00:00:00:00:00:00:00:01");
        preset("io.netty.processId", "1");
        preset("io.netty.transport.noNative", "true");
        preset("io.netty.handler.ssl.noOpenSsl", "true");
        preset("io.netty.leakDetection.level", "disabled");
    }

    private static final int BACKLOG = 16;

    private final EventLoopGroup threads;
    private final Channel listening;
    private final AtomicInteger clients = new AtomicInteger();

    private static void preset(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /**
     * Begins to listen.
     *
     * @param address port 0 is any that is free
     * @param tls needed unless the address is a loopback one
     * @throws ConsoleError if the address cannot be listened at
     */
    public ConsoleServer(
            ConsoleRoom room,
            InetSocketAddress address,
            ConsoleToken token,
            Optional<TlsFiles> tls,
            ConsoleLimits limits) {
        if (address.isUnresolved()) {
            throw new ConsoleError("There is no host " + address.getHostString() + ".");
        }
        if (!address.getAddress().isLoopbackAddress() && tls.isEmpty()) {
            throw new ConsoleError("Only the loopback address is listened at without TLS.");
        }
        Optional<SslContext> secured = tls.map(TlsFiles::context);
        threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(threads)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(
                                        limits.unsentBytes() / 2, limits.unsentBytes()))
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        accept(channel, room, token, secured, limits);
                                    }
                                })
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            end();
            throw new ConsoleError(
                    "Nobody can listen at %s: %s. Port 0 takes any that is free."
                            .formatted(text(address), why(bound.cause())));
        }
        listening = bound.channel();
    }

    private static String why(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    private void accept(
            SocketChannel channel,
            ConsoleRoom room,
            ConsoleToken token,
            Optional<SslContext> secured,
            ConsoleLimits limits) {
        if (clients.incrementAndGet() > limits.clients()) {
            clients.decrementAndGet();
            var _ = channel.close();
            return;
        }
        channel.closeFuture().addListener(_ -> clients.decrementAndGet());
        secured.ifPresent(
                context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
        channel.pipeline()
                .addLast(new LineBasedFrameDecoder(limits.lineLength(), true, true))
                .addLast(new ConsoleConnection(room, token, limits));
    }

    /** Where it listens: with the port that was taken. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** {@code 127.0.0.1:7000}, {@code [::1]:7000}. */
    public static String text(InetSocketAddress address) {
        String host =
                address.getAddress() == null
                        ? address.getHostString()
                        : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Lets every client go. */
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
