import CCurl
import Glibc
import NilusCore
import Synchronization

/// The thread that owns the multi handle; everyone else leaves transfers in its mailbox.
final class CurlWorker: @unchecked Sendable {
    // `mailbox` is guarded by its mutex, `multi` is only woken from outside (curl_multi_wakeup is
    // thread-safe), and the other properties belong to the thread.

    private struct Mailbox {
        var submitted: [CurlTransfer] = []
        var resumed: [CurlTransfer] = []
        var cancelled: [CurlTransfer] = []
        var isStopping = false
    }

    private let mailbox = Mutex(Mailbox())
    private let configuration: HTTPConfiguration
    private let multi: UnsafeMutableRawPointer?
    private var running: [ObjectIdentifier: (transfer: CurlTransfer, handle: UnsafeMutableRawPointer)] = [:]
    private var idleHandles: [UnsafeMutableRawPointer] = []

    init(_ configuration: HTTPConfiguration) {
        self.configuration = configuration
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        multi = curl_multi_init()
        curl_multi_set_long(multi, CURLMOPT_PIPELINING, curl_multiplex)
        curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnections)
    }

    deinit { curl_multi_cleanup(multi) }

    /// Starts the thread; it holds the worker until it has stopped.
    func start() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<CurlWorker>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        precondition(code == 0, "no thread for HTTP: error \(code)")
        pthread_detach(thread)
    }

    func submit(_ transfer: CurlTransfer) {
        mailbox.withLock { $0.submitted.append(transfer) }
        curl_multi_wakeup(multi)
    }

    func cancel(_ transfer: CurlTransfer) {
        mailbox.withLock { $0.cancelled.append(transfer) }
        curl_multi_wakeup(multi)
    }

    /// Lets a paused transfer go on.
    func resume(_ transfer: CurlTransfer) {
        mailbox.withLock { $0.resumed.append(transfer) }
        curl_multi_wakeup(multi)
    }

    func stop() {
        mailbox.withLock { $0.isStopping = true }
        curl_multi_wakeup(multi)
    }

    private func run() {
        while takeMail() {
            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            finishDone()
            let patience = endSilent()
            curl_multi_poll(multi, nil, 0, patience, nil)
        }
        for (transfer, _) in running.values { end(transfer, .failure(CancellationError())) }
        idleHandles.forEach { curl_easy_cleanup($0) }
    }

    /// Does what was asked for meanwhile; lets go of it before the thread waits, as requests hold whole bodies.
    ///
    /// - Returns: whether to go on.
    private func takeMail() -> Bool {
        let mail = mailbox.withLock { box in
            defer { box = Mailbox(isStopping: box.isStopping) }
            return box
        }
        mail.submitted.forEach(begin)
        mail.resumed.forEach(goOn)
        mail.cancelled.forEach { end($0, .failure(CancellationError())) }
        return !mail.isStopping
    }

    private func begin(_ transfer: CurlTransfer) {
        if transfer.hasEnded { return }
        guard let handle = idleHandles.popLast() ?? curl_easy_init() else {
            transfer.complete(.failure(HTTPFailure(.unusable, "no memory for a request")))
            return
        }
        do throws(HTTPFailure) { try transfer.configure(handle, configuration) } catch {
            curl_easy_reset(handle)
            idleHandles.append(handle)
            transfer.complete(.failure(error))
            return
        }
        transfer.touch()
        running[ObjectIdentifier(transfer)] = (transfer, handle)
        curl_multi_add_handle(multi, handle)
    }

    private func goOn(_ transfer: CurlTransfer) {
        guard let (_, handle) = running[ObjectIdentifier(transfer)] else { return }
        transfer.touch()
        curl_easy_pause(handle, curl_continue)
    }

    /// Ends streams that were silent for too long.
    ///
    /// - Returns: the milliseconds until the next one may have been.
    private func endSilent() -> Int32 {
        let now = Duration.monotonicNow
        var patience = HTTPLimits.pollMilliseconds
        var silent: [CurlTransfer] = []
        for (transfer, _) in running.values {
            guard let remaining = transfer.remainingSilence(at: now) else { continue }
            if remaining <= .zero { silent.append(transfer) }
            patience = min(patience, remaining.milliseconds + 1)
        }
        for transfer in silent {
            let limit = transfer.idleTimeout?.milliseconds ?? 0
            end(transfer, .failure(HTTPFailure(.timedOut, "nothing arrived for \(limit) ms")))
        }
        return Int32(clamping: max(0, patience))
    }

    private func finishDone() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            var context: UnsafeMutableRawPointer?
            curl_get_context(handle, &context)
            guard let transfer = CurlTransfer.from(context) else { continue }
            end(transfer, transfer.result(curl_message_result(message), handle))
        }
    }

    /// Takes a transfer off its handle, wipes its credential and tells its task.
    private func end(_ transfer: CurlTransfer, _ result: Result<HTTPHead, any Error>) {
        if let (_, handle) = running.removeValue(forKey: ObjectIdentifier(transfer)) {
            curl_multi_remove_handle(multi, handle)
            // Forgets the request; connections live in the multi handle and stay open.
            curl_easy_reset(handle)
            idleHandles.append(handle)
            transfer.freeHeaderLines()
        }
        transfer.complete(result)
    }
}
