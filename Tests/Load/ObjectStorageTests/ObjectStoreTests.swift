import NilusCore
import ObjectStorage
import SeededRandom
import Testing

struct `Any object store` {
    typealias Kind = StoreUnderTest.Kind

    private func names(_ test: StoreUnderTest, under folder: String? = nil) async throws -> [String] {
        var names: [String] = []
        try await test.store.forEachPage(under: folder ?? test.folder) { page in
            names += page.map { String($0.location.dropFirst(test.folder.count + 1)) }
        }
        return names
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `gives back what was put, in any folder`(_ kind: Kind) async throws {
        let test = try kind.make()
        let location = "\(test.folder)/a/b c/d.bin"

        try await test.store.put([1, 2, 3], at: location)

        #expect(try await test.store.read(location, limit: 3) == [1, 2, 3])
        #expect(try await test.store.size(of: location) == 3)
        #expect(try await names(test) == ["a/b c/d.bin"])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `replaces an object as a whole`(_ kind: Kind) async throws {
        let test = try kind.make()
        let location = "\(test.folder)/a"
        try await test.store.put(Array(repeating: 7, count: 1_000), at: location)

        try await test.store.put([], at: location)

        #expect(try await test.store.read(location, limit: 0) == [])
        #expect(try await names(test) == ["a"])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `lets one of many writers make a new object`(_ kind: Kind) async throws {
        let test = try kind.make()
        let (store, location) = (test.store, "\(test.folder)/a/one")

        let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
            for number in UInt8(0)..<16 {
                group.addTask { try await store.putIfAbsent([number], at: location) ? number : nil }
            }
            var winners: [UInt8] = []
            for try await winner in group { if let winner { winners.append(winner) } }
            return winners
        }

        #expect(winners.count == 1)
        #expect(try await test.store.read(location, limit: 1) == winners)
        #expect(try await names(test) == ["a/one"])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `shows an upload when it is complete, and not before`(_ kind: Kind) async throws {
        let test = try kind.make()
        let location = "\(test.folder)/data/a.parquet"
        let piece = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }

        let upload = try await test.store.upload(to: location)
        try upload.append(piece)
        try upload.append(piece)
        try upload.append([9])

        #expect(upload.byteCount == 200_001)
        #expect(try await test.store.size(of: location) == nil)
        #expect(try await names(test) == [])
        try await upload.complete()
        #expect(try await test.store.read(location, limit: 200_001) == piece + piece + [9])
        #expect(try await names(test) == ["data/a.parquet"])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `takes an upload of many parts, whatever the size of its pieces`(_ kind: Kind) async throws {
        let test = try kind.make()
        let location = "\(test.folder)/data/large.parquet"
        var random = SplitMix64(seed: 1)
        let content = [UInt8](unsafeUninitializedCapacity: 12_000_000) { buffer, count in
            for start in stride(from: 0, to: 12_000_000, by: 8) {
                buffer[start..<start + 8].withMemoryRebound(to: UInt8.self) { bytes in
                    withUnsafeBytes(of: random.next()) { UnsafeMutableRawBufferPointer(bytes).copyMemory(from: $0) }
                }
            }
            count = 12_000_000
        }

        let upload = try await test.store.upload(to: location)
        var start = 0
        while start < content.count {
            let end = min(content.count, start + 1 + Int(random.next() % 900_000))
            try upload.append(Array(content[start..<end]))
            try await upload.send()
            start = end
        }
        #expect(try await test.store.size(of: location) == nil)
        try await upload.complete()

