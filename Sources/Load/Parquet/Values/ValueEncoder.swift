import Records

/// Encodes the values of one kind: as positions in a dictionary while that pays, else one after another.
struct ValueEncoder<Kind: ValueKind>: ~Copyable {
    /// How the values of the open page are held.
    private enum Mode {
        case dictionary
        /// The dictionary is full: the open page keeps to it and takes no more, the next ones are plain.
        case dictionaryIsFull
        case plain
    }

    /// A dictionary that halves what its values take has earned its place.
    private static var worthwhileSaving: Int { 2 }
    /// New entries after which a dictionary is judged in a column where one failed before.
    private static var trialEntries: Int { 128 }

    private let kind: Kind
    private let pageBytes: Int

    private var mode = Mode.dictionary
    private var dictionary: ValueDictionary<Kind>
    private var indexes = IndexBuffer()
    /// What the values behind `indexes` would take in PLAIN encoding, in bytes.
    private var indexedPlainBytes = 0
    private var hasDictionaryPages = false
    /// Whether the dictionary of the latest chunk that gave one up was useless from the start.
    private var isSceptical = false
    private var plain = ByteBuffer()

    /// Gathers the values of the chunk, each at least once, for its Bloom filter.
    private var filter = BlockFilterBuilder()
    private let hasFilter: Bool

    private var bounds: Kind.Bounds
    private var nanCount = 0
    private var totalBounds: Kind.Bounds
    private var totalNaNCount = 0

    init(_ kind: Kind, pageBytes: Int, dictionaryBytes: Int, hasFilter: Bool) {
        self.kind = kind
        self.pageBytes = pageBytes
        self.hasFilter = hasFilter
        dictionary = ValueDictionary(kind: kind, byteLimit: dictionaryBytes)
        bounds = kind.emptyBounds()
        totalBounds = kind.emptyBounds()
    }

    mutating func append(_ column: Column, _ range: Range<Int>) throws(MisfitValue) -> Int {
        let values = kind.values(of: column)
        var next = range.lowerBound
        if mode == .dictionary { next = try appendIndexes(values, range) }
        if mode == .plain { next = try appendPlain(values, next..<range.upperBound) }
        return next - range.lowerBound
    }

    /// See ``ValueEncoding``, whose requirements these are.
    var bufferedByteCount: Int {
        plain.count + indexes.count * MemoryLayout<IndexBuffer.Index>.size + dictionary.page.count
    }

    var allocatedBytes: Int {
        plain.allocatedBytes + indexes.allocatedBytes + dictionary.allocatedBytes + filter.allocatedBytes
    }

    // MARK: Values

    /// Adds values as positions in the dictionary and returns the position after the last one taken.
    private mutating func appendIndexes(_ values: Kind.Values, _ range: Range<Int>) throws(MisfitValue) -> Int {
        // An empty page takes at least one value, here as in `appendPlain`.
        let indexLimit = max(1, pageBytes / MemoryLayout<IndexBuffer.Index>.size)
        for position in range {
            let value = kind.value(at: position, of: values)
            guard indexes.count < indexLimit else { return position }
            guard let place = dictionary.place(of: value) else {
                leaveDictionary()
                return position
            }
            indexes.append(place.index)
            indexedPlainBytes &+= kind.plainByteCount(of: value)
            if kind.isNaN(value) { nanCount &+= 1 }
            if place.isNew {
                guard kind.fits(value) else { throw misfit(value, position) }
                guard keepsDictionary(afterAdding: value) else { return position + 1 }
            }
        }
        return range.upperBound
    }

    /// Adds values one after another and returns the position after the last one taken.
    private mutating func appendPlain(_ values: Kind.Values, _ range: Range<Int>) throws(MisfitValue) -> Int {
        for position in range {
            let value = kind.value(at: position, of: values)
            guard kind.fits(value) else { throw misfit(value, position) }
            let byteCount = kind.plainByteCount(of: value)
            // A value larger than a page gets one of its own.
            if plain.count &+ byteCount > pageBytes, !plain.isEmpty { return position }
            kind.writePlain(value, to: plain.extend(by: byteCount))
            bounds.include(value)
            if hasFilter { filter.insert(kind.filterHash(value)) }
            if kind.isNaN(value) { nanCount &+= 1 }
        }
        return range.upperBound
    }

    private func misfit(_ value: Kind.Value, _ position: Int) -> MisfitValue {
        MisfitValue(position: position, description: kind.describe(value))
    }

    // MARK: Dictionary

    /// Notes a new entry; gives the dictionary up if it is on trial and saves nothing.
    @inline(never)
    private mutating func keepsDictionary(afterAdding value: Kind.Value) -> Bool {
        bounds.include(value)
        if hasFilter { filter.insert(kind.filterHash(value)) }
        if isSceptical, dictionary.count == Self.trialEntries, isDictionaryUseless { leaveDictionary() }
        return mode == .dictionary
    }

    /// Whether the dictionary can be forgotten, as no finished page refers to it and it saves nothing.
    private var isDictionaryUseless: Bool {
        !hasDictionaryPages && indexedPlainBytes < dictionary.page.count * Self.worthwhileSaving
    }

    private mutating func leaveDictionary() {
        if isDictionaryUseless {
            forgetDictionary()
        } else {
            isSceptical = false
            dictionary.releaseTable()
            mode = indexes.count > 0 ? .dictionaryIsFull : .plain
        }
    }

    /// Writes the values of the open page out, as if there had never been a dictionary.
    private mutating func forgetDictionary() {
        isSceptical = true
        plain.reserve(indexedPlainBytes)
        indexes.forEach { plain.append(contentsOf: dictionary.entry($0)) }
        indexes.release()
        dictionary.release()
        mode = .plain
    }

    // MARK: Pages

    mutating func finishPage(into output: inout ByteBuffer) -> PageEncoding {
        if mode == .dictionary, isDictionaryUseless { forgetDictionary() }
        defer { indexedPlainBytes = 0 }
        guard mode != .plain, indexes.count > 0 else {
            output.append(contentsOf: plain.bytes)
            plain.removeAll(keepingAtMost: pageBytes * 2)
            return .plain
        }
        let bitWidth = dictionary.indexBitWidth
        output.append(UInt8(bitWidth))
        indexes.encode(bitWidth: bitWidth, into: &output)
        indexes.removeAll()
        hasDictionaryPages = true
        if mode == .dictionaryIsFull {
            indexes.release()
            mode = .plain
        }
        return .rleDictionary
    }

    func finishDictionary(into output: inout ByteBuffer) -> Int? {
        guard hasDictionaryPages else { return nil }
        output.append(contentsOf: dictionary.page.bytes)
        return dictionary.count
    }

    mutating func finishChunk() -> ValueStatistics {
        var statistics = ValueStatistics(nanCount: nanCount, lower: bounds.lower, upper: bounds.upper)
        totalNaNCount += nanCount
        totalBounds.merge(bounds)
        statistics.filter = filter.finish()
        nanCount = 0
        bounds = kind.emptyBounds()
        dictionary.removeAll()
        hasDictionaryPages = false
        mode = .dictionary
        return statistics
    }

    /// Gives the memory back; between two chunks only.
    mutating func releaseMemory() {
        plain.release()
        indexes.release()
        dictionary.release()
    }

    var totals: ValueStatistics {
        ValueStatistics(nanCount: totalNaNCount, lower: totalBounds.lower, upper: totalBounds.upper)
    }
}
