package dev.dirql.scenario.c;

import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/**
 * Gives every token its type in the grammar. C cannot be parsed without knowing which names are
 * types, so this walks through the declarations first, with their scopes, just closely enough to
 * tell; and it refuses, by name, what is not part of the language, and nesting that no person
 * wrote.
 */
final class TypedefNames {
    private static final int MAXIMUM_NESTING = 200;
    private static final int MAXIMUM_ELSE = 400;

    private static final String HANDLING =
            "check what the protected block could raise instead: probe and lock buffers in"
                    + " advance, test pointers, use NTSTATUS results";

    private static final Map<String, String> REFUSED = new LinkedHashMap<>();

    static {
        String floating =
                "kernel code must not use the floating-point state unasked; use integers and scale"
                        + " the values";
        REFUSED.put("float", floating);
        REFUSED.put("double", floating);
        for (String word :
                List.of(
                        "__try",
                        "__except",
                        "__finally",
                        "__leave",
                        "_try",
                        "_except",
                        "_finally")) {
            REFUSED.put(word, HANDLING);
        }
        String assembly =
                "x64 compilers have no inline assembler; use the intrinsics, such as __readcr8";
        for (String word : List.of("__asm", "_asm", "asm", "__asm__")) {
            REFUSED.put(word, assembly);
        }
        REFUSED.put("_Generic", "call the function for the type by its name");
        REFUSED.put("_Atomic", "use the Interlocked routines");
        REFUSED.put("_Complex", floating);
        REFUSED.put("__attribute__", "use __declspec and the annotations of the WDK");
        REFUSED.put("typeof", "write the type");
        REFUSED.put("__typeof__", "write the type");
        REFUSED.put("_Thread_local", "kernel code has no thread-local variables");
        REFUSED.put("_Alignas", "use DECLSPEC_ALIGN(n)");
    }

    /** Words that are refused by name. */
    static Set<String> refused() {
        return Collections.unmodifiableSet(REFUSED.keySet());
    }

    private static final Set<String> TYPE_WORDS =
            Set.of(
                    "void",
                    "char",
                    "short",
                    "int",
                    "long",
                    "signed",
                    "unsigned",
                    "_Bool",
                    "__int8",
                    "__int16",
                    "__int32",
                    "__int64");
    private static final Set<String> KEEPS_TYPE =
            Set.of(
                    "*",
                    "const",
                    "volatile",
                    "restrict",
                    "__restrict",
                    "__unaligned",
                    "__ptr64",
                    "__stdcall",
                    "__cdecl",
                    "__fastcall",
                    "__vectorcall",
                    "_stdcall",
                    "_cdecl",
                    "_fastcall",
                    "static",
                    "extern",
                    "typedef",
                    "inline",
                    "__inline",
                    "__forceinline",
                    "register");
    private static final Set<String> PREFIXES =
            Set.of(
                    "*", "&", "+", "-", "~", "!", "++", "--", "sizeof", "(", "{", "[", "case", "if",
                    "while", "for", "do", "else", "switch", "?", "=");

    /** A declaration with {@code typedef} that is being walked through. */
    private static final class Declaration {
        final int braces;
        final int parentheses;
        boolean named;

        Declaration(int braces, int parentheses) {
            this.braces = braces;
            this.parentheses = parentheses;
        }
    }

    private static Map<String, Integer> literals() {
        Map<String, Integer> literals = new LinkedHashMap<>();
        for (int type = 1; type <= CParser.VOCABULARY.getMaxTokenType(); type++) {
            String name = CParser.VOCABULARY.getLiteralName(type);
            if (name != null) {
                literals.put(name.substring(1, name.length() - 1), type);
            }
        }
        return literals;
    }

