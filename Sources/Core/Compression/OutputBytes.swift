/// Collects content of unknown size in growing memory, up to a limit.
enum OutputBytes {
    /// What one step of a codec did.
    struct Step {
        /// Bytes written into the room that was lent; all of it, unless the content is complete.
        let written: Int
        /// Whether the content is complete.
        let isAtEnd: Bool
    }

    /// The first room that a codec gets; doubled as long as the content goes on.
    static let firstRoomBytes = 16_384

    /// Calls `step` with more and more room until the content is complete.
    ///
    /// - Throws: `CompressionError.tooLarge` as soon as one byte beyond the limit appears.
    static func collect(
        limit: Int, _ step: (UnsafeMutableRawBufferPointer) throws(CompressionError) -> Step
    ) throws(CompressionError) -> [UInt8] {
        precondition(limit >= 0 && limit < Int.max, "a limit is a size in bytes")
        // One byte more than allowed tells "exactly at the limit" from "beyond".
        let largestRoom = limit + 1
        var memory = room(min(firstRoomBytes, largestRoom))
        defer { memory.deallocate() }
        var count = 0
        while true {
            let taken = try step(UnsafeMutableRawBufferPointer(rebasing: memory[count...]))
            count += taken.written
            guard count <= limit else { throw .tooLarge(limit: limit) }
            if taken.isAtEnd { return [UInt8](UnsafeRawBufferPointer(rebasing: memory[..<count])) }
            let grown = room(min(memory.count * 2, largestRoom))
            grown.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
            memory.deallocate()
            memory = grown
        }
    }

    private static func room(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: byteCount, alignment: 1)
    }
}
