import NilusCore

/// A file that is written piece by piece.
final class LocalUpload: ObjectUpload {
    /// Small pieces are gathered to this size, in bytes, before they go to the system.
    private static let bufferBytes = 131_072

    private let path: String
    private var buffer: [UInt8] = []
    /// `nil` once the file is in place or given up.
    private var file: PartialFile?
    private(set) var byteCount = 0
    var heldBytes: Int { buffer.capacity }

    init(to path: String, on disk: DiskCalls) throws(NilusError) {
        self.path = path
        do throws(SystemError) { file = try PartialFile(for: path, on: disk) } catch {
            throw .diskRefused("write", path, error, written: 0)
        }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        buffer += bytes
        byteCount += bytes.count
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    func send() async throws {
        // Disks take bytes as they come; many files may be open, and none of them needs its buffer meanwhile.
        guard file != nil, !buffer.isEmpty else { return }
        try flush()
        buffer = []
    }

    func complete() async throws {
        try flush()
        guard let finished = file.take() else {
            throw NilusError.defect(.load, "an upload is completed after its end")
        }
        do throws(SystemError) { try finished.replace() } catch {
            throw NilusError.diskRefused("write", path, error, written: byteCount)
        }
    }

    func abort() async {
        buffer = []
        file = nil
    }

    private func flush() throws(NilusError) {
        guard file != nil else { throw .defect(.load, "bytes are appended to an upload after its end") }
        do throws(SystemError) { try file?.append(buffer) } catch {
            let written = file?.byteCount ?? 0
            file = nil
            throw .diskRefused("write", path, error, written: written)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
