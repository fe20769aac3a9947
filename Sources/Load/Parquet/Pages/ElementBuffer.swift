import Glibc

/// A growing row of plain values with one owner, for the inner loops.
///
/// An array would do the same with a check of unique ownership at each append and zeroed memory at
/// each extension. Memory is allocated at the first append, so that an unused buffer costs nothing.
struct ElementBuffer<Element: BitwiseCopyable>: ~Copyable {
    /// The first allocation in bytes; capacities double from there.
    private static var firstAllocationBytes: Int { 256 }

    private var base: UnsafeMutablePointer<Element>?
    private(set) var count = 0
    private var capacity = 0

    deinit { free(base) }

    var isEmpty: Bool { count == 0 }

    /// The memory held, in bytes.
    var allocatedBytes: Int { capacity * MemoryLayout<Element>.stride }

    /// The elements; valid until the buffer changes.
    var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

    /// The memory of the elements; valid until the buffer changes.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(elements) }

    /// The element at a position, which only debug builds check.
    subscript(position: Int) -> Element {
        @inline(__always) get {
            assert(position >= 0 && position < count, "the position is inside the buffer")
            return base.unsafelyUnwrapped[position]
        }
        @inline(__always) set {
            assert(position >= 0 && position < count, "the position is inside the buffer")
            base.unsafelyUnwrapped[position] = newValue
        }
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        extend(by: 1).initialize(to: element)
    }

    mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
        guard let source = elements.baseAddress else { return }
        extend(by: elements.count).initialize(from: source, count: elements.count)
    }

    mutating func append(repeating element: Element, count: Int) {
        extend(by: count).initialize(repeating: element, count: count)
    }

    /// Adds elements without a value and returns the place of the first; the caller gives each its value.
    @inline(__always)
    mutating func extend(by additional: Int) -> UnsafeMutablePointer<Element> {
        reserve(additional)
        defer { count &+= additional }
        return base.unsafelyUnwrapped + count
    }

    /// Makes room for more elements, at least one, without adding them.
    @inline(__always)
    mutating func reserve(_ additional: Int) {
        if capacity &- count < max(additional, 1) { grow(by: max(additional, 1)) }
    }

    /// Drops the elements from the given count on.
    mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "a buffer is truncated to fewer elements")
        count = newCount
    }

    /// Drops all elements and keeps the memory.
    mutating func removeAll() {
        count = 0
    }

    /// Drops all elements and gives the memory back.
    mutating func release() {
        free(base)
        base = nil
        count = 0
        capacity = 0
    }

    /// Drops all elements and gives the memory back if it is more than so many bytes.
    mutating func removeAll(keepingAtMost byteCount: Int) {
        if allocatedBytes > byteCount { release() } else { removeAll() }
    }

    @inline(never)
    private mutating func grow(by additional: Int) {
        let stride = MemoryLayout<Element>.stride
        let newCapacity = max(count + additional, capacity * 2, Self.firstAllocationBytes / stride)
        guard let grown = realloc(base, newCapacity * stride) else {
            preconditionFailure("no memory for \(newCapacity) elements of \(stride) bytes")
        }
        base = grown.assumingMemoryBound(to: Element.self)
        capacity = newCapacity
    }
}

/// Bytes in one growing piece of memory.
typealias ByteBuffer = ElementBuffer<UInt8>

extension ElementBuffer where Element == UInt8 {
    mutating func append(contentsOf bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(extend(by: bytes.count)).copyMemory(from: source, byteCount: bytes.count)
    }

    /// Adds the bytes of a number, the lowest first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        let place = UnsafeMutableRawPointer(extend(by: value.bitWidth / 8))
        place.storeBytes(of: value.littleEndian, as: type(of: value))
    }

    mutating func append(varint value: UInt64) {
        value.forEachVarintByte { append($0) }
    }
}

extension UInt64 {
    /// The number in the fewest groups of seven bits, the lowest first; the top bit says that more follow (ULEB128).
    @inline(__always)
    func forEachVarintByte(_ body: (UInt8) -> Void) {
        var rest = self
        while rest >= 0x80 {
            body(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        body(UInt8(truncatingIfNeeded: rest))
    }
}
