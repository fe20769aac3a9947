import CSimdjson
package import NilusCore
import Synchronization

/// Turns bytes into validated JSON documents, reusing parser memory from one to the next.
///
/// simdjson validates the whole text once; its structural index (the offsets of all brackets, colons,
/// commas and value starts) then lets a reader slice out any value as the very bytes received. Its buffers, some
/// thirty times the text, are taken for the time of the parsing only: documents keep a copy of the index.
package final class JSONParserPool: Sendable {
    private let idle = Mutex<[SimdjsonParser]>([])

    package init() {}

    /// Parses a text.
    ///
    /// - Precondition: `bytes` is sealed and not changed while the document lives.
    /// - Throws: `JSONError` when the text is not one JSON value, or nested deeper than 1,024 levels.
    package func parse(_ bytes: GrowableBytes) throws(JSONError) -> JSONDocument {
        let parser = try takeParser()
        defer { idle.withLock { $0.append(parser) } }
        let (structurals, isDecided) = try parser.parse(bytes)
        let document = JSONDocument(bytes: bytes, structurals: structurals)
        if !isDecided {
            try JSONGrammar.check(document)
        }
        return document
    }

    private func takeParser() throws(JSONError) -> SimdjsonParser {
        if let parser = idle.withLock({ $0.popLast() }) { return parser }
        return try SimdjsonParser()
    }
}

/// One parsed text: the bytes and the index into them, valid for as long as the document lives.
package final class JSONDocument: @unchecked Sendable {
    // The memory of the index is written once, before anyone else knows of it.

    /// The text; readable for `GrowableBytes.slack` bytes more.
    let text: UnsafeBufferPointer<UInt8>
    /// The offsets of the structural characters, in order.
    let offsets: UnsafeBufferPointer<UInt32>
    /// The text and its index, for elements.
    let index: JSONIndex
    private let bytes: GrowableBytes
    private let memory: UnsafeMutablePointer<UInt32>

    fileprivate init(bytes: GrowableBytes, structurals: nilus_simdjson_structurals) {
        self.bytes = bytes
        text = bytes.withBytes { $0.bindMemory(to: UInt8.self) }
        guard let start = text.baseAddress, let offsets = structurals.offsets, let closings = structurals.closings
        else { preconditionFailure("a parsed document has bytes and an index") }
        // One offset more than there are: the end of the text, where the outermost value ends.
        let size = structurals.count + 1
        memory = .allocate(capacity: 2 * size)
        memory.initialize(from: offsets, count: size)
        (memory + size).initialize(from: closings, count: size)
        self.offsets = UnsafeBufferPointer(start: memory, count: structurals.count)
        index = JSONIndex(text: start, offsets: memory, closings: memory + size)
    }

    deinit { memory.deallocate() }

    /// Lends the outermost value; nothing derived from it may be kept after the call.
    package func withRoot<Result, Failure: Error>(
        _ body: (JSONElement) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(JSONElement(rootOf: self))
    }

    /// The size of the text in bytes.
    package var byteCount: Int { bytes.count }
}

/// Where the values of a document are; borrows its memory.
struct JSONIndex {
    let text: UnsafePointer<UInt8>
    /// The offsets of the structural characters, in order.
    let offsets: UnsafePointer<UInt32>
    /// For each opening bracket, the place of the closing one.
    let closings: UnsafePointer<UInt32>

    /// The structural character at a place.
    func character(at place: Int) -> UInt8 { text[Int(offsets[place])] }

    /// The place after the value that begins at a place.
    func place(after place: Int) -> Int {
        // Brackets and braces differ in the bit 0x20 only, and no other structural character comes near.
        character(at: place) | 0x20 == UInt8(ascii: "{") ? Int(closings[place]) + 1 : place + 1
    }
}

/// A simdjson parser with its buffers, freed exactly once.
private final class SimdjsonParser: @unchecked Sendable {
    // Used by the one call, or the one pool, that holds it.
    private let handle: OpaquePointer

    init() throws(JSONError) {
        guard let handle = simdjson_create() else { throw JSONError("no memory for a JSON parser") }
        precondition(simdjson_padding() <= GrowableBytes.slack, "simdjson reads past the slack")
        self.handle = handle
    }

    deinit { simdjson_destroy(handle) }

    /// Validates the text; `isDecided` is false when simdjson stopped at a value beyond its own types.
    ///
    /// - Returns: the index, valid until the next call.
    func parse(_ bytes: GrowableBytes) throws(JSONError) -> (nilus_simdjson_structurals, isDecided: Bool) {
        var structurals = nilus_simdjson_structurals()
        var message: UnsafePointer<CChar>?
        let verdict = bytes.withBytes {
            simdjson_parse(handle, $0.bindMemory(to: UInt8.self).baseAddress, $0.count, &structurals, &message)
        }
        switch verdict {
        case NILUS_SIMDJSON_VALID: return (structurals, true)
        case NILUS_SIMDJSON_UNDECIDED: return (structurals, false)
        default: throw JSONError(message.map { String(cString: $0) } ?? "not JSON")
        }
    }
}

/// Why a text is not JSON.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
