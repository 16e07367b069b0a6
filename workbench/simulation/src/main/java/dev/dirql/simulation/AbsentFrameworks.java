package dev.dirql.simulation;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The frameworks and port drivers of the WDK that are not modelled, by the headers that their
 * drivers include. Such a driver calls what no kernel export is: it is told so at its include.
 */
final class AbsentFrameworks {
    private record Framework(Pattern headers, String name) {
        Framework(String headers, String name) {
            this(Pattern.compile(headers, Pattern.CASE_INSENSITIVE), name);
        }
    }

    private static final List<Framework> ALL =
            List.of(
                    new Framework(
                            "(wdf|wdf\\w+|wudfwdm)\\.h", "the Kernel-Mode Driver Framework (KMDF)"),
                    new Framework("(ndis|ndis\\w+|xfilter|ntddndis)\\.h", "NDIS"),
                    new Framework("(netadaptercx|net/\\w+|netcx\\w*)\\.h", "NetAdapterCx"),
                    new Framework("(storport|srb|srbhelper|scsi|ntddscsi)\\.h", "Storport"),
                    new Framework("(fltkernel|fltuser\\w*)\\.h", "the Filter Manager"),
                    new Framework("(fwpsk|fwpmk|fwpstypes)\\.h", "the Windows Filtering Platform"),
                    new Framework("(ks|ksmedia|ksproxy|portcls)\\.h", "kernel streaming"),
                    new Framework("(dispmprt|d3dkmddi|d3dkmdt|video|ntddvdeo)\\.h", "WDDM"),
                    new Framework(
                            "(usb|usbdi|usbdlib|usbdrivr|usbspec|usbfnbase|wdfusb)\\.h",
                            "the USB driver stack"),
                    new Framework(
                            "(hidport|hidpi|hidsdi|hidclass|vhf)\\.h", "the HID class driver"),
                    new Framework("(wsk|tdikrnl|tdi)\\.h", "Winsock Kernel"),
                    new Framework("(windows|winbase|winuser|winsock2)\\.h", "user mode"));

    private AbsentFrameworks() {}

    /** Says of a header that is not there which framework it belongs to. */
    static Optional<String> of(String header) {
        return ALL.stream()
                .filter(framework -> framework.headers.matcher(header).matches())
                .findFirst()
                .map(framework ->
                        framework.name
                                + " is not modelled; drivers run here that call the routines of"
                                + " ntoskrnl and the HAL themselves (WDM)");
    }
}
