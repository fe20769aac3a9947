/// Which rows of the source a load stands for, by their creation time in seconds since the epoch.
package struct LoadScope: Sendable, Hashable {
    /// First second inside; `nil` when the scope reaches back to the beginning.
    package let lower: Int64?
    /// First second outside.
    package let upper: Int64
    /// The source's clock when the read began.
    package let moment: Int64
    /// Whether every row of the scope came.
    package let isComplete: Bool
    /// Whether rows that did not come are gone from the source, those of the table that lie below `upper`.
    package let closesAbsent: Bool

    /// A scope of a read that has ended.
    package init(lower: Int64?, upper: Int64, moment: Int64, isComplete: Bool, closesAbsent: Bool) {
        self.lower = lower
        self.upper = upper
        self.moment = moment
        self.isComplete = isComplete
        self.closesAbsent = closesAbsent
    }
}
