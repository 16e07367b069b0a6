package dev.dirql.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.devices.MessageRequest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MessageVectorsTest {
    private static final Set<Integer> LINE_11 = Set.of(0x51);

    private final MessageVectors vectors = new MessageVectors(LINE_11);

    @Test
    void messagesOfMsixAreSpreadOverTheDeviceLevels() {
        assertThat(vectors.grant("a", new MessageRequest(3, false)))
                .containsExactly(0x38, 0x48, 0x58);
        assertThat(vectors.grant("b", new MessageRequest(1, false))).containsExactly(0x68);
        assertThat(vectors.grant("c", MessageRequest.NONE)).isEmpty();
    }

    @Test
    void messagesOfMsiFollowEachOtherFromAMultipleOfTheirNumber() {
        assertThat(vectors.grant("a", new MessageRequest(4, true)))
                .containsExactly(0xBC, 0xBD, 0xBE, 0xBF);
        assertThat(vectors.grant("b", new MessageRequest(8, true)))
                .startsWith(0xA8)
                .endsWith(0xAF)
                .hasSize(8);
        assertThat(vectors.grant("c", new MessageRequest(16, true)))
                .startsWith(0x90)
                .endsWith(0x9F)
                .hasSize(16);
    }

    @Test
    void noMessageHasTheVectorOfALine() {
        for (int i = 0; i < 6; i++) {
            List<Integer> granted = vectors.grant("a", new MessageRequest(16, true));

            assertThat(granted).hasSize(16).doesNotContain(0x51);
        }
    }

    @Test
    void whoCannotHaveAllGetsExactlyOne() {
        assertThat(vectors.grant("a", new MessageRequest(70, false))).hasSize(70);
        assertThat(vectors.grant("b", new MessageRequest(3, false))).hasSize(1);
        assertThat(vectors.grant("c", new MessageRequest(32, true))).hasSize(1);
        assertThatThrownBy(() -> vectors.grant("d", new MessageRequest(1, false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("device d: all vectors for messages are taken; declare fewer messages");
    }
}
