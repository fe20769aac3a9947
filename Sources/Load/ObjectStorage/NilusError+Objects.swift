import NilusCore

extension NilusError {
    /// An object that ends before the bytes that were asked of it.
    static func objectTooShort(_ name: String, _ range: Range<Int>, availableBytes: Int) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot read bytes \(range.lowerBound) to \(range.upperBound) of '\(name)': it has only "
                + "\(availableBytes) of these \(range.count); expected the size that the table's metadata names")
    }
}