    private final List<CToken> tokens;
    private final Messages messages;
    private final Map<String, Integer> literals = literals();
    private final List<Map<String, Boolean>> scopes = new ArrayList<>();
    private final List<Declaration> typedefs = new ArrayList<>();
    private final Set<String> everType = new LinkedHashSet<>();
    private Map<String, Boolean> pending = new LinkedHashMap<>();
    private int braces;
    private int parentheses;
    private boolean typeSeen;

    /** A block that an exception handler protects was seen. */
    private boolean tried;

    /** For each open brace, whether it is that of a structure or enumeration. */
    private final List<Boolean> structures = new ArrayList<>();

    private boolean structureBegins;
    private boolean structureTagged;

    private TypedefNames(List<CToken> tokens, Messages messages) {
        this.tokens = tokens;
        this.messages = messages;
        scopes.add(new LinkedHashMap<>());
    }

    /** Classifies the tokens in place and returns the names that were types somewhere. */
    static Set<String> classify(List<CToken> tokens, Messages messages) {
        TypedefNames names = new TypedefNames(tokens, messages);
        names.run();
        return names.everType;
    }

    private void run() {
        boolean refused = false;
        int nesting = 0;
        int prefixes = 0;
        int elses = 0;
        int declspec = -1;
        for (int i = 0; i < tokens.size(); i++) {
            CToken token = tokens.get(i);
            String text = token.getText();
            switch (token.kind) {
                case NUMBER -> token.setType(CParser.NUMBER);
                case CHARACTER -> token.setType(CParser.CHARACTER);
                case STRING -> token.setType(CParser.STRING);
                case END -> token.setType(Token.EOF);
                case STRAY -> {
                    messages.error(
                            token,
                            text.startsWith("\"") || text.startsWith("'")
                                    ? "this "
                                            + text.charAt(0)
                                            + " has no closing partner on its line"
                                    : "'" + text + "' has no meaning in C",
                            "");
                    refused = true;
                }
                case IDENTIFIER, PUNCTUATOR -> {
                    String cure = null;
                    if (token.kind == CToken.Kind.IDENTIFIER) {
                        boolean handles = beginsHandling(i);
                        tried |= handles;
                        cure = handles ? HANDLING : REFUSED.get(text);
                    }
                    if (cure != null) {
                        String what =
                                text.equals("float") || text.equals("double")
                                        ? "floating point ('" + text + "')"
                                        : "'" + text + "'";
                        messages.error(token, what + " is not part of the scenario language", cure);
                        refused = true;
                    }
                    Integer literal = literals.get(text);
                    if (literal != null) {
                        token.setType(literal);
                    } else if (token.kind == CToken.Kind.PUNCTUATOR) {
                        messages.error(token, "unexpected '" + text + "'", "");
                        refused = true;
                    }
                    if (declspec < 0
                            && token.is("(")
                            && i > 0
                            && tokens.get(i - 1).is("__declspec")) {
                        declspec = nesting + 1;
                    }
                    if (declspec < 0) {
                        step(i, token, literal == null && token.kind == CToken.Kind.IDENTIFIER);
                    } else if (literal == null) {
                        token.setType(CParser.IDENTIFIER);
                    }
                }
            }
            prefixes = PREFIXES.contains(text) ? prefixes + 1 : text.equals(")") ? prefixes : 0;
            elses = text.equals("else") ? elses + 1 : text.equals("}") && braces == 0 ? 0 : elses;
            boolean punctuator = token.kind == CToken.Kind.PUNCTUATOR;
            if (punctuator && (text.equals("(") || text.equals("[") || text.equals("{"))) {
                nesting++;
            } else if (punctuator && (text.equals(")") || text.equals("]") || text.equals("}"))) {
                if (declspec == nesting) {
                    declspec = -1;
                }
                nesting--;
            }
            if (nesting > MAXIMUM_NESTING || prefixes > MAXIMUM_NESTING || elses > MAXIMUM_ELSE) {
                messages.error(token, "this is nested too deeply", "split it into smaller parts");
                throw new Messages.Abandoned();
            }
        }
        if (refused) {
            throw new Messages.Abandoned();
        }
    }

