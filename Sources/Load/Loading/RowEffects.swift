/// What a load did to rows besides adding them.
package struct RowEffects: Sendable, Hashable {
    /// Rows that went because the load brought a later version of them.
    package var replaced = 0
    /// Rows that went because they lay in the interval of the load.
    package var deleted = 0
    /// Versions that are not the current one any more.
    package var closed = 0
    /// Rows that came and say what the current version says, or were followed by another of their key.
    package var unchanged = 0

    /// No effect.
    package init() {}
}
