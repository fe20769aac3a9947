import NilusCore

extension EnvironmentVariables {
    /// What a variable says in whole seconds; `nil` when it is not set.
    ///
    /// - Throws: `configurationInvalid` (terminal) when it is no number, or out of bounds.
    func seconds(_ variable: String, in bounds: ClosedRange<Int64>) throws(NilusError) -> Duration? {
        guard let text = self[variable] else { return nil }
        guard let seconds = Int64(text), bounds.contains(seconds) else {
            throw NilusError(
                .load, .configurationInvalid,
                "cannot read variable '\(variable)': expected whole seconds from \(bounds.lowerBound) to "
                    + "\(bounds.upperBound)")
        }
        return .seconds(seconds)
    }
}
