package dev.dirql.scenario.c;

/**
 * What pragmas say at a place of the text.
 *
 * @param pack largest alignment of a structure member
 * @param codeSection section for the functions that follow, empty for the usual one
 * @param dataSection section for the initialised variables that follow, empty for the usual one
 */
record PragmaState(int pack, String codeSection, String dataSection) {
    static final PragmaState INITIAL = new PragmaState(16, "", "");
}
