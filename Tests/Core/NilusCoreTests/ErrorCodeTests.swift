import NilusCore
import Testing

struct `Error codes` {
    @Test(arguments: ErrorCode.allCases)
    func `stand in the README with their exit code and advice`(_ code: ErrorCode) throws {
        let rows = try readmeRows().filter { $0.first == "`\(code.reason)`" }

        #expect(rows.map { $0[1] } == ["\(code.exitCode.rawValue)"])
        #expect(rows.allSatisfy { $0.count == 4 && !$0[2].isEmpty && $0[3].count > 3 })
    }

    @Test func `of several failures the gravest decides`() {
        #expect(ExitCode.combined([.tryAgain, .keyRefused, .configuration]) == .configuration)
        #expect(ExitCode.combined([.configuration, .defect]) == .defect)
        #expect(ExitCode.combined([.tryAgain, .tryAgain]) == .tryAgain)
        #expect(ExitCode.combined([.dataRefused, .serviceRefused, .tryAgain]) == .dataRefused)
        #expect(ExitCode.combined([]) == .done)
    }

    /// The cells of the tables of the README, row by row.
    private func readmeRows() throws -> [[String]] {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let text = try Files.read("\(root)/README.md", limit: 1_048_576)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { $0.trimmed }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
