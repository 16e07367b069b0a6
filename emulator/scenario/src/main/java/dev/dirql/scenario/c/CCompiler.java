package dev.dirql.scenario.c;

import dev.dirql.machine.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiles C to a driver image.
 *
 * <p>A routine is imported if a header declares it with {@code __declspec(dllimport)}, from {@code
 * ntoskrnl.exe}, or with {@code __declspec(dllimport("hal.dll"))}, from the module named; calls go
 * through import slots. Before the macros of the program, {@code _WIN32}, {@code _WIN64}, {@code
 * _M_X64}, {@code _M_AMD64}, {@code _AMD64_}, {@code AMD64} and {@code _MSC_VER} are defined.
 */
public final class CCompiler {
    private static final List<Map.Entry<String, String>> PREDEFINED =
            List.of(
                    Map.entry("_WIN32", "1"),
                    Map.entry("_WIN64", "1"),
                    Map.entry("_M_X64", "100"),
                    Map.entry("_M_AMD64", "100"),
                    Map.entry("_AMD64_", "1"),
                    Map.entry("AMD64", "1"),
                    Map.entry("_MSC_VER", "1929"),
                    Map.entry("_INTEGRAL_MAX_BITS", "64"),
                    Map.entry("__STDC_HOSTED__", "0"),
                    Map.entry("__DIRQL__", "1"));

    private final CProgram source;
    private final Messages messages = new Messages();
    private final Program program = new Program();

    private CCompiler(CProgram source) {
        this.source = source;
    }

    /**
     * Compiles a program. Whatever is wrong with it is in the diagnostics; this never throws on
     * account of it.
     */
    public static Compilation compile(CProgram program) {
        CCompiler compiler = new CCompiler(program);
        return new Compilation(compiler.run(), compiler.messages.all());
    }

    private Optional<Image> run() {
        try {
            if (source.joined()) {
                check(source.units());
            } else {
                for (CSource unit : source.units()) {
                    check(List.of(unit));
                }
            }
            if (messages.failed()) {
                return Optional.empty();
            }
            List<Symbol> reached = new Linker(program, messages).reach(source.entryPoint());
            return messages.failed() ? Optional.empty() : Optional.of(image(reached));
        } catch (Messages.Abandoned _) {
            return Optional.empty();
        } catch (StackOverflowError _) {
            // The limits on nesting are chosen for the usual stack; a smaller one is no reason to
            // fall over.
            CSource first = source.units().getFirst();
            messages.errorAtEnd(first.file(), "the program is nested too deeply");
            return Optional.empty();
        }
    }

    /** Checks a translation unit that consists of one text or several. */
    private void check(List<CSource> texts) {
        Preprocessor preprocessor = new Preprocessor(source.includes(), program.sections, messages);
        PREDEFINED.forEach(macro -> preprocessor.define(macro.getKey(), macro.getValue()));
        source.macros().forEach(preprocessor::define);
        for (String header : source.impliedIncludes()) {
            preprocessor.imply(header, texts.getFirst().file());
        }
        List<CToken> tokens = preprocessor.run(texts);
        if (messages.failed()) {
            return;
        }
        new Unit(program, messages, source).check(new CGrammar(messages).parse(tokens));
    }

    private Image image(List<Symbol> reached) {
        ImageBuilder builder = new ImageBuilder(source.moduleName());
        List<Symbol> variables = new ArrayList<>();
        List<Symbol> imported = new ArrayList<>();
        for (Symbol symbol : reached) {
            FunctionBody body = symbol.inlined;
            if (!symbol.importedFrom.isEmpty()) {
                imported.add(symbol);
            } else if (body != null) {
                symbol.section = program.sections.getOrDefault(symbol.name, symbol.section);
                builder.add(FunctionCompiler.compile(body));
            } else {
                variables.add(symbol);
            }
        }
        builder.addVariables(variables);
        return builder.build(imported, source.entryPoint(), new DebugBuilder(program));
    }
}
