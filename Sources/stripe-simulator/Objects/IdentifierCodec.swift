/// Writes the id of an object from its index, and finds the index of an id.
///
/// An id says nothing about the order of creation. A part of it is computed from the rest, so that an
/// id that was never given out is recognized.
struct IdentifierCodec: Sendable {
    /// How the part after the prefix looks.
    enum Style: Sendable {
        /// 24 characters, as most objects have.
        case long
        /// 14 characters, as the objects of Stripe's early days have.
        case short
        /// 8 characters, often chosen by a person.
        case coupon
    }

    /// What people put into ids they choose themselves: everything that has to be escaped in an address.
    private static let personal: [String] = [
        "SUMMER 50%/", "été-2026 ", "夏セール/", "🎉 launch+", "a&b=c?d#", "100%25-off;", "ключ:", "naïve~'(x)* ",
    ]

    private let prefix: [UInt8]
    private let style: Style
    private let permutation: Permutation
    private let shortPermutation: ShortPermutation
    /// One object in this many has an id chosen by a person; 0 for none.
    private let personalEvery: UInt64

    init(prefix: String, style: Style, key: UInt64, personalEvery: UInt64 = 0) {
        self.prefix = Array(prefix.utf8)
        self.style = style
        self.personalEvery = personalEvery
        permutation = Permutation(key: key)
        shortPermutation = ShortPermutation(key: key)
    }

    /// Writes the id without quotation marks; no id holds a character that JSON escapes.
    @inline(__always)
    func write(_ index: Int, into output: inout Output) {
        let value = UInt64(truncatingIfNeeded: index)
        if personalEvery > 0 {
            writePrefix(of: value, into: &output)
        } else {
            prefix.withUnsafeBufferPointer { bytes in
                if let start = bytes.baseAddress { output.append(start, count: bytes.count) }
            }
        }
        switch style {
        case .long:
            let hidden = permutation.forward(value)
            Base62.write(hidden, count: 12, into: &output)
            Base62.write(Mixing.mix(hidden), count: 12, into: &output)
        case .short:
            let hidden = permutation.forward(value)
            Base62.write(hidden, count: 12, into: &output)
            Base62.write(Mixing.mix(hidden), count: 2, into: &output)
        case .coupon:
            writeUppercase(shortPermutation.forward(value % ShortPermutation.limit), into: &output)
        }
    }

    /// The index that the id was made from; `nil` for an id that this codec does not write.
    func index(of id: some Collection<UInt8>) -> Int? {
        let tailLength = style == .long ? 24 : style == .short ? 14 : 8
        guard id.count >= tailLength else { return nil }
        let tail = Array(id.suffix(tailLength))
        let hidden = style == .coupon ? uppercaseValue(tail) : Base62.value(tail.prefix(12))
        guard let hidden, style != .coupon || hidden < ShortPermutation.limit else { return nil }
        let value = style == .coupon ? shortPermutation.backward(hidden) : permutation.backward(hidden)
        guard let index = Int(exactly: value) else { return nil }
        var output = Output()
        write(index, into: &output)
        return output.withBytes { $0.elementsEqual(id) } ? index : nil
    }

    // MARK: - Parts

    private func writePrefix(of value: UInt64, into output: inout Output) {
        let mixed = Mixing.mix(permutation.key ^ 0x1D, value)
        if mixed % personalEvery == 0 {
            output.append(Self.personal[Mixing.choose(mixed, of: Self.personal.count)].utf8)
        } else {
            output.append(prefix)
        }
    }

    private func writeUppercase(_ value: UInt64, into output: inout Output) {
        output.appendInPlace(count: 8) { target in
            var rest = value
            for place in 0..<8 {
                let digit = UInt8(truncatingIfNeeded: rest % 36)
                target[place] = digit < 10 ? 48 + digit : 55 + digit
                rest /= 36
            }
        }
    }

    private func uppercaseValue(_ characters: [UInt8]) -> UInt64? {
        var value: UInt64 = 0
        for character in characters.reversed() {
            switch character {
            case 48...57: value = value * 36 + UInt64(character - 48)
            case 65...90: value = value * 36 + UInt64(character - 55)
            default: return nil
            }
        }
        return value
    }
}
