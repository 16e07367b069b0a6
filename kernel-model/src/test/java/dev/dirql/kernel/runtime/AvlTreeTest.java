package dev.dirql.kernel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.machine.ProcessorMemory;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AvlTreeTest {
    private static final int NODE = 0x30;
    private static final int KEYS = 60;

    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();
    private final long table = kernel.data(0x68);
    private final long nodes = kernel.data(NODE * KEYS);
    private final TreeMap<Integer, Long> present = new TreeMap<>();

    @Test
    void theTreeStaysOrderedAndBalanced() {
        memory.store64(table, table);
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            for (int i = 0; i < 300; i++) {
                int key = random.nextInt(KEYS);
                AvlTree tree = new AvlTree(memory, table);
                if (present.containsKey(key)) {
                    tree.remove(present.remove(key));
                } else {
                    insert(tree, key);
                }
                tree.commit();

                isSound(seed);
            }
        }
    }

    private void insert(AvlTree tree, int key) {
        long node = nodes + (long) NODE * key;
        memory.store64(node + AvlTree.ELEMENT, key);
        long parent = table;
        boolean left = false;
        for (long at = tree.root(); at != 0; at = left ? tree.left(at) : tree.right(at)) {
            parent = at;
            left = key < memory.load64(at + AvlTree.ELEMENT);
        }
        tree.insert(node, parent, left);
        present.put(key, node);
    }

    private void isSound(int seed) {
        AvlTree tree = new AvlTree(memory, table);
        height(tree, tree.root(), table, seed);
        long node = tree.first();
        long before = 0;
        for (int key : present.keySet()) {
            assertThat(memory.load64(node + AvlTree.ELEMENT)).as("seed %d", seed).isEqualTo(key);
            assertThat(tree.previous(node)).isEqualTo(before);
            before = node;
            node = tree.next(node);
        }
        assertThat(node).isZero();
    }

    private int height(AvlTree tree, long node, long parent, int seed) {
        if (node == 0) {
            return 0;
        }
        assertThat(memory.load64(node)).as("seed %d", seed).isEqualTo(parent);
        int left = height(tree, tree.left(node), node, seed);
        int right = height(tree, tree.right(node), node, seed);
        assertThat((byte) memory.load8(node + 0x18))
                .as("seed %d", seed)
                .isEqualTo((byte) (right - left));
        assertThat(Math.abs(right - left)).as("seed %d", seed).isLessThan(2);
        return 1 + Math.max(left, right);
    }
}
