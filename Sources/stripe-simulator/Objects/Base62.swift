/// Numbers as letters and digits, two characters at a time.
enum Base62 {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private static let pairs: [UInt16] = (0..<3844).map { number in
        UInt16(littleEndian: UInt16(alphabet[number / 62]) | UInt16(alphabet[number % 62]) << 8)
    }

    /// Writes the lowest digits, the lowest pair first; 12 characters hold any 64-bit number.
    @inline(__always)
    static func write(_ value: UInt64, count: Int, into output: inout Output) {
        pairs.withUnsafeBufferPointer { pairs in
            output.appendInPlace(count: count) { target in
                var rest = value
                var place = 0
                while place + 2 <= count {
                    let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 3844)
                    let raw = UnsafeMutableRawPointer(target + place)
                    raw.storeBytes(of: pairs[Int(truncatingIfNeeded: pair)], as: UInt16.self)
                    rest = quotient
                    place += 2
                }
                if place < count { target[place] = alphabet[Int(truncatingIfNeeded: rest % 62)] }
            }
        }
    }

    /// The number that an even number of characters stand for; `nil` when they stand for none.
    static func value(_ characters: some BidirectionalCollection<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var low: UInt64?
        for character in characters.reversed() {
            guard let digit = digit(character) else { return nil }
            guard let units = low else {
                low = digit
                continue
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: 3844)
            let (sum, carry) = product.addingReportingOverflow(digit * 62 + units)
            guard !overflow, !carry else { return nil }
            value = sum
            low = nil
        }
        return value
    }

    private static func digit(_ character: UInt8) -> UInt64? {
        switch character {
        case 48...57: UInt64(character - 48)
        case 65...90: UInt64(character - 55)
        case 97...122: UInt64(character - 61)
        default: nil
        }
    }
}
