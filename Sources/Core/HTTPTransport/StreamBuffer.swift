import Synchronization

/// Pieces of an answer between the curl thread, which adds them, and the one task that takes them.
final class StreamBuffer: ResponseReceiver {
    fileprivate struct State {
        var head: HTTPHead?
        var pieces: [[UInt8]] = []
        var waitingBytes = 0
        /// The curl thread was turned away and waits to be told that there is room.
        var isPaused = false
        var end: Result<Void, any Error>?
        var reader: CheckedContinuation<Void, Never>?
    }

    /// A piece for the reader.
    struct Taken {
        let piece: [UInt8]
        /// The sender, which was turned away earlier, is to go on.
        let hasRoomAgain: Bool
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    // MARK: The curl thread

    func begin(_ head: HTTPHead) {
        change { $0.head = head }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        let isTaken = state.withLock { state in
            // A piece is taken even beyond the limit when nothing else waits, or it never could be.
            guard state.waitingBytes == 0 || state.waitingBytes + bytes.count <= limit else {
                state.isPaused = true
                return false
            }
            state.pieces.append(Array(bytes))
            state.waitingBytes += bytes.count
            return true
        }
        guard isTaken else { return .full }
        change { _ in }
        return .taken
    }

    var isPaused: Bool { state.withLock { $0.isPaused } }

    func finish(_ result: Result<Void, any Error>) {
        change { if $0.end == nil { $0.end = result } }
    }

    private func change(_ body: (inout State) -> Void) {
        let reader = state.withLock { state in
            body(&state)
            return state.reader.take()
        }
        reader?.resume()
    }

    // MARK: The reader

    /// Waits for the header lines.
    func head() async throws -> HTTPHead {
        while true {
            let (head, end) = state.withLock { ($0.head, $0.end) }
            if let head { return head }
            if case .failure(let error) = end { throw error }
            if end != nil { throw HTTPFailure(.cut, "the answer has no header lines") }
            await waitForChange { $0.head == nil && $0.end == nil }
        }
    }

    /// Waits for a piece; `nil` at the end.
    func take() async throws -> Taken? {
        while true {
            if let taken = state.withLock({ $0.take(halfOf: limit) }) { return taken }
            if let end = state.withLock({ $0.end }) {
                try end.get()
                return nil
            }
            await waitForChange { $0.pieces.isEmpty && $0.end == nil }
        }
    }

    private func waitForChange(while isNeeded: (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isNeeded = state.withLock { state in
                guard isNeeded(state) else { return false }
                state.reader = continuation
                return true
            }
            if !isNeeded { continuation.resume() }
        }
    }
}

extension StreamBuffer.State {
    /// The oldest piece; a paused sender goes on when half of the room is free.
    fileprivate mutating func take(halfOf limit: Int) -> StreamBuffer.Taken? {
        guard !pieces.isEmpty else { return nil }
        let piece = pieces.removeFirst()
        waitingBytes -= piece.count
        let hasRoomAgain = isPaused && waitingBytes <= limit / 2
        if hasRoomAgain { isPaused = false }
        return StreamBuffer.Taken(piece: piece, hasRoomAgain: hasRoomAgain)
    }
}
