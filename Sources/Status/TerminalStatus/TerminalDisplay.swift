package import NilusCore
package import RunStatus
import Synchronization

/// The part of a terminal that shows a run and changes in place; everything else is printed above it.
package final class TerminalDisplay: Sendable {
    private let shownLines = Mutex<[String]>([])
    private let size: TerminalSize
    private let write: @Sendable ([UInt8]) -> Void

    package init(size: TerminalSize, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.size = size
        self.write = write
    }

    /// Shows the run as it stands.
    package func show(_ run: WorkflowRun, now: Timestamp) {
        let lines = ProgressLines.lines(run, now: now, in: size)
        shownLines.withLock { shown in
            write(Self.erase(shown) + Self.draw(lines))
            shown = lines
        }
    }

    /// Prints bytes that end with a line feed above the lines that change.
    package func writeAbove(_ bytes: [UInt8]) {
        shownLines.withLock { shown in write(Self.erase(shown) + bytes + Self.draw(shown)) }
    }

    /// Leaves the lines as they are and begins below them the next time.
    package func finish() {
        shownLines.withLock { $0 = [] }
    }

    /// Goes back over the lines (ECMA-48 CUU) and erases to the end of the screen (ED).
    private static func erase(_ lines: [String]) -> [UInt8] {
        lines.isEmpty ? [] : Array("\u{1B}[\(lines.count)A\u{1B}[J".utf8)
    }

    private static func draw(_ lines: [String]) -> [UInt8] {
        Array(lines.map { $0 + "\n" }.joined().utf8)
    }
}
