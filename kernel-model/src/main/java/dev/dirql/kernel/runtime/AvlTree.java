package dev.dirql.kernel.runtime;

import dev.dirql.kernel.services.Walk;
import dev.dirql.machine.ProcessorMemory;
import java.util.Map;
import java.util.TreeMap;

/**
 * The balanced tree of an RTL_AVL_TABLE. Changes are made aside and stored at once, so that a page
 * which is absent leaves the tree whole. WDK, RTL_BALANCED_LINKS:
 *
 * <pre>
 * +0x00  Parent   +0x08  LeftChild   +0x10  RightChild
 * +0x18  Balance: height of the right subtree less that of the left one
 * +0x20  the element
 * </pre>
 *
 * The table begins with such links; their right child is the root of the tree.
 */
final class AvlTree {
    static final int ELEMENT = 0x20;

    /** What a walk in it goes along. */
    static final String NODES = "nodes of a generic table";

    private static final int LEFT = 0x08;
    private static final int RIGHT = 0x10;
    private static final int BALANCE = 0x18;

    private final ProcessorMemory memory;
    private final long table;
    private final Map<Long, Long> changes = new TreeMap<>();

    AvlTree(ProcessorMemory memory, long table) {
        this.memory = memory;
        this.table = table;
    }

    /** Stores the changes, all or none. */
    void commit() {
        changes.keySet().forEach(address -> memory.probe(address, 8, true));
        changes.forEach(memory::store64);
        changes.clear();
    }

    private long load(long address) {
        Long changed = changes.get(address);
        return changed == null ? memory.load64(address) : changed;
    }

    long root() {
        return load(table + RIGHT);
    }

    long left(long node) {
        return load(node + LEFT);
    }

    long right(long node) {
        return load(node + RIGHT);
    }

    private long parent(long node) {
        return load(node);
    }

    private int balance(long node) {
        return (byte) load(node + BALANCE);
    }

    private void setBalance(long node, int balance) {
        changes.put(node + BALANCE, balance & 0xFFL);
    }

    private void setChild(long node, boolean left, long child) {
        changes.put(node + (left ? LEFT : RIGHT), child);
        if (child != 0) {
            changes.put(child, node);
        }
    }

    private long child(long node, boolean left) {
        return left ? left(node) : right(node);
    }

    private boolean isLeft(long node) {
        return left(parent(node)) == node;
    }

    /** The first node in order, 0 if there is none. */
    long first() {
        return root() == 0 ? 0 : end(root(), true);
    }

    private long end(long top, boolean left) {
        long node = top;
        Walk walk = new Walk(NODES);
        while (child(node, left) != 0) {
            walk.at(node);
            node = child(node, left);
        }
        return node;
    }

    /** The next node in order, 0 after the last. */
    long next(long node) {
        return neighbour(node, false);
    }

    long previous(long node) {
        return neighbour(node, true);
    }

    private long neighbour(long node, boolean left) {
        if (child(node, left) != 0) {
            return end(child(node, left), !left);
        }
        long at = node;
        Walk walk = new Walk(NODES);
        while (parent(at) != table && isLeft(at) == left) {
            walk.at(at);
            at = parent(at);
        }
        return parent(at) == table ? 0 : parent(at);
    }

    /** Makes a node a leaf below another one, or the root of an empty tree. */
    void insert(long node, long parent, boolean left) {
        changes.put(node + LEFT, 0L);
        changes.put(node + RIGHT, 0L);
        setBalance(node, 0);
        setChild(parent, left, node);
        long child = node;
        Walk walk = new Walk(NODES);
        for (long at = parent; at != table; at = parent(at)) {
            walk.at(at);
            int balance = balance(at) + (left(at) == child ? -1 : 1);
            if (Math.abs(balance) > 1) {
                rotate(at, balance > 0);
                return;
            }
            setBalance(at, balance);
            if (balance == 0) {
                return;
            }
            child = at;
        }
    }

    void remove(long node) {
        long at = parent(node);
        boolean left = isLeft(node);
        if (left(node) == 0 || right(node) == 0) {
            setChild(at, left, left(node) == 0 ? right(node) : left(node));
        } else {
            long successor = end(right(node), true);
            long above = at;
            boolean aboveLeft = left;
            if (successor == right(node)) {
                at = successor;
                left = false;
            } else {
                at = parent(successor);
                left = true;
                setChild(at, true, right(successor));
                setChild(successor, false, right(node));
            }
            setChild(successor, true, left(node));
            setBalance(successor, balance(node));
            setChild(above, aboveLeft, successor);
        }
        shrunk(at, left);
    }

    /** A subtree of a node is less high than before. */
    private void shrunk(long from, boolean fromLeft) {
        long at = from;
        boolean left = fromLeft;
        Walk walk = new Walk(NODES);
        while (at != table) {
            walk.at(at);
            int balance = balance(at) + (left ? 1 : -1);
            long top = at;
            if (Math.abs(balance) > 1) {
                top = rotate(at, balance > 0);
                if (balance(top) != 0) {
                    return;
                }
            } else {
                setBalance(at, balance);
                if (balance != 0) {
                    return;
                }
            }
            left = isLeft(top);
            at = parent(top);
        }
    }

    /** Makes a node whose one side is higher by two balanced, and gives what takes its place. */
    private long rotate(long node, boolean rightHigh) {
        int high = rightHigh ? 1 : -1;
        long child = child(node, !rightHigh);
        if (balance(child) == -high) {
            long middle = child(child, rightHigh);
            int balance = balance(middle);
            lift(child, middle, !rightHigh);
            lift(node, middle, rightHigh);
            setBalance(node, balance == high ? -high : 0);
            setBalance(child, balance == -high ? high : 0);
            setBalance(middle, 0);
            return middle;
        }
        boolean even = balance(child) == 0;
        lift(node, child, rightHigh);
        setBalance(node, even ? high : 0);
        setBalance(child, even ? -high : 0);
        return child;
    }

    /** A child takes the place of its parent, which becomes its left child, or its right one. */
    private void lift(long node, long child, boolean nodeBecomesLeft) {
        long parent = parent(node);
        boolean left = isLeft(node);
        setChild(node, !nodeBecomesLeft, child(child, nodeBecomesLeft));
        setChild(child, nodeBecomesLeft, node);
        setChild(parent, left, child);
    }
}
