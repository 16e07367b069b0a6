package dev.dirql.console.server;

import dev.dirql.console.ConsoleError;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/**
 * What a server shows of itself.
 *
 * @param certificate chain of X.509 certificates, PEM
 * @param key its private key, PKCS #8 in PEM, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {
    SslContext context() {
        for (Path file : new Path[] {certificate, key}) {
            if (!Files.isReadable(file)) {
                throw new ConsoleError(file + " cannot be read.");
            }
        }
        try {
            return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new ConsoleError(
                    "%s and %s are no certificate and its key (PEM, PKCS #8, not encrypted)."
                            .formatted(certificate, key));
        }
    }
}
