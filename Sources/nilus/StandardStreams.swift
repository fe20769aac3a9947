import Glibc
import NilusCore
import TerminalStatus

/// Writes bytes to standard output.
func printBytes(_ bytes: [UInt8]) {
    // A closed standard output leaves nobody to tell.
    try? Files.writeAll(ContiguousArray(bytes), to: STDOUT_FILENO)
}

/// Writes bytes to standard error.
@Sendable
func printToStandardError(_ bytes: [UInt8]) {
    try? Files.writeAll(ContiguousArray(bytes), to: STDERR_FILENO)
}

/// What kind of terminal standard error is.
enum Terminal {
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// 80 columns and 24 rows when the terminal does not tell.
    static var size: TerminalSize {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}
