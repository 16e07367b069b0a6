package dev.dirql.machine;

/** A controller with nothing connected: task priority works, interrupts are a mistake. */
enum NoInterruptController implements InterruptController {
    INSTANCE;

    @Override
    public InterruptUnit unit(int processor) {
        return new PriorityOnly();
    }

    @Override
    public InterruptLine line(String device, int input) {
        throw new IllegalStateException(device + ": the machine has no interrupt controller");
    }

    @Override
    public void message(String device, long address, int data) {
        throw new IllegalStateException(device + ": the machine has no interrupt controller");
    }

    @Override
    public boolean isAsserted(int vector) {
        return false;
    }

    @Override
    public void sendToProcessor(int target, int vector, String source) {
        throw new IllegalStateException(source + ": the machine has no interrupt controller");
    }

    private static final class PriorityOnly implements InterruptUnit {
        private int priority;

        @Override
        public int taskPriority() {
            return priority;
        }

        @Override
        public void setTaskPriority(int priorityClass) {
            priority = priorityClass;
        }

        @Override
        public int deliverable() {
            return -1;
        }

        @Override
        public int acknowledge() {
            throw new IllegalStateException("nothing is deliverable");
        }

        @Override
        public void endOfInterrupt() {}

        @Override
        public void requestSelf(int vector, String source) {
            throw new IllegalStateException(source + ": no interrupt controller");
        }

        @Override
        public boolean isRequested(int vector) {
            return false;
        }

        @Override
        public void save(StateWriter out) {
            out.value(priority);
        }

        @Override
        public void restore(StateReader in) {
            priority = in.intValue();
        }
    }
}
