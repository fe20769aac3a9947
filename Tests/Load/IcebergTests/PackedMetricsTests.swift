import Iceberg
import Testing

struct `The metrics of a data file` {
    @Test func `come back as they were given`() {
        var file = DataFile(path: "a", recordCount: 1, sizeBytes: 2)
        let numbers: [Int32: Int64] = [1: 0, 127: 127, 128: 128, 2_147_483_546: .max, -1: .min, 5: -1]
        let bounds: [Int32: [UInt8]] = [3: [], 1: [0], 2_147_483_546: Array(repeating: 0xFF, count: 300)]

        file.columnSizes = numbers
        file.valueCounts = [1: 2]
        file.nullCounts = [1: 3]
        file.nanCounts = [:]
        file.lowerBounds = bounds
        file.upperBounds = [7: [7]]

        #expect(file.columnSizes == numbers)
        #expect(file.valueCounts == [1: 2])
        #expect(file.nullCounts == [1: 3])
        #expect(file.nanCounts == [:])
        #expect(file.lowerBounds == bounds)
        #expect(file.upperBounds == [7: [7]])
    }

    @Test func `are absent when nobody wrote them`() {
        var file = DataFile(path: "a", recordCount: 1, sizeBytes: 2)
        file.lowerBounds = [1: [1]]

        file.lowerBounds = nil

        #expect(file.lowerBounds == nil)
        #expect(file.columnSizes == nil)
    }
}
