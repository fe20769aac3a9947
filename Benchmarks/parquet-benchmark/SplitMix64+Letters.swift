import SeededRandom

extension SplitMix64 {
    /// Letters and digits as Stripe's ids have them.
    mutating func letters(
        _ count: Int, from alphabet: String = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    ) -> String {
        let letters = Array(alphabet.utf8)
        return String(decoding: (0..<count).map { _ in letters[below(letters.count)] }, as: UTF8.self)
    }
}
