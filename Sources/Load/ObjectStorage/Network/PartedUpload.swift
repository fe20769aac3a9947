import HTTPTransport
import NilusCore

/// An object that is sent in parts while it is written, or at once when it is smaller than a part.
///
/// One part is gathered while the one before is on its way.
final class PartedUpload: ObjectUpload {
    private let object: ObjectName
    private let store: RemoteObjectStore
    private var buffer: PartBuffer
    private var running: RunningUpload?
    private var receipts: [PartReceipt] = []
    private var inFlight: Task<PartReceipt, any Error>?
    private var isOpen = true
    private(set) var byteCount = 0

    var heldBytes: Int { buffer.byteCount + (inFlight == nil ? 0 : UploadMemory.partBytes) }

    init(of object: ObjectName, to store: RemoteObjectStore) {
        self.object = object
        self.store = store
        buffer = PartBuffer(partBytes: UploadMemory.partBytes)
    }

    deinit {
        guard isOpen, let running else { return }
        inFlight?.cancel()
        Self.abandon(running, inFlight, in: store)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard isOpen else { throw NilusError.defect(.load, "bytes are appended to an upload after its end") }
        buffer.append(bytes)
        byteCount += bytes.count
    }

    func send() async throws {
        guard isOpen else { throw NilusError.defect(.load, "an upload is sent after its end") }
        do {
            while let part = buffer.takeFull() { try await send(part) }
        } catch {
            await abort()
            throw error
        }
    }

    func complete() async throws {
        guard isOpen else { throw NilusError.defect(.load, "an upload is completed after its end") }
        do {
            if running == nil, byteCount <= UploadMemory.partBytes {
                let content = buffer.takeFull() ?? buffer.takeRest()
                _ = try await store.send(store.service.put(content, at: object, onlyIfAbsentBy: nil))
            } else {
                try await completeParts()
            }
            isOpen = false
        } catch {
            await abort()
            throw error
        }
    }

    func abort() async {
        guard isOpen else { return }
        isOpen = false
        buffer = PartBuffer(partBytes: UploadMemory.partBytes)
        inFlight?.cancel()
        _ = await inFlight?.result
        inFlight = nil
        if let running { await Self.abort(running, in: store) }
    }

    private func completeParts() async throws {
        while let part = buffer.takeFull() { try await send(part) }
        let rest = buffer.takeRest()
        if !rest.isEmpty { try await send(rest) }
        try await waitForPart()
        guard let running else { throw NilusError.defect(.load, "an upload in parts has no part") }
        var request = store.service.completeUpload(running, receipts)
        request.expectedStatuses = [404]
        let answer = try await store.send(request)
        let refusal =
            answer.response.isSuccess
            ? store.service.lateRefusal(in: answer.response) : store.service.refusal(in: answer.response)
        guard let refusal else { return }
        // An upload that is gone may have been completed by an attempt whose answer was lost.
        if refusal.kind == .uploadMissing || refusal.kind == .busy,
            try await store.size(of: object.location) == byteCount, answer.mayBeRepetition || refusal.kind == .busy
        {
            return
        }
        throw NilusError.storageRefused(request, refusal, of: store.service, identity: "")
    }

    /// Puts a part on its way, once the one before has arrived and there is a place for it.
    private func send(_ content: [UInt8]) async throws {
        try await waitForPart()
        let running = try await begun()
        let number = receipts.count + 1
        guard number <= StorageLimits.parts else { throw NilusError.tooManyParts(object.location) }
        try await store.connection.uploads.partsInFlight.enter()
        inFlight = Task { [store] in
            defer { store.connection.uploads.partsInFlight.leave() }
            return try await store.send(content, number: number, of: running)
        }
    }

    private func begun() async throws -> RunningUpload {
        if let running { return running }
        var id = RemoteObjectStore.newMark()
        if let request = store.service.beginUpload(of: object) {
            let answer = try await store.send(request)
            guard let given = store.service.uploadID(in: answer.response) else {
                throw NilusError.storageAnswerUnreadable(request, at: store.service.endpoint, "names no upload")
            }
            id = given
        }
        let upload = RunningUpload(object: object, id: id)
        running = upload
        return upload
    }

    private func waitForPart() async throws {
        guard let task = inFlight else { return }
        defer { inFlight = nil }
        receipts.append(
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            })
    }

    /// Gives up what an upload left behind that nobody waits for.
    private static func abandon(
        _ running: RunningUpload, _ inFlight: Task<PartReceipt, any Error>?, in store: RemoteObjectStore
    ) {
        Task.detached {
            _ = await inFlight?.result
            await abort(running, in: store)
        }
    }

    private static func abort(_ running: RunningUpload, in store: RemoteObjectStore) async {
        guard var request = store.service.abortUpload(running) else { return }
        request.expectedStatuses = [404]
        let final = request
        // The task that gives up may be cancelled itself; what it leaves behind would cost its owner money.
        // Parts that cannot be removed are seen by no reader; the bucket's lifecycle rule ends them.
        _ = await Task.detached { try await store.send(final) }.result
    }
}

extension RemoteObjectStore {
    fileprivate func send(_ content: [UInt8], number: Int, of upload: RunningUpload) async throws -> PartReceipt {
        let request = service.part(content, number: number, of: upload)
        let answer = try await send(request)
        guard let receipt = service.receipt(for: request, number: number, answer: answer.response, of: upload) else {
            throw NilusError.storageAnswerUnreadable(request, at: service.endpoint, "has no tag for part \(number)")
        }
        return receipt
    }
}

extension NilusError {
    fileprivate static func tooManyParts(_ location: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot write '\(location)': it needs more than \(StorageLimits.parts) parts of "
                + "\(UploadMemory.partBytes.asByteCount); write smaller files")
    }
}
