/// How an endpoint is read.
package enum ReadMode: String, Sendable, Hashable {
    /// Everything, several windows at a time where that helps.
    case full
    /// Everything, one request after the other.
    case sync
    /// Only what is new since the last run.
    case incremental
}
