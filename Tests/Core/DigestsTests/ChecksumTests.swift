@testable import Digests
import NilusCore
import SeededRandom
import Testing

struct `A CRC-32C` {
    /// The vectors of RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
    static let vectors: [([UInt8], UInt32)] = [
        ([], 0),
        (Array("123456789".utf8), 0xE306_9283),
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E),
        (Array((0..<32).reversed()), 0x113F_DB5C),
    ]

    @Test(arguments: vectors) func `has the published value`(_ content: [UInt8], _ expected: UInt32) {
        #expect(content.withUnsafeBytes { CRC32C(of: $0) }.value == expected)
        #expect(content.withUnsafeBytes { CRC32C.portable(of: $0) } == expected)
    }

    @Test func `is the same with and without the instruction, at any length and alignment`() {
        var random = SplitMix64(seed: 7)
        let content = (0..<600).map { _ in UInt8(truncatingIfNeeded: random.next()) }

        for start in 0..<9 {
            for count in stride(from: 0, to: 560, by: 7) {
                let piece = content[start..<start + count]
                piece.withUnsafeBytes { #expect(CRC32C(of: $0).value == CRC32C.portable(of: $0)) }
            }
        }
    }

    @Test func `is written most significant byte first`() {
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32C(of: $0) }.bytes == [0xE3, 0x06, 0x92, 0x83])
    }
}

struct `An MD5 digest` {
    /// From RFC 1321, appendix A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ])
    func `has the published value`(_ text: String, _ expected: String) throws {
        let digest = try #require(Array(text.utf8).withUnsafeBytes { MD5Digest(of: $0) })

        #expect(digest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
    }
}

struct `A private RSA key` {
    /// Made for this test; it opens nothing.
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBANZhcxTILMcKBvyo
        OeTXdbMr1TGealRJnVQExnYbXva4urbyLBGKPLHwiWBk3E/3wHAk19JQBKrfB8o4
        PJeCrI7N2kmvBkrKnSZPcDS5IGSgnyj1dj4N/CJCA2CEiHfp9wK776z0+wXO8jKa
        P+PK5MrRqY2YQPbHOfc9FtfHqG6nAgMBAAECgYEAjTVjOC0iUXipYYLtn27MeFhG
        9YgDQcG7f7wlfWZKBvlnA1pA7MzBbfOiiXvmIkZu229pOX67lFGUL/8a6jGIttKG
        5UoLGA9O78sX/oouhcv6nc3TY30gDB9uhWFRcl1G866xkTOOsMeJU60WTfx1AsEw
        NOS8P6wf7PYXiIuHZQECQQD3uqNX7LAsgFe/+gtzFZOGCH65bNrnr3qzUjUHpngD
        5ny5+fJp62rbu/23MJbMAkKaRT8of12ImzHljiJys911AkEA3YnHo6uGWGzlLa8I
        //CIpO22I9V6NCG2LDuscAhn/sY5Bblh49/B6TBaI4W/IEREt1/Pi72WWTC+wlkV
        hvXMKwJAVEsxoY1sNPhG45AVrUc+N3FUjYu4wPU47yOd38iJNeqLrkyaa+grKDHD
        lz31Ud3DA/NkFkegcAc+5zmCBz2ksQJBAJigVsFE57697zqFD588uPdfqg+QAKwv
        2ZEp34gj0nntWNW/vVhADRk5rbAxcdaqEemAAb4VdKKn+ZRtyW38o5cCQQC5VED4
        /6oNu0oaN/kafO1gFUKprGY1RYXSx4yXwON5FhXUg/LjWBVSyNXMBB2DnkVFl89o
        aL7jmUHeKlfQf6Ca
        -----END PRIVATE KEY-----
        """

    @Test func `signs as other programs do`() throws {
        let key = try #require(RSAPrivateKey(pem: SecretBytes(Self.key)))

        let signature = try #require(Array("header.claims".utf8).withUnsafeBytes { key.signature(of: $0) })

        // By `openssl dgst -sha256 -sign key.pem`.
        let expected =
            "0dbd428c6894bb194f023e7446ef145aff320cd54d52a948eefe581a3285cb2f"
            + "bc7b29b7ace74e6b02befee0b144109e7cbcf64563354846287d67928deddfa9"
            + "e50da2598aabaecc31d7dbc406a6d1679befbfebc8aa8748a5ffb03efcb6c5e7"
            + "78da1a542dcd517e871058d56f181cda81d80b25abc8171d3f900c204113ea29"
        #expect(signature.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
    }

    @Test(arguments: ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    func `is not made of anything else`(_ text: String) {
        #expect(RSAPrivateKey(pem: SecretBytes(text)) == nil)
    }

    @Test func `is not one of another kind`() {
        #expect(
            RSAPrivateKey(
                pem: SecretBytes(
                    """
                    -----BEGIN PRIVATE KEY-----
                    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgim1jB0MlRzL1dBF9
                    Xspnl6sn/uG4Esc5Ck70R3WJ0NShRANCAARRxn6lsFj/Yc+Lg/iNHn2B3ajUBr6v
                    F6xHsdxbPAPtjzk1lMDUFcLqUUZurQtCzjSmaRQoo+QFbg24xgxNYJnD
                    -----END PRIVATE KEY-----
                    """)) == nil)
    }
}
