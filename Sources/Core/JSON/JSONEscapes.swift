/// The backslash escapes of JSON strings (RFC 8259, section 7).
package enum JSONEscapes {
    /// Appends the string that `bytes`, the content between the quotes, stands for.
    ///
    /// - Precondition: every backslash begins a valid escape, as in a validated document.
    /// - Returns: `false` when an escape names half a surrogate pair, which no UTF-8 text can hold; the
    ///   bytes appended by then are to be dropped.
    package static func resolve(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) -> Bool {
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                output.append(bytes[index])
                index += 1
                continue
            }
            if bytes[index + 1] == UInt8(ascii: "u") {
                guard let (scalar, length) = unicodeEscape(bytes, at: index) else { return false }
                output.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
                index += length
            } else {
                output.append(singleCharacter(bytes[index + 1]))
                index += 2
            }
        }
        return true
    }

    /// Appends `text` between quotes, with exactly the escapes that JSON demands.
    package static func quote(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0x0A: output += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 0x0D: output += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case 0x09: output += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            case 0x00..<0x20: output += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func singleCharacter(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    /// The scalar of a `\uXXXX` escape, or of two that form a pair, and the bytes it takes.
    private static func unicodeEscape(_ bytes: UnsafeRawBufferPointer, at index: Int) -> (Unicode.Scalar, Int)? {
        let unit = codeUnit(bytes, at: index)
        if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
        guard (0xD800..<0xDC00).contains(unit), index + 11 < bytes.count,
            bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u")
        else { return nil }
        let low = codeUnit(bytes, at: index + 6)
        guard (0xDC00..<0xE000).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)).map { ($0, 12) }
    }

    private static func codeUnit(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt32 {
        (index + 2..<index + 6).reduce(0) { value, position in
            let digit = bytes[position]
            let number = digit < 0x40 ? digit - 0x30 : (digit | 0x20) - 0x61 + 10
            return value << 4 | UInt32(number)
        }
    }
}
