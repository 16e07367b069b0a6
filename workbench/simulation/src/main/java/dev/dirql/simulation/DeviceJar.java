package dev.dirql.simulation;

import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.DeviceProvider;
import dev.dirql.devices.DeviceType;
import dev.dirql.store.InputFile;
import dev.dirql.store.TraceInput;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Takes types of device from a jar. */
public final class DeviceJar {
    private DeviceJar() {}

    /**
     * The library with the types of a jar behind the others.
     *
     * @param name the file as its user named it
     * @throws UserError if there is no such jar, or it has no types that can be used
     */
    public static DeviceLibrary load(DeviceLibrary library, Path file, String name) {
        byte[] content = read(file, name);
        List<DeviceType> types = types(file, name);
        if (types.isEmpty()) {
            throw new UserError(
                    "%s: no device is in it. META-INF/services/%s names a class that has some."
                            .formatted(name, DeviceProvider.class.getName()));
        }
        List<DeviceType> known = new ArrayList<>(library.types());
        for (DeviceType type : types) {
            if (known.stream().anyMatch(one -> one.name().equals(type.name()))) {
                throw new UserError(
                        "%s: there is a type of device '%s' already.".formatted(name, type.name()));
            }
            known.add(type);
            try {
                DeviceCatalog.specimen(type);
            } catch (RuntimeException | LinkageError e) {
                throw new UserError(
                        "%s: no %s can be made: %s".formatted(name, type.name(), reason(e)));
            }
        }
        return library.with(types, new InputFile(TraceInput.Role.DEVICES, name, content));
    }

    private static byte[] read(Path file, String name) {
        if (!Files.isRegularFile(file)) {
            throw new UserError(name + ": there is no such file.");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            zip.size();
            return Files.readAllBytes(file);
        } catch (ZipException e) {
            throw new UserError("%s: this is no jar: %s".formatted(name, reason(e)));
        } catch (IOException e) {
            throw new UserError("%s: cannot be read: %s".formatted(name, reason(e)));
        }
    }

    /** Its classes are loaded when they are needed, so nobody closes the loader. */
    private static List<DeviceType> types(Path file, String name) {
        List<DeviceType> types = new ArrayList<>();
        try {
            URL[] place = {file.toUri().toURL()};
            URLClassLoader loader =
                    new URLClassLoader(place, DeviceProvider.class.getClassLoader());
            for (DeviceProvider provider : ServiceLoader.load(DeviceProvider.class, loader)) {
                if (provider.getClass().getClassLoader() == loader) {
                    types.addAll(provider.types());
                }
            }
        } catch (MalformedURLException e) {
            throw new IllegalStateException(file + " has no URL", e);
        } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
            throw new UserError("%s: its devices cannot be loaded: %s".formatted(name, reason(e)));
        }
        return types;
    }

    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof ServiceConfigurationError && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null || !(cause instanceof IllegalArgumentException)
                ? "%s%s"
                        .formatted(
                                cause.getClass().getSimpleName(),
                                message == null ? "" : ": " + message)
                : message;
    }
}
