/// A growing run of bytes that pages are written into; reused from one answer to the next.
struct Output: ~Copyable {
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 1024) {
        self.capacity = max(capacity, 64)
        storage = .allocate(capacity: self.capacity)
    }

    deinit { storage.deallocate() }

    /// Makes room for that many further bytes.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: storage, count: count)
        storage.deallocate()
        storage = moved
        capacity = larger
    }

    @inline(__always)
    mutating func append(_ source: UnsafePointer<UInt8>, count more: Int) {
        reserve(more)
        (storage + count).update(from: source, count: more)
        count += more
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        storage[count] = byte
        count += 1
    }

    mutating func append(_ bytes: some Collection<UInt8>) {
        reserve(bytes.count)
        let room = UnsafeMutableBufferPointer(start: storage + count, count: bytes.count)
        _ = room.update(fromContentsOf: bytes)
        count += bytes.count
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Writes an integer in decimal.
    @inline(__always)
    mutating func append(decimal value: Int) {
        reserve(20)
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var length = 1
        var bound: UInt = 10
        while length < 20, rest >= bound {
            length += 1
            bound = length < 20 ? bound &* 10 : bound
        }
        var at = count + length
        count = at
        while rest >= 10 {
            let (tens, ones) = rest.quotientAndRemainder(dividingBy: 10)
            at -= 1
            storage[at] = UInt8(truncatingIfNeeded: 48 + ones)
            rest = tens
        }
        storage[at - 1] = UInt8(truncatingIfNeeded: 48 + rest)
    }

    /// Reserves bytes to be written in place.
    @inline(__always)
    mutating func appendInPlace(count more: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void) {
        reserve(more)
        write(storage + count)
        count += more
    }

    /// Forgets what was written after the first bytes.
    mutating func truncate(to length: Int) {
        precondition(length <= count, "an output can only become shorter")
        count = length
    }

    /// Lends what was written since a position; not to be kept.
    func withBytes<Result, Failure: Error>(
        from start: Int = 0, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: storage + start, count: count - start))
    }

    /// A copy of what was written.
    var bytes: [UInt8] { withBytes { Array($0) } }
}
