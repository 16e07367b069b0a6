package dev.dirql.scenario.language;

import java.util.BitSet;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario is written in: blocks, the sentences in them, and how those begin and look, in
 * the words of messages.
 */
final class Sentences {
    private static final BitSet BLOCKS =
            bits(
                    ScenarioParser.RULE_scenarioFile,
                    ScenarioParser.RULE_settings,
                    ScenarioParser.RULE_registry,
                    ScenarioParser.RULE_hardware,
                    ScenarioParser.RULE_fields,
                    ScenarioParser.RULE_workload,
                    ScenarioParser.RULE_stimuli,
                    ScenarioParser.RULE_body,
                    ScenarioParser.RULE_expect);
    private static final BitSet SENTENCES =
            bits(
                    ScenarioParser.RULE_declaration,
                    ScenarioParser.RULE_registryValue,
                    ScenarioParser.RULE_part,
                    ScenarioParser.RULE_field,
                    ScenarioParser.RULE_activity,
                    ScenarioParser.RULE_statement,
                    ScenarioParser.RULE_stimulus,
                    ScenarioParser.RULE_expectation);
    private static final BitSet DECLARATIONS =
            bits(
                    ScenarioParser.SCENARIO,
                    ScenarioParser.PARAMETER,
                    ScenarioParser.INCLUDE,
                    ScenarioParser.MACHINE,
                    ScenarioParser.HARDWARE,
                    ScenarioParser.DEVICE,
                    ScenarioParser.DRIVER,
                    ScenarioParser.REGISTRY,
                    ScenarioParser.WORKLOAD,
                    ScenarioParser.EXPECT);

    private Sentences() {}

    private static BitSet bits(int... members) {
        BitSet bits = new BitSet();
        for (int member : members) {
            bits.set(member);
        }
        return bits;
    }

    /** Whether a rule is a block: sentences between braces, or the whole file. */
    static boolean isBlock(RuleContext rule) {
        return BLOCKS.get(rule.getRuleIndex());
    }

    static boolean isSentence(RuleContext rule) {
        return SENTENCES.get(rule.getRuleIndex());
    }

    /** Whether a word begins a declaration. */
    static boolean isDeclaration(int token) {
        return token >= 0 && DECLARATIONS.get(token);
    }

    /** A block that meets this was not closed. */
    static boolean endsBlock(RuleContext block, int token) {
        return token == Token.EOF
                || isDeclaration(token)
                || (token == ScenarioParser.THREAD
                        && block.getRuleIndex() == ScenarioParser.RULE_body);
    }

    /** The sentence around a place, or the file. */
    static ParserRuleContext sentence(RuleContext place) {
        RuleContext at = place;
        while (at.getParent() != null && !isSentence(at)) {
            at = at.getParent();
        }
        // Any word that begins nothing else may begin a stimulus.
        boolean activity =
                at.getParent() != null
                        && at.getParent().getRuleIndex() == ScenarioParser.RULE_activity;
        return (ParserRuleContext) (activity ? at.getParent() : at);
    }

    /** The brace that opens the innermost block around a place. */
    static @Nullable Token opening(RuleContext place) {
        for (RuleContext at = place; at != null; at = at.getParent()) {
            if (isBlock(at)) {
                ParserRuleContext block = (ParserRuleContext) at;
                for (int i = 0; i < block.getChildCount(); i++) {
                    if (block.getChild(i) instanceof TerminalNode terminal
                            && terminal.getSymbol().getType() == ScenarioParser.OPEN_BRACE) {
                        return terminal.getSymbol();
                    }
                }
            }
        }
        return null;
    }

    /** What a block holds. */
    static String member(int block) {
        return switch (block) {
            case ScenarioParser.RULE_settings -> "a property or '}'";
            case ScenarioParser.RULE_registry -> "a value of the registry or '}'";
            case ScenarioParser.RULE_hardware -> "a part of the hardware or '}'";
            case ScenarioParser.RULE_fields -> "a field of the register or '}'";
            case ScenarioParser.RULE_workload -> "an activity of the workload or '}'";
            case ScenarioParser.RULE_stimuli -> "a stimulus or '}'";
            case ScenarioParser.RULE_body -> "a statement of the thread or '}'";
            case ScenarioParser.RULE_expect -> "an expectation or '}'";
            default -> "a declaration";
        };
    }

