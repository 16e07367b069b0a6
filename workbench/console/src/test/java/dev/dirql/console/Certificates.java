package dev.dirql.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** Makes a certificate for 127.0.0.1 with the JDK's keytool. */
final class Certificates {
    private static final String PASSWORD = "changeit";

    private Certificates() {}

    /** Writes {@code cert.pem} and {@code key.pem}. */
    static void write(Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Process made =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                                .toString(),
                                        "-genkeypair",
                                        "-alias",
                                        "test",
                                        "-keyalg",
                                        "EC",
                                        "-dname",
                                        "CN=127.0.0.1",
                                        "-ext",
                                        "SAN=ip:127.0.0.1",
                                        "-validity",
                                        "7",
                                        "-storetype",
                                        "PKCS12",
                                        "-keystore",
                                        store.toString(),
                                        "-storepass",
                                        PASSWORD))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (made.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Key key = keys.getKey("test", PASSWORD.toCharArray());
        pem(folder.resolve("key.pem"), "PRIVATE KEY", key.getEncoded());
        pem(folder.resolve("cert.pem"), "CERTIFICATE", keys.getCertificate("test").getEncoded());
    }

    private static void pem(Path file, String what, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(
                file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }
}
