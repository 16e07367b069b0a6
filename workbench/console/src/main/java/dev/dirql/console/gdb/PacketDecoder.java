package dev.dirql.console.gdb;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Takes what comes apart. A byte that belongs nowhere, and a packet that is too long, end it. */
final class PacketDecoder extends ByteToMessageDecoder {
    private static final int INTERRUPT = 3;

    /** Bytes of the packet that begins at the reader's index which were looked at before. */
    private int looked;

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int start = in.readerIndex();
        switch (in.getByte(start)) {
            case '+' -> one(in, out, new Received.Acknowledged());
            case '-' -> one(in, out, new Received.Again());
            case INTERRUPT -> one(in, out, new Received.Interrupt());
            case '$' -> packet(in, start, out);
            default -> {
                in.skipBytes(in.readableBytes());
                throw new CorruptedFrameException("a byte outside of a packet");
            }
        }
    }

    private static void one(ByteBuf in, List<Object> out, Received what) {
        in.skipBytes(1);
        out.add(what);
    }

    private void packet(ByteBuf in, int start, List<Object> out) {
        int from = start + 1;
        int end = in.indexOf(from + looked, in.writerIndex(), (byte) '#');
        int length = (end < 0 ? in.writerIndex() : end) - from;
        if (length > GdbLimits.PACKET_MAXIMUM) {
            in.skipBytes(in.readableBytes());
            throw new TooLongFrameException("a packet is too long");
        }
        if (end < 0 || end + 2 >= in.writerIndex()) {
            looked = length;
            return;
        }
        looked = 0;
        byte[] body = new byte[length];
        in.getBytes(from, body);
        int high = Character.digit(in.getByte(end + 1), 16);
        int low = Character.digit(in.getByte(end + 2), 16);
        in.readerIndex(end + 3);
        boolean right = high >= 0 && low >= 0 && PacketText.checksum(body) == (high << 4 | low);
        out.add(
                right
                        ? new Received.Packet(new String(body, StandardCharsets.ISO_8859_1))
                        : new Received.Wrong());
    }
}
