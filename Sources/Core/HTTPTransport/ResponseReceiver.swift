import NilusCore

/// Status and header lines of an answer.
struct HTTPHead: Sendable {
    let status: Int
    let headers: HTTPHeaders
}

/// What became of bytes that were offered to a receiver.
enum Reception {
    case taken
    /// To be offered again when the receiver has room.
    case full
    case tooLarge
}

/// Takes an answer from the curl thread.
protocol ResponseReceiver: AnyObject, Sendable {
    /// Told when the header lines of the final answer are complete.
    func begin(_ head: HTTPHead)

    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception

    /// Whether bytes were turned away and the receiver has not asked for them since.
    var isPaused: Bool { get }
}

/// Gathers a whole body up to a limit.
final class WholeBody: ResponseReceiver, @unchecked Sendable {
    // Filled by the curl thread; read by the asking task only after the transfer has ended.

    private let limit: Int
    private var bytes = GrowableBytes()

    init(limit: Int) {
        self.limit = limit
    }

    var isPaused: Bool { false }

    func begin(_ head: HTTPHead) {
        guard head.headers["content-encoding"] == nil, let length = head.headers["content-length"].flatMap({ Int($0) }),
            (0...max(0, limit)).contains(length)
        else { return }
        bytes = GrowableBytes(expecting: length)
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        guard self.bytes.count + bytes.count <= limit else { return .tooLarge }
        self.bytes.append(bytes)
        return .taken
    }

    func sealed() -> GrowableBytes {
        bytes.seal()
        return bytes
    }
}
