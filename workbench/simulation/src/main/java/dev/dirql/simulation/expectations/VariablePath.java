package dev.dirql.simulation.expectations;

import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.DebugInformation.Field;
import dev.dirql.machine.image.DebugInformation.StructureType;
import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.scenario.language.Expectation;
import dev.dirql.scenario.source.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Where a variable of a driver lies, found by the types of its image: hops from the image's base or
 * from a device extension.
 *
 * @param hops offsets to add; a pointer is followed between one and the next
 * @param size bytes of the variable
 * @param bitOffset first bit of a bit-field, else 0
 * @param bitWidth bits of a bit-field, else 0
 * @param signed whether its type is signed
 */
public record VariablePath(List<Long> hops, int size, int bitOffset, int bitWidth, boolean signed) {
    private static final Set<String> SIGNED =
            Set.of(
                    "char",
                    "signed char",
                    "short",
                    "int",
                    "long",
                    "__int64",
                    "long long",
                    "CHAR",
                    "CCHAR",
                    "SHORT",
                    "CSHORT",
                    "INT",
                    "LONG",
                    "LONGLONG",
                    "LONG32",
                    "LONG64",
                    "INT8",
                    "INT16",
                    "INT32",
                    "INT64",
                    "LONG_PTR",
                    "INT_PTR",
                    "SSIZE_T",
                    "NTSTATUS",
                    "KPRIORITY");

    public VariablePath {
        hops = List.copyOf(hops);
    }

    /** Something on the path is not there; the message says what, and what there is. */
    public static final class NotFound extends Exception {
        private static final long serialVersionUID = 1L;

        NotFound(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /** Reads up to 8 bytes of guest memory; empty where none is mapped. */
    @FunctionalInterface
    public interface Memory {
        OptionalLong read(long address, int size);
    }

    /**
     * Finds the variable of an expectation.
     *
     * @param debug what is known of the driver's image
     */
    public static VariablePath find(Expectation.Variable variable, DebugInformation debug)
            throws NotFound {
        return new Walk(variable, debug).result();
    }

    /**
     * The value; empty where the path leads to memory that is not there.
     *
     * @param start base of the image, or address of the device extension
     */
    public OptionalLong read(long start, Memory memory) {
        long address = start + hops.getFirst();
        for (long hop : hops.subList(1, hops.size())) {
            OptionalLong pointer = memory.read(address, 8);
            if (pointer.isEmpty()) {
                return pointer;
            }
            address = pointer.getAsLong() + hop;
        }
        OptionalLong raw = memory.read(address, size);
        if (raw.isEmpty()) {
            return raw;
        }
        int bits = bitWidth == 0 ? 8 * size : bitWidth;
        int left = 64 - bits - bitOffset;
        long shifted = raw.getAsLong() << left;
        int right = 64 - bits;
        return OptionalLong.of(signed ? shifted >> right : shifted >>> right);
    }

    /** Goes along the path, type by type. */
    private static final class Walk {
        private final DebugInformation debug;
        private final List<Long> hops = new ArrayList<>();
        private long offset;
        private String type = "";
        private int size;
        private int count = 1;
        private boolean array;
        private int bitOffset;
        private int bitWidth;
        private String described;

        Walk(Expectation.Variable variable, DebugInformation debug) throws NotFound {
            this.debug = debug;
            List<Expectation.Step> rest = variable.path();
            described = variable.target().name();
            if (variable.extension()) {
                if (debug.extensionType().isEmpty()) {
                    throw new NotFound(
                            described
                                    + " has no device extension that its C gives a type: assign"
                                    + " DeviceExtension to a pointer to a structure");
                }
                type = debug.extensionType();
                described += ".extension";
            } else if (!rest.isEmpty()
                    && rest.getFirst() instanceof Expectation.Step.Member(String name)) {
                global(name);
                rest = rest.subList(1, rest.size());
            }
            for (Expectation.Step step : rest) {
                switch (step) {
                    case Expectation.Step.Member(String name) -> member(name);
                    case Expectation.Step.Index(long index) -> index(index);
                }
            }
        }

        VariablePath result() throws NotFound {
            if (array || size > 8 || size == 0 || structure(type).isPresent()) {
                throw new NotFound(described + " is no number: name a part of it");
            }
            hops.add(offset);
            boolean signed = SIGNED.contains(bare(type)) || type.startsWith("enum ");
            return new VariablePath(hops, size, bitOffset, bitWidth, signed);
        }

        private void global(String name) throws NotFound {
            List<Symbol> variables =
                    debug.symbols().stream().filter(symbol -> !symbol.function()).toList();
            Symbol found =
                    variables.stream()
                            .filter(symbol -> symbol.name().equals(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    missing(
                                            described + " has no global variable " + name,
                                            name,
                                            variables.stream().map(Symbol::name).toList()));
            offset = found.rva();
            described += "." + name;
            String whole = found.type();
            int bracket = whole.indexOf('[');
            array = bracket >= 0 && whole.endsWith("]") && whole.indexOf('(') < 0;
            type = array ? whole.substring(0, bracket) : whole;
            count = array ? elements(whole.substring(bracket)) : 1;
            size = found.size() / Math.max(1, count);
        }

        /** {@code [4][2]} has eight elements. */
        private static int elements(String brackets) {
            int product = 1;
            for (String part : brackets.replace("[", "").split("]", -1)) {
                if (!part.isEmpty()) {
                    product *= Integer.parseInt(part);
                }
            }
            return product;
        }

        private void member(String name) throws NotFound {
            if (array) {
                throw new NotFound(described + " is an array: write which element");
            }
            Optional<StructureType> structure = structure(type);
            if (structure.isEmpty()) {
                Optional<StructureType> target = structure(target(type));
                if (target.isEmpty()) {
                    throw new NotFound(
                            "%s is of type %s, which has no fields".formatted(described, type));
                }
                hops.add(offset);
                offset = 0;
                structure = target;
            }
            List<Field> fields = structure.get().fields();
            Field field =
                    fields.stream()
                            .filter(found -> found.name().equals(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    missing(
                                            described + " has no field " + name,
                                            name,
                                            fields.stream().map(Field::name).toList()));
            offset += field.offset();
            type = field.type();
            count = field.count();
            array = field.count() != 1;
            size = field.size() / Math.max(1, field.count());
            bitOffset = field.bitOffset();
            bitWidth = field.bitWidth();
            described += "." + name;
        }

        private void index(long index) throws NotFound {
            if (!array) {
                throw new NotFound(described + " is no array");
            }
            if (index < 0 || index >= count) {
                throw new NotFound(
                        "%s has %d elements, so no element %d".formatted(described, count, index));
            }
            offset += index * size;
            array = false;
            described += "[" + index + "]";
        }

        private static NotFound missing(String message, String name, List<String> known) {
            String near = Names.nearest(name, known).map(other -> "; there is " + other).orElse("");
            return new NotFound(message + near);
        }

        private Optional<StructureType> structure(String spelling) {
            String name = bare(spelling).replaceFirst("^(struct|union) ", "");
            return debug.types().stream().filter(found -> found.name().equals(name)).findFirst();
        }

        /** What a pointer type points to; by custom PX is a pointer to X. */
        private String target(String spelling) {
            String name = bare(spelling);
            if (name.endsWith("*")) {
                return name.substring(0, name.length() - 1);
            }
            return name.startsWith("P") ? name.substring(1) : "";
        }

        private static String bare(String spelling) {
            return spelling.replace("const ", "").replace("volatile ", "").strip();
        }
    }
}
