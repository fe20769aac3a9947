import Glibc

/// Finished pages, compressed and with their headers, that wait for their row group.
struct PageQueue: ~Copyable {
    private var pages = ElementBuffer<UnsafeMutableRawBufferPointer>()
    /// The size of all pages, in bytes.
    private(set) var byteCount = 0

    deinit { free() }

    /// The memory held, in bytes, without the allocator's own.
    var allocatedBytes: Int { byteCount + pages.allocatedBytes }

    /// Adds a page that consists of the two parts.
    mutating func append(_ header: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) {
        let page = UnsafeMutableRawBufferPointer.allocate(byteCount: header.count + body.count, alignment: 1)
        page.copyMemory(from: header)
        UnsafeMutableRawBufferPointer(rebasing: page[header.count...]).copyMemory(from: body)
        pages.append(page)
        byteCount += page.count
    }

    /// Hands the pages to `write` in order and forgets them.
    mutating func drain(_ write: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        defer {
            free()
            pages.removeAll()
            byteCount = 0
        }
        for page in pages.elements { try write(UnsafeRawBufferPointer(page)) }
    }

    /// Gives the memory of an empty queue back.
    mutating func releaseMemory() {
        precondition(pages.isEmpty, "only an empty queue gives its memory back")
        pages.release()
    }

    private func free() {
        for page in pages.elements { page.deallocate() }
    }
}
