package import NilusCore

/// One item of `source-table`: an endpoint as the user names it, and how to read it.
package struct SourceTable: Sendable, Equatable {
    /// How an endpoint is read.
    package enum Mode: String, Sendable, CaseIterable {
        /// Everything, with as many requests at a time as allowed.
        case full = ""
        /// Everything, one request after the other.
        case sync
        /// Only what is new since the last run, one request after the other.
        case syncIncremental = "sync:incremental"
    }

    /// The name as written, without its mode; whether an endpoint has this name is the source's
    /// business.
    package let name: String
    /// How it is read.
    package let mode: Mode
    /// Where the name begins.
    package let location: SourceLocation

    /// An item from its parts.
    package init(name: String, mode: Mode, location: SourceLocation) {
        self.name = name
        self.mode = mode
        self.location = location
    }

    /// Whether it stands for every endpoint of the source: `all`, in any case.
    package var isAll: Bool { name.lowercased() == "all" }
}
