package dev.dirql.simulation;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.store.SymbolTable;
import java.util.List;

/** Makes the symbol table of a trace from the images that are loaded. */
final class Symbols {
    private Symbols() {}

    /**
     * @param scenario the scenario's file as its user named it: its folder is left out of the names
     *     of files, so that a trace does not depend on where it was recorded
     */
    static SymbolTable of(List<LoadedImage> images, String scenario) {
        String folder = scenario.substring(0, scenario.lastIndexOf('/') + 1);
        return new SymbolTable(images.stream().map(image -> image(image, folder)).toList());
    }

    private static SymbolTable.LoadedImage image(LoadedImage image, String folder) {
        DebugInformation debug = image.image().debug();
        return new SymbolTable.LoadedImage(
                image.image().name(),
                image.base(),
                image.image().size(),
                debug.files().stream()
                        .map(file ->
                                file.startsWith(folder) ? file.substring(folder.length()) : file)
                        .toList(),
                debug.symbols().stream()
                        .map(symbol ->
                                new SymbolTable.Symbol(
                                        symbol.name(),
                                        symbol.rva(),
                                        symbol.size(),
                                        symbol.function()))
                        .toList(),
                debug.lines().stream()
                        .map(line -> new SymbolTable.Line(line.rva(), line.file(), line.line()))
                        .toList());
    }
}