    /** What a sentence is called. */
    static String kind(ParserRuleContext sentence) {
        return switch (sentence.getRuleIndex()) {
            case ScenarioParser.RULE_registryValue -> "value of the registry";
            case ScenarioParser.RULE_activity -> "activity of a workload";
            case ScenarioParser.RULE_statement -> "statement of a thread";
            case ScenarioParser.RULE_stimulus -> "stimulus";
            case ScenarioParser.RULE_expectation -> "expectation";
            default -> "declaration";
        };
    }

    /** The words that begin a sentence of this kind. */
    static List<String> beginnings(RuleContext sentence) {
        return switch (sentence.getRuleIndex()) {
            case ScenarioParser.RULE_activity, ScenarioParser.RULE_workload ->
                    List.of(
                            "thread",
                            "at",
                            "fail",
                            "unload",
                            "stop",
                            "surprise",
                            "remove",
                            "shutdown");
            case ScenarioParser.RULE_stimulus, ScenarioParser.RULE_stimuli ->
                    List.of("fail", "unload", "stop", "surprise", "remove", "shutdown");
            case ScenarioParser.RULE_settings,
                    ScenarioParser.RULE_registry,
                    ScenarioParser.RULE_registryValue,
                    ScenarioParser.RULE_field,
                    ScenarioParser.RULE_fields ->
                    List.of();
            case ScenarioParser.RULE_part, ScenarioParser.RULE_hardware ->
                    List.of(
                            "property",
                            "pci",
                            "bar",
                            "ports",
                            "register",
                            "interrupt",
                            "msi",
                            "msix",
                            "message",
                            "timer",
                            "stimulus",
                            "on",
                            "code");
            case ScenarioParser.RULE_statement, ScenarioParser.RULE_body ->
                    List.of(
                            "repeat",
                            "start",
                            "write",
                            "read",
                            "control",
                            "open",
                            "close",
                            "delay",
                            "cancel",
                            "unload",
                            "wait",
                            "call",
                            "stop",
                            "surprise",
                            "remove",
                            "query",
                            "set",
                            "execute",
                            "enable",
                            "disable");
            case ScenarioParser.RULE_expectation, ScenarioParser.RULE_expect ->
                    List.of(
                            "completed",
                            "no",
                            "finding",
                            "bugcheck",
                            "deadlock",
                            "stuck",
                            "lock",
                            "interrupts",
                            "dpcs",
                            "output",
                            "ended",
                            "time");
            default ->
                    List.of(
                            "scenario",
                            "parameter",
                            "include",
                            "machine",
                            "hardware",
                            "device",
                            "driver",
                            "registry",
                            "workload",
                            "expect");
        };
    }

