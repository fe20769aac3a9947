import Testing

@testable import ObjectStorage

struct `The memory of uploads` {
    @Test(arguments: [(0, 1), (5_242_879, 1), (10_485_760, 2), (16_777_216, 3)])
    func `lets as many parts be on their way as fit into it, and always one`(bytes: Int, parts: Int) {
        #expect(UploadMemory.partCount(in: bytes) == parts)
    }
}
