package dev.dirql.kernel.headers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.kernel.headers.HeaderItem.Enumerator;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderParserTest {
    private static List<HeaderItem> parse(String text) {
        return HeaderParser.parse("test.h", text);
    }

    @Test
    void takesDirectivesAndDeclarationsApart() {
        List<HeaderItem> items =
                parse(
                        """
                        #include <ntdef.h>  /* a comment; with a semicolon */
                        #define TWICE(x) \\
                            ((x) * 2)
                        typedef ULONG_PTR LOCK, *PLOCK;
                        typedef BOOLEAN ROUTINE(_In_ PVOID Context);
                        NTKERNELAPI VOID NTAPI
                        KeDo(_In_ ULONG What);
                        FORCEINLINE ULONG One(VOID) {
                            if (TRUE) { return 1; }
                            return 2;
                        }
                        extern NTKERNELAPI volatile CCHAR Count;
                        struct _IRP;
                        """);

        assertThat(items)
                .containsExactly(
                        new HeaderItem.Directive("#include <ntdef.h>", false),
                        new HeaderItem.Macro("TWICE", "#define TWICE(x) \\\n    ((x) * 2)", false),
                        new HeaderItem.Type(
                                List.of("LOCK", "PLOCK"),
                                "typedef ULONG_PTR LOCK, *PLOCK;",
                                List.of(),
                                false),
                        new HeaderItem.Type(
                                List.of("ROUTINE"),
                                "typedef BOOLEAN ROUTINE(_In_ PVOID Context);",
                                List.of(),
                                false),
                        new HeaderItem.Function(
                                "KeDo",
                                "NTKERNELAPI VOID NTAPI\nKeDo(_In_ ULONG What);",
                                false,
                                false),
                        new HeaderItem.Function(
                                "One",
                                "FORCEINLINE ULONG One(VOID) {\n    if (TRUE) { return 1; }\n"
                                        + "    return 2;\n}",
                                true,
                                false),
                        new HeaderItem.Variable(
                                "Count", "extern NTKERNELAPI volatile CCHAR Count;", false),
                        new HeaderItem.Type(List.of(), "struct _IRP;", List.of(), false));
    }

    @Test
    void countsTheConstantsOfAnEnumeration() {
        List<HeaderItem> items =
                parse(
                        """
                        typedef enum _KIND {
                            First,
                            Second,
                            Far = 0x10,
                            /* absent from mingw-w64 { */
                            Farther,
                            /* } */
                            Again = First,
                            AfterAgain
                        } KIND, *PKIND;
                        """);

        assertThat(items)
                .singleElement()
                .isInstanceOfSatisfying(
                        HeaderItem.Type.class,
                        type -> {
                            assertThat(type.names()).containsExactly("KIND", "PKIND");
                            assertThat(type.absent()).isFalse();
                            assertThat(type.text()).doesNotContain("\u0001", "\u0002");
                            assertThat(type.enumerators())
                                    .containsExactly(
                                            new Enumerator("First", "0", false),
                                            new Enumerator("Second", "1", false),
                                            new Enumerator("Far", "0x10", false),
                                            new Enumerator("Farther", "0x10 + 1", true),
                                            new Enumerator("Again", "First", false),
                                            new Enumerator("AfterAgain", "First + 1", false));
                        });
    }

    @Test
    void knowsWhatIsMarked() {
        List<HeaderItem> items =
                parse(
                        """
                        #define OLD 1
                        /* absent from mingw-w64 { */
                        #define NEW 2
                        VOID New(VOID);
                        /* } */
                        VOID Old(VOID);
                        """);

        assertThat(items).extracting(HeaderItem::absent).containsExactly(false, true, true, false);
    }

    @Test
    void aMarkThatIsNotClosedIsAFault() {
        assertThatThrownBy(() -> parse("/* absent from mingw-w64 { */\n#define NEW 2\n"))
                .hasMessageContaining("test.h");
        assertThatThrownBy(() -> parse("/* } */\n")).hasMessageContaining("test.h");
    }

    @Test
    void whatStandsInStringsAndInitialisersDeclaresNothing() {
        List<HeaderItem> items =
                parse(
                        """
                        static const STRING Text = MAKE("D:P(A;;GA;;;SY){\\"");
                        VOID Next(VOID);
                        """);

        assertThat(items)
                .extracting(HeaderItem::getClass)
                .containsExactly(HeaderItem.Variable.class, HeaderItem.Function.class);
        assertThat(items)
                .first()
                .satisfies(
                        item -> assertThat(((HeaderItem.Variable) item).name()).isEqualTo("Text"));
    }
}