        #expect(try await test.store.size(of: location) == content.count)
        for range in [0..<1_000_000, 5_000_000..<5_500_000, 10_400_000..<12_000_000] {
            #expect(try await test.store.read(location, range: range) == Array(content[range]))
        }
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `leaves nothing of an upload of many parts that is aborted`(_ kind: Kind) async throws {
        let test = try kind.make()

        let upload = try await test.store.upload(to: "\(test.folder)/a")
        for _ in 0..<7 {
            try upload.append([UInt8](repeating: 1, count: 1_000_000))
            try await upload.send()
        }
        await upload.abort()

        #expect(try await names(test) == [])
        let error = await #expect(throws: NilusError.self) { try await upload.complete() }
        #expect(error?.code == .internalDefect)
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `keeps names with any letters apart`(_ kind: Kind) async throws {
        let test = try kind.make()
        let hard = ["a+b", "a b", "a%20b", "ü/ß", "x=1&y=2", "~!*'()", "{\u{1F600}}", "date=2026-01-01/p", "a<b>&\"c"]
        for (number, name) in hard.enumerated() {
            try await test.store.put([UInt8(number)], at: "\(test.folder)/\(name)")
        }

        for (number, name) in hard.enumerated() {
            #expect(try await test.store.read("\(test.folder)/\(name)", limit: 1) == [UInt8(number)])
        }
        #expect(Set(try await names(test)) == Set(hard))
        for name in hard { try await test.store.delete("\(test.folder)/\(name)") }
        #expect(try await names(test) == [])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `leaves the earlier object when an upload is aborted or dropped`(_ kind: Kind) async throws {
        let test = try kind.make()
        let location = "\(test.folder)/a"
        try await test.store.put([1], at: location)

        let aborted = try await test.store.upload(to: location)
        try aborted.append(Array(repeating: 2, count: 300_000))
        await aborted.abort()
        do {
            let dropped = try await test.store.upload(to: location)
            try dropped.append([3])
        }

        #expect(try await test.store.read(location, limit: 1) == [1])
        #expect(try await names(test) == ["a"])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `refuses to go on with an upload after its end`(_ kind: Kind) async throws {
        let test = try kind.make()
        let upload = try await test.store.upload(to: "\(test.folder)/a")
        await upload.abort()

        let error = await #expect(throws: NilusError.self) { try await upload.complete() }

        #expect(error?.code == .internalDefect)
        #expect(try await names(test) == [])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `deletes an object, and does not mind when there is none`(_ kind: Kind) async throws {
        let test = try kind.make()
        try await test.store.put([1], at: "\(test.folder)/a/b")

        try await test.store.delete("\(test.folder)/a/b")
        try await test.store.delete("\(test.folder)/a/b")
        try await test.store.delete("\(test.folder)/none/b")

        #expect(try await test.store.size(of: "\(test.folder)/a/b") == nil)
        #expect(try await names(test) == [])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `lists objects under a folder in order and in pages`(_ kind: Kind) async throws {
        let test = try kind.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in stride(from: worker, to: 1_005, by: 8) {
                        try await test.store.put([1], at: "\(test.folder)/t/\(10_000 + number)")
                    }
                }
            }
            try await group.waitForAll()
        }
        try await test.store.put([1, 2], at: "\(test.folder)/t/a/x")
        try await test.store.put([1], at: "\(test.folder)/other/y")

        var pages: [Int] = []
        var last: StoredObject?
        try await test.store.forEachPage(under: "\(test.folder)/t") { page in
            pages.append(page.count)
            last = page.last
        }

        #expect(pages == [1_000, 6])
        #expect(last?.location == "\(test.folder)/t/a/x")
        #expect(last?.sizeBytes == 2)
        #expect((last?.modified ?? Timestamp(microseconds: 0)) > Timestamp(microseconds: 1_600_000_000_000_000))
        #expect(try await names(test, under: "\(test.folder)/none") == [])
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `refuses to read what is not there or too large`(_ kind: Kind) async throws {
        let test = try kind.make()
        try await test.store.put([1, 2, 3], at: "\(test.folder)/a")

        let missing = await #expect(throws: NilusError.self) { try await test.store.read("\(test.folder)/b", limit: 1) }
        let large = await #expect(throws: NilusError.self) { try await test.store.read("\(test.folder)/a", limit: 2) }

        #expect(missing?.code == .sinkRefused)
        #expect(
            missing?.message
                == "cannot read '\(test.folderInMessages)/b': there is no such file; expected one, as the table or the "
                + "catalog names it")
        #expect(large?.code == .sinkRefused)
        #expect(
            large?.message == "cannot read '\(test.folderInMessages)/a': it is larger than 2 B; expected a smaller file"
        )
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `reads exactly the bytes of a range`(_ kind: Kind) async throws {
        let test = try kind.make()
        let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try await test.store.put(content, at: "\(test.folder)/a")

        for range in [0..<1, 0..<200_000, 65_535..<131_073, 199_999..<200_000, 7..<7, 200_000..<200_000] {
            #expect(try await test.store.read("\(test.folder)/a", range: range) == Array(content[range]))
        }
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `refuses a range beyond the end, or of nothing`(_ kind: Kind) async throws {
        let test = try kind.make()
        try await test.store.put([1, 2, 3], at: "\(test.folder)/a")

        let short = await #expect(throws: NilusError.self) {
            try await test.store.read("\(test.folder)/a", range: 1..<5)
        }
        let outside = await #expect(throws: NilusError.self) {
            try await test.store.read("\(test.folder)/a", range: 4..<5)
        }
        let missing = await #expect(throws: NilusError.self) {
            try await test.store.read("\(test.folder)/b", range: 0..<1)
        }

        #expect(short?.code == .sinkRefused)
        #expect(
            short?.message == "cannot read bytes 1 to 5 of '\(test.folderInMessages)/a': it has only 2 of these 4; "
                + "expected the size that the table's metadata names")
        #expect(outside?.code == .sinkRefused)
        #expect(
            outside?.message == "cannot read bytes 4 to 5 of '\(test.folderInMessages)/a': it has only 0 of these 1; "
                + "expected the size that the table's metadata names")
        #expect(missing?.code == .sinkRefused)
        #expect(
            missing?.message
                == "cannot read '\(test.folderInMessages)/b': there is no such file; expected one, as the table or the "
                + "catalog names it")
    }

    @Test(arguments: StoreUnderTest.kinds)
    func `makes a container, and does not mind when there is one`(_ kind: Kind) async throws {
        let test = try kind.make()

        try await test.store.createContainer("\(test.folder)/x/y")
        try await test.store.createContainer("\(test.folder)/x/y")

        try await test.store.put([1], at: "\(test.folder)/x/y/z")
        #expect(try await names(test) == ["x/y/z"])
    }
}

extension ObjectUpload {
    /// Appends the bytes of a list.
    fileprivate func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }
}
