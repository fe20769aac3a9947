/// Collects content of unknown size in growing steps, up to a limit.
enum OutputBytes {
    /// What one step of a codec did.
    struct Step {
        /// Bytes written into the room that was lent.
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
        var content: [UInt8] = []
        while true {
            // One byte more than allowed tells "exactly at the limit" from "beyond".
            let room = min(max(content.count, firstRoomBytes), limit + 1 - content.count)
            let taken = try read(room, at: &content, step)
            guard content.count <= limit else { throw .tooLarge(limit: limit) }
            if taken.isAtEnd { return content }
        }
    }

    private static func read(
        _ room: Int, at content: inout [UInt8],
        _ step: (UnsafeMutableRawBufferPointer) throws(CompressionError) -> Step
    ) throws(CompressionError) -> Step {
        let start = content.count
        content.append(contentsOf: repeatElement(0, count: room))
        let result = content.withUnsafeMutableBytes { bytes in
            Result { () throws(CompressionError) in
                try step(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
            }
        }
        let taken = try result.get()
        content.removeLast(room - taken.written)
        return taken
    }
}