    /** What a sentence like the one that failed looks like. */
    static String forms(RuleContext place) {
        for (RuleContext at = place; at != null; at = at.getParent()) {
            String form =
                    switch (at.getRuleIndex()) {
                        case ScenarioParser.RULE_title -> "scenario \"TITLE\"";
                        case ScenarioParser.RULE_parameter -> "parameter NAME = VALUE";
                        case ScenarioParser.RULE_include -> "include \"FILE\"";
                        case ScenarioParser.RULE_registry, ScenarioParser.RULE_registryValue ->
                                "registry DRIVER { \"Parameters\\\\Name\" = VALUE … }";
                        case ScenarioParser.RULE_machine -> "machine { PROPERTY VALUE … }";
                        case ScenarioParser.RULE_field, ScenarioParser.RULE_fields ->
                                "such as: DONE: bit 1 write-one-to-clear, MODE: bits 4 to 6, or"
                                        + " NO_ERROR = 0";
                        case ScenarioParser.RULE_kind ->
                                "integer, integer from 1 to 8, time, size, text, flag, or words:"
                                        + " fast or slow";
                        case ScenarioParser.RULE_part -> form((ParserRuleContext) at);
                        case ScenarioParser.RULE_hardware ->
                                "such as: register STATUS at 0x04 width 4 { DONE: bit 1"
                                        + " write-one-to-clear }, interrupt while (STATUS.DONE),"
                                        + " on write COMMAND { C }";
                        case ScenarioParser.RULE_device -> "device NAME: TYPE { PROPERTY VALUE … }";
                        case ScenarioParser.RULE_driver ->
                                "driver NAME for DEVICE { C } or driver NAME from \"FILE\" for"
                                        + " DEVICE";
                        case ScenarioParser.RULE_thread ->
                                "thread NAME on PROCESSOR priority N { … }";
                        case ScenarioParser.RULE_timed ->
                                "at TIME every TIME times N { DEVICE.STIMULUS }";
                        case ScenarioParser.RULE_stimulus ->
                                "DEVICE.STIMULUS …, fail allocation N, unload, stop, remove,"
                                        + " surprise remove or shutdown";
                        case ScenarioParser.RULE_transfer -> "write DRIVER, SIZE at OFFSET";
                        case ScenarioParser.RULE_control ->
                                "control DRIVER, CODE, input SIZE, output SIZE";
                        case ScenarioParser.RULE_call -> "call DRIVER.Routine(VALUE, …)";
                        case ScenarioParser.RULE_statement, ScenarioParser.RULE_body ->
                                "a thread can: repeat, write, read, control, start, wait, cancel,"
                                        + " open, close, delay, call, unload, stop, remove,"
                                        + " surprise remove, query data, set data, execute"
                                        + " method, enable, disable";
                        case ScenarioParser.RULE_activity, ScenarioParser.RULE_workload ->
                                "a workload holds: thread … { }, at TIME { }, DEVICE.STIMULUS,"
                                        + " fail allocation N, unload, stop, remove, surprise"
                                        + " remove, shutdown";
                        case ScenarioParser.RULE_expectation, ScenarioParser.RULE_expect ->
                                "such as: completed writes == 200, DRIVER.Variable == 3, no"
                                        + " findings";
                        case ScenarioParser.RULE_scenarioFile ->
                                "a scenario holds: scenario, parameter, include, machine, hardware,"
                                        + " device, driver, registry, workload, expect";
                        default -> "";
                    };
            if (!form.isEmpty()) {
                return form;
            }
        }
        return "";
    }

    /** What a part of a hardware that begins with that word looks like; may be empty. */
    private static String form(ParserRuleContext part) {
        return switch (part.getStart().getText()) {
            case "register" ->
                    "register NAME at OFFSET width BYTES reset VALUE ACCESS \"…\" { FIELDS }, or"
                            + " NAME[COUNT] at OFFSET step BYTES";
            case "property" -> "property NAME: KIND = USUAL \"…\"";
            case "interrupt" -> "interrupt while (CONDITION), or interrupt NAME while (CONDITION)";
            case "timer" ->
                    "timer NAME { C }, timer NAME[COUNT] { C }, or timer NAME free-running { C }";
            case "stimulus" -> "stimulus NAME(ARGUMENT: KIND, …) \"…\" { C }";
            case "on" ->
                    "on write REGISTER { C }, on read REGISTER { C }, on raise { C }, or on power"
                            + " { C }";
            case "code" -> "code { C }";
            case "pci" ->
                    "pci VENDOR:DEVICE class 0xFF0000 revision 1 subsystem VENDOR:DEVICE \"…\"";
            case "bar" -> "bar NUMBER memory size BYTES \"…\"; or memory32, or ports";
            case "ports" -> "ports 0x300";
            case "msi" -> "msi 4";
            case "msix" -> "msix 8";
            case "message" ->
                    "message NUMBER while (CONDITION), or message NUMBER to NUMBER while"
                            + " (CONDITION)";
            default -> "";
        };
    }
}
