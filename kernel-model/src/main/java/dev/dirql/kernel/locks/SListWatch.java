package dev.dirql.kernel.locks;

import dev.dirql.machine.Processor;

/** Who wants to know what happens to sequenced singly linked lists. May end the run. */
public interface SListWatch {
    /** A driver makes an empty list. */
    void initializes(long header);

    /** An entry is about to be put in front. */
    void pushes(Processor processor, long header, long entry, long caller);

    /** The first entry is about to be taken out. */
    void pops(Processor processor, long header, long caller);
}
