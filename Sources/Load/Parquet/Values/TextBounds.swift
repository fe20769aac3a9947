/// The bounds of texts in the order of their UTF-8 bytes, cut to some characters.
///
/// Whole texts may be long and personal, and readers need only enough to skip a file. A cut lower
/// bound is one as it stands; of a cut upper bound the last character is replaced by the next one.
///
/// - SeeAlso: apache/iceberg, docs/docs/configuration.md, `write.metadata.metrics.default` (`truncate(16)`)
struct TextBounds: ValueBounds {
    /// A text, or its beginning.
    private struct Kept {
        var bytes: [UInt8] = []
        /// Whether the text went on.
        var isCut = false

        mutating func replace(by value: UnsafeRawBufferPointer, characterLimit: Int) {
            let kept = UTF8Text.prefix(of: value, characters: characterLimit)
            bytes.removeAll(keepingCapacity: true)
            bytes.append(contentsOf: kept)
            isCut = kept.count < value.count
        }
    }

    /// Characters that are kept, zero for no bounds at all.
    private let characterLimit: Int
    private var smallest = Kept()
    private var largest = Kept()
    private var isEmpty = true

    /// - Parameter boundCharacters: characters that are kept; `nil` for all, zero for no bounds at all.
    init(boundCharacters: Int?) {
        characterLimit = boundCharacters ?? .max
    }

    @inline(__always)
    mutating func include(_ value: UnsafeRawBufferPointer) {
        guard characterLimit > 0 else { return }
        if isEmpty {
            isEmpty = false
            smallest.replace(by: value, characterLimit: characterLimit)
            largest = smallest
        } else {
            includeInSmallest(value)
            includeInLargest(value)
        }
    }

    mutating func merge(_ other: TextBounds) {
        guard !other.isEmpty else { return }
        guard !isEmpty else {
            self = other
            return
        }
        if other.smallest.bytes == smallest.bytes {
            smallest.isCut = smallest.isCut && other.smallest.isCut
        } else if other.smallest.bytes.lexicographicallyPrecedes(smallest.bytes) {
            smallest = other.smallest
        }
        if other.largest.bytes == largest.bytes {
            largest.isCut = largest.isCut || other.largest.isCut
        } else if largest.bytes.lexicographicallyPrecedes(other.largest.bytes) {
            largest = other.largest
        }
    }

    var lower: ParquetBound? {
        isEmpty ? nil : .bytes(smallest.bytes, isExact: !smallest.isCut)
    }

    var upper: ParquetBound? {
        if isEmpty { return nil }
        guard largest.isCut else { return .bytes(largest.bytes, isExact: true) }
        return UTF8Text.successor(of: largest.bytes).map { .bytes($0, isExact: false) }
    }

    @inline(__always)
    private mutating func includeInSmallest(_ value: UnsafeRawBufferPointer) {
        let (isBelow, isWhole) = smallest.bytes.withUnsafeBytes { kept in
            let common = ByteOrder.commonPrefix(value, kept)
            if common == kept.count { return (false, common == value.count) }
            return (common == value.count || value[common] < kept[common], false)
        }
        if isBelow {
            smallest.replace(by: value, characterLimit: characterLimit)
        } else if isWhole {
            smallest.isCut = false
        }
    }

    @inline(__always)
    private mutating func includeInLargest(_ value: UnsafeRawBufferPointer) {
        let isCut = largest.isCut
        let isAbove = largest.bytes.withUnsafeBytes { kept in
            let common = ByteOrder.commonPrefix(value, kept)
            if common == value.count { return false }
            // A text that goes on after the kept characters is above them, unless they are known to go on.
            if common == kept.count { return !isCut }
            return value[common] > kept[common]
        }
        if isAbove { largest.replace(by: value, characterLimit: characterLimit) }
    }
}
