package dev.dirql.kernel.objects;

import dev.dirql.kernel.services.Outcome;
import dev.dirql.machine.Processor;

/** Objects whose references are not in {@link KernelObjects}: those of the I/O manager. */
public interface OtherObjects {
    /** Nothing is counted. */
    OtherObjects NONE =
            new OtherObjects() {
                @Override
                public long reference(long object) {
                    return 0;
                }

                @Override
                public ObjectType typeOf(Processor processor, long object) {
                    return ObjectType.OTHER;
                }

                @Override
                public Outcome dereference(Processor processor, long object, long caller) {
                    return Outcome.of(0);
                }
            };

    /** Counts one more, and gives how many there are. */
    long reference(long object);

    /** What an object is. */
    ObjectType typeOf(Processor processor, long object);

    /**
     * Counts one less, and gives how many are left. The run may end.
     *
     * @param caller the code that gives the reference up
     */
    Outcome dereference(Processor processor, long object, long caller);
}
