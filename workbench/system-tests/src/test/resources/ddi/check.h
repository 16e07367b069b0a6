/*
 * What the scenarios of this folder check with: every check is counted, and one that fails is printed with its place. A
 * scenario expects Failures == 0, and Checks to be the number of checks it makes, so that none is passed over.
 */
volatile LONG Checks;
volatile LONG Failures;

VOID CheckHolds(BOOLEAN Holds, PCSTR File, ULONG Line, PCSTR Expression) {
    InterlockedIncrement(&Checks);
    if (!Holds) {
        InterlockedIncrement(&Failures);
        DbgPrint("%s:%u: does not hold: %s\n", File, Line, Expression);
    }
}

VOID CheckEqual(ULONG64 Actual, ULONG64 Expected, PCSTR File, ULONG Line, PCSTR Expression) {
    InterlockedIncrement(&Checks);
    if (Actual != Expected) {
        InterlockedIncrement(&Failures);
        DbgPrint("%s:%u: %s is 0x%I64x, not 0x%I64x\n", File, Line, Expression, Actual, Expected);
    }
}

#define CHECK(expression) CheckHolds((BOOLEAN)!!(expression), __FILE__, __LINE__, #expression)
#define CHECK_EQUAL(actual, expected)                                                                                  \
    CheckEqual((ULONG64)(LONG64)(actual), (ULONG64)(LONG64)(expected), __FILE__, __LINE__, #actual)
