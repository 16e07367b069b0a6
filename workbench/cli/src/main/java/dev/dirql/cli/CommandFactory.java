package dev.dirql.cli;

import java.lang.reflect.Constructor;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands, and hands the host to those that want it. */
final class CommandFactory implements IFactory {
    private final Host host;
    private final IFactory usual = CommandLine.defaultFactory();

    CommandFactory(Host host) {
        this.host = host;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            Class<?>[] parameters = constructor.getParameterTypes();
            if (parameters.length == 1 && parameters[0] == Host.class) {
                return type.cast(constructor.newInstance(host));
            }
        }
        return usual.create(type);
    }
}
