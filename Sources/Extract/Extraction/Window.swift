/// A half-open range of creation seconds that one walk reads: `[lower, upper)`.
package struct Window: Sendable, Hashable {
    /// First second inside; `nil` when the window reaches back to the beginning.
    package let lower: Int64?
    /// First second outside; `nil` when the window reaches up to the cut of the run.
    package let upper: Int64?

    package static let everything = Window(lower: nil, upper: nil)

    package init(lower: Int64?, upper: Int64?) {
        self.lower = lower
        self.upper = upper
    }

    package var isEmpty: Bool {
        guard let lower, let upper else { return false }
        return lower >= upper
    }

    /// Whether the second lies in the window.
    package func contains(_ second: Int64) -> Bool {
        !isBefore(second) && !isAfter(second)
    }

    /// Whether the second lies before the window.
    package func isBefore(_ second: Int64) -> Bool {
        lower.map { second < $0 } ?? false
    }

    /// Whether the second lies after the window.
    package func isAfter(_ second: Int64) -> Bool {
        upper.map { second >= $0 } ?? false
    }
}
