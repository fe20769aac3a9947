import Synchronization

/// Outputs that wait for the next answer, so that a page needs no fresh memory.
final class OutputPool: Sendable {
    /// Larger outputs are given back to the system; 4 MiB hold any ordinary page.
    private static let keptBytes = 4 << 20

    private final class Box {
        var output = Output(capacity: 1 << 19)
    }

    private struct Idle: ~Copyable {
        var boxes: [Box] = []
    }

    private let idle = Mutex(Idle())

    /// Lends an empty output for the duration of a call.
    func withOutput<Result, Failure: Error>(
        _ body: (inout Output) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let box = take()
        defer { putBack(box) }
        return try body(&box.value.output)
    }

    /// Carries a box over the border of the lock; whoever holds it is its only user.
    private struct Loan: @unchecked Sendable {
        // A box is in the pool or with one borrower, never both.
        let value: Box
    }

    private func take() -> Loan {
        idle.withLock { idle in Loan(value: idle.boxes.popLast() ?? Box()) }
    }

    private func putBack(_ loan: Loan) {
        guard loan.value.output.count <= Self.keptBytes else { return }
        loan.value.output.truncate(to: 0)
        idle.withLock { idle in idle.boxes.append(loan.value) }
    }
}
