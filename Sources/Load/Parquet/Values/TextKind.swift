import NilusCore
import Records

/// Texts, stored as BYTE_ARRAY: four bytes of length, the lowest first, then the bytes.
struct TextKind: ValueKind {
    /// The texts of a batch, one after another.
    struct Texts: BitwiseCopyable {
        let bytes: UnsafeRawBufferPointer
        let ends: UnsafeBufferPointer<Int>
    }

    private static var lengthByteCount: Int { 4 }
    /// The longest text in bytes: with a page around it, its size still fits the page header's 31 bits.
    static var maximumByteCount: Int { 1 << 30 }

    /// How many characters of the smallest and largest text are kept; `nil` for all, zero for no bounds.
    let boundCharacters: Int?

    @inline(__always)
    func values(of column: Column) -> Texts { Texts(bytes: column.textBytes, ends: column.textEnds) }

    @inline(__always)
    func value(at position: Int, of texts: Texts) -> UnsafeRawBufferPointer {
        let start = position == 0 ? 0 : texts.ends[position &- 1]
        let count = texts.ends[position] &- start
        // A column of empty texts may have no memory.
        return UnsafeRawBufferPointer(start: texts.bytes.baseAddress.map { $0 + start }, count: count)
    }

    @inline(__always)
    func plainByteCount(of value: UnsafeRawBufferPointer) -> Int { value.count &+ Self.lengthByteCount }

    @inline(__always)
    func writePlain(_ value: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer) {
        place.storeBytes(of: UInt32(truncatingIfNeeded: value.count).littleEndian, as: UInt32.self)
        guard let source = value.baseAddress else { return }
        (place + Self.lengthByteCount).copyMemory(from: source, byteCount: value.count)
    }

    @inline(__always)
    func isEqual(_ value: UnsafeRawBufferPointer, toPlain place: UnsafeRawPointer) -> Bool {
        let count = UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
        guard value.count == Int(count) else { return false }
        guard let bytes = value.baseAddress else { return true }
        return ByteOrder.isEqual(bytes, place + Self.lengthByteCount, count: value.count)
    }

    @inline(__always)
    func hash(_ value: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 { ByteHash.hash(value, seed: seed) }

    @inline(__always)
    func filterHash(_ value: UnsafeRawBufferPointer) -> UInt64 { XXHash64.hash(value) }

    @inline(__always)
    func fits(_ value: UnsafeRawBufferPointer) -> Bool { value.count <= Self.maximumByteCount }

    func describe(_ value: UnsafeRawBufferPointer) -> String { "a text of \(value.count.asByteCount)" }

    func emptyBounds() -> TextBounds { TextBounds(boundCharacters: boundCharacters) }
}
