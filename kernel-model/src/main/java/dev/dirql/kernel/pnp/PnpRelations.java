package dev.dirql.kernel.pnp;

import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.objects.OtherObjects;
import dev.dirql.kernel.pnp.PnpDevices.State;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/**
 * Asks a stack for its relations, as IoInvalidateDeviceRelations wants, and gives back what is in
 * the answer. Source: WDK, "IRP_MN_QUERY_DEVICE_RELATIONS".
 */
final class PnpRelations {
    static final String QUERY = "PnpQueryRelations";

    private static final int OBJECTS = 8;

    private final ServiceEngine engine;
    private final Pool pool;
    private final PnpDevices devices;
    private final PnpRequests requests;
    private final OtherObjects objects;

    PnpRelations(
            ServiceEngine engine,
            Pool pool,
            PnpDevices devices,
            PnpRequests requests,
            OtherObjects objects) {
        this.engine = engine;
        this.pool = pool;
        this.devices = devices;
        this.requests = requests;
        this.objects = objects;
    }

    record AskRelations(int device, long type) implements Pending {}

    /** The first field is the address of the list. */
    record RelationsAnswered(long list, int device) implements Pending {}

    @EntryPoint(value = QUERY, frame = FrameShape.RETURN_ADDRESS)
    Outcome query(Processor processor, int device, long type) {
        return devices.get(device).state() == State.STARTED
                ? new Outcome.Then(new AskRelations(device, type))
                : Outcome.of(IoStatus.NO_SUCH_DEVICE);
    }

    @Resumes("PnpAskRelations")
    Outcome ask(Processor processor, AskRelations pending) {
        return requests.ask(
                processor,
                new RelationsAnswered(0, pending.device),
                pending.device,
                PnpRequests.QUERY_RELATIONS,
                pending.type,
                0);
    }

    /** The drivers referenced each object for whoever asks. */
    @Resumes("PnpRelationsAnswered")
    Outcome answered(Processor processor, RelationsAnswered pending, int status) {
        if (status < 0 || pending.list == 0) {
            return Outcome.of(IoStatus.SUCCESS);
        }
        long count = processor.memory().load32(pending.list);
        for (int i = 0; i < count && processor.machine().ended() == null; i++) {
            objects.dereference(
                    processor,
                    processor.memory().load64(pending.list + OBJECTS + 8L * i),
                    engine.caller(processor));
        }
        if (processor.machine().ended() == null) {
            pool.free(processor, pending.list, engine.caller(processor));
        }
        return processor.machine().ended() == null ? Outcome.of(IoStatus.SUCCESS) : Outcome.stay();
    }
}
