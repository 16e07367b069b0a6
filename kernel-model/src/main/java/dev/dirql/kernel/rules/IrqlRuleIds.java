package dev.dirql.kernel.rules;

/**
 * The numbers of the IRQL rules: what Driver Verifier passes as first parameter of bug check 0xC4.
 * Source: WDK, "Bug check 0xC4" and the pages of the rules.
 */
final class IrqlRuleIds {
    private IrqlRuleIds() {}

    /** The number of a rule, 0 if it has none. */
    static int of(String rule) {
        return switch (rule) {
            case "IrqlApcLte" -> 0x20002;
            case "IrqlDispatch" -> 0x20003;
            case "IrqlExAllocatePool" -> 0x20004;
            case "IrqlExApcLte1" -> 0x20005;
            case "IrqlExApcLte2" -> 0x20006;
            case "IrqlExApcLte3" -> 0x20007;
            case "IrqlExPassive" -> 0x20008;
            case "IrqlIoApcLte" -> 0x20009;
            case "IrqlIoPassive1" -> 0x2000A;
            case "IrqlIoPassive2" -> 0x2000B;
            case "IrqlIoPassive3" -> 0x2000C;
            case "IrqlIoPassive4" -> 0x2000D;
            case "IrqlIoPassive5" -> 0x2000E;
            case "IrqlKeApcLte1" -> 0x2000F;
            case "IrqlKeApcLte2" -> 0x20010;
            case "IrqlKeDispatchLte" -> 0x20011;
            case "IrqlKeReleaseSpinLock" -> 0x20015;
            case "IrqlKeSetEvent" -> 0x20016;
            case "IrqlMmApcLte" -> 0x20019;
            case "IrqlMmDispatch" -> 0x2001A;
            case "IrqlObPassive" -> 0x2001B;
            case "IrqlPsPassive" -> 0x2001C;
            case "IrqlReturn" -> 0x2001D;
            case "IrqlRtlPassive" -> 0x2001E;
            case "IrqlZwPassive" -> 0x2001F;
            case "IrqlIoDispatch" -> 0x20022;
            case "IrqlIoRtlZwPassive" -> 0x20023;
            case "IrqlNtifsApcPassive" -> 0x20024;
            case "IrqlKeMore" -> 0x20025;
            default -> 0;
        };
    }
}