    /**
     * Whether a word is one of the WDK's macros for structured exception handling. They are no
     * words of C, so that what else they may be stays allowed.
     */
    private boolean beginsHandling(int index) {
        if (index == 0 || index + 1 == tokens.size()) {
            return false;
        }
        CToken before = tokens.get(index - 1);
        CToken after = tokens.get(index + 1);
        return switch (tokens.get(index).getText()) {
            case "try" ->
                    after.is("{")
                            && !before.is("struct")
                            && !before.is("union")
                            && !before.is("enum");
            case "finally" -> before.is("}") && after.is("{");
            case "except" -> tried && before.is("}") && after.is("(");
            default -> false;
        };
    }

    private boolean isType(String name) {
        for (int i = scopes.size() - 1; i >= 0; i--) {
            Boolean known = scopes.get(i).get(name);
            if (known != null) {
                return known;
            }
        }
        return false;
    }

    private void declare(String name, boolean type) {
        scopes.getLast().put(name, type);
        if (type) {
            everType.add(name);
        }
    }

    private void step(int index, CToken token, boolean name) {
        String text = token.getText();
        if (name) {
            name(index, token);
            return;
        }
        if (TYPE_WORDS.contains(text)) {
            typeSeen = true;
            return;
        }
        switch (text) {
            case "typedef" -> typedefs.add(new Declaration(braces, parentheses));
            case "struct", "union", "enum" -> {
                structureBegins = true;
                structureTagged = false;
            }
            case "{" -> {
                structures.add(structureBegins);
                structureBegins = false;
                braces++;
                boolean function = index > 0 && tokens.get(index - 1).is(")");
                scopes.add(function ? pending : new LinkedHashMap<>());
                pending = new LinkedHashMap<>();
            }
            case "}" -> {
                braces--;
                if (scopes.size() > 1) {
                    scopes.removeLast();
                }
                // struct { … } Name: what follows the brace is a declarator.
                typeSeen = !structures.isEmpty() && structures.removeLast();
                return;
            }
            case "(", "[" -> {
                structureBegins = false;
                parentheses++;
            }
            case ")", "]" -> parentheses--;
            case "," -> {
                Declaration declaration = current();
                if (declaration != null
                        && declaration.braces == braces
                        && declaration.parentheses == parentheses) {
                    declaration.named = false;
                }
            }
            case ";" -> {
                structureBegins = false;
                Declaration declaration = current();
                if (declaration != null && declaration.braces >= braces) {
                    typedefs.removeLast();
                }
                if (parentheses == 0) {
                    pending = new LinkedHashMap<>();
                }
            }
            default -> {}
        }
        if (!KEEPS_TYPE.contains(text)) {
            typeSeen = false;
        }
    }

    private @org.jspecify.annotations.Nullable Declaration current() {
        return typedefs.isEmpty() ? null : typedefs.getLast();
    }

    private void name(int index, CToken token) {
        String text = token.getText();
        CToken before = index == 0 ? null : tokens.get(index - 1);
        boolean member = before != null && (before.is(".") || before.is("->") || before.is("goto"));
        boolean tag = structureBegins && !structureTagged;
        if (member || tag) {
            token.setType(CParser.IDENTIFIER);
            structureTagged |= tag;
            typeSeen = tag;
            return;
        }
        boolean type = isType(text);
        if (type && !typeSeen) {
            token.setType(CParser.TYPE_NAME);
            typeSeen = true;
            return;
        }
        token.setType(CParser.IDENTIFIER);
        Declaration declaration = current();
        if (declaration != null
                && declaration.braces == braces
                && !declaration.named
                && parentheses >= declaration.parentheses
                && !(before != null && before.is("["))) {
            declare(text, true);
            declaration.named = true;
        } else if (type) {
            if (parentheses > 0) {
                pending.put(text, false);
            } else {
                declare(text, false);
            }
        }
        typeSeen = false;
    }
}
