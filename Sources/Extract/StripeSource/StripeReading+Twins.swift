import Extraction
import JSON

/// Reading two lists between which rows may move, as ``TwinWalk`` has it.
extension StripeReading {
    /// Pages of one reading: what has to be remembered grows with them, and without them each page of the one list would
    /// cost a request for the other.
    private static let mostPages = 16

    /// Returns whether every row was read, or the page limit came first.
    mutating func walkTwins(_ deliver: (Page) async throws -> Void) async throws -> Bool {
        var walk = TwinWalk(window: request.window)
        var pagesLeft = request.pageLimit ?? .max
        // The first readings are short, for which of the lists has fewer rows is not known.
        var pages = 1
        while !walk.isFinished, pagesLeft > 0 {
            pagesLeft -= try await readOn(&walk, pages: pages, ofAtMost: pagesLeft, deliver)
            pages = min(pages * 2, Self.mostPages)
        }
        return walk.isFinished
    }

    /// Reads the next list for some pages, or for as many as it takes to get beyond one second.
    ///
    /// - Returns: the number of pages with rows that were delivered, which ends the reading at the limit.
    private mutating func readOn(
        _ walk: inout TwinWalk, pages: Int, ofAtMost limit: Int, _ deliver: (Page) async throws -> Void
    ) async throws -> Int {
        var reader = reader(
            of: listed.passes[walk.list], window: walk.rest(of: request.window), expectsRows: walk.expectsRows)
        var asked = 0
        var delivered = 0
        while !reader.isAtEnd, delivered < limit, asked < pages || !walk.isOfUse(at: reader.position) {
            var reading = self
            defer { self = reading }
            try await reader.readPage(
                ofAtMost: min(pages - asked, limit - delivered), learnCut: { try reading.learnCut($0) },
                handle: { document, rows, verdicts in
                    let verdicts = reading.withoutRepeats(rows, verdicts, &walk)
                    if verdicts.contains(nil) { delivered += 1 }
                    try await reading.pass(on: rows, of: document, verdicts, deliver)
                })
            asked += 1
        }
        walk.add(standingAt: reader.position, isAtEnd: reader.isAtEnd, cut: try knownCut())
        return delivered
    }

    private func withoutRepeats(
        _ rows: [JSONElement], _ verdicts: [DropReason?], _ walk: inout TwinWalk
    ) -> [DropReason?] {
        let (key, created) = (endpoint.endpoint.primaryKey, endpoint.endpoint.createdField)
        return zip(rows, verdicts).map { row, verdict in
            guard verdict == nil else { return verdict }
            let isNew = walk.isNew(row.field(key)?.string ?? "", created: row.field(created)?.integer)
            return isNew ? nil : .duplicate
        }
    }
}
