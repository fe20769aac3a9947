/// Finds what a person probably meant.
package enum Suggestion {
    /// Returns the candidate nearest to `word`, or `nil` when none is near enough to be meant.
    ///
    /// Near enough is one edit for short words, two from five letters on, three from nine on; letter
    /// case, `-` and `_` do not count.
    package static func closest(to word: String, in candidates: some Sequence<String>) -> String? {
        let folded = fold(word)
        let allowance = folded.count < 5 ? 1 : folded.count < 9 ? 2 : 3
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(folded, fold(candidate))
            if distance <= allowance, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    private static func fold(_ word: String) -> [Character] {
        word.lowercased().filter { $0 != "-" && $0 != "_" }
    }

    /// The optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.
    private static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(
                    previous[column + 1] + 1, current[column] + 1, previous[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
