import Digests
import Testing

struct `SHA-256 digests` {
    struct Case: Sendable, CustomTestStringConvertible {
        let message: String
        let hex: String
        var testDescription: String { "\(message.utf8.count) bytes" }
    }

    // FIPS 180-4 examples, published with the standard.
    @Test(arguments: [
        Case(message: "", hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Case(message: "abc", hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Case(
            message: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            hex: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ])
    func `are those of the standard`(_ example: Case) {
        #expect(SHA256Digest(of: example.message).hexText == example.hex)
    }

    @Test func `do not depend on how the bytes are cut`() {
        let hasher = SHA256Hasher()

        for piece in ["a", "", "b", "c"] { hasher.update(piece) }

        #expect(hasher.finish() == SHA256Digest(of: "abc"))
    }

    @Test func `start anew after each one`() {
        let hasher = SHA256Hasher()
        hasher.update("something else")
        _ = hasher.finish()

        let second = Array("abc".utf8).withUnsafeBytes(hasher.digest(of:))

        #expect(second == SHA256Digest(of: "abc"))
        #expect(second != SHA256Digest(of: "abd"))
    }

    @Test func `give their bytes in order`() {
        let digest = SHA256Digest(of: "abc")

        #expect(digest.bytes.count == SHA256Digest.byteCount)
        #expect(digest.bytes.prefix(4) == [0xBA, 0x78, 0x16, 0xBF])
        #expect(digest.bytes.suffix(2) == [0x15, 0xAD])
        #expect("\(digest)" == digest.hexText)
    }

    @Test func `fill a buffer with as many digits as it holds`() {
        var room = [UInt8](repeating: 0x2D, count: 8)

        room.withUnsafeMutableBytes { bytes in
            SHA256Digest(of: "abc").writeHex(into: UnsafeMutableRawBufferPointer(rebasing: bytes[1..<6]))
        }

        #expect(String(decoding: room, as: UTF8.self) == "-ba781--")
    }

    @Test func `are equal or not as values in a set`() {
        let digests = Set(["a", "b", "a", "c", "b"].map(SHA256Digest.init(of:)))

        #expect(digests.count == 3)
    }
}

struct `HMAC-SHA256 codes` {
    struct Case: Sendable, CustomTestStringConvertible {
        let key: [UInt8]
        let message: String
        let hex: String
        var testDescription: String { "key of \(key.count) bytes" }
    }

    // RFC 4231, test cases 1, 2 and 6; the last is a key longer than a block. The empty key is HMAC's
    // all-zero block, a value any implementation gives.
    @Test(arguments: [
        Case(
            key: Array(repeating: 0x0B, count: 20), message: "Hi There",
            hex: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Case(
            key: Array("Jefe".utf8), message: "what do ya want for nothing?",
            hex: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Case(
            key: Array(repeating: 0xAA, count: 131), message: "Test Using Larger Than Block-Size Key - Hash Key First",
            hex: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Case(key: [], message: "", hex: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func `are those of the standard`(_ example: Case) {
        #expect(SHA256Digest.hmac(of: example.message, key: example.key).hexText == example.hex)
    }

    @Test func `chain, as request signing derives its keys`() {
        let first = SHA256Digest.hmac(of: "20260101", key: Array("AWS4secret".utf8))

        let second = SHA256Digest.hmac(of: "us-east-1", key: first.bytes)

        #expect(second.hexText == "8ac866bba49bb3360f593db3e55750cd82b90146da0f823a7d09af599498d8e0")
    }
}
