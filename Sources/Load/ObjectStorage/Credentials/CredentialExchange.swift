import HTTPTransport
import NilusCore

/// Trades one proof of identity for a credential: the request to an issuer, repeated while it fails in passing.
struct CredentialExchange: Sendable {
    let connection: StorageConnection
    /// What is done, for messages: `assume role 'arn:…'`.
    let purpose: String
    /// Where the issuer is, for messages.
    let issuer: String

    /// An answer of an issuer is never larger, in bytes.
    static let answerBytes = 262_144
    /// Time for one attempt.
    static let timeout = Duration.seconds(20)
    /// A file with a token is never larger, in bytes.
    private static let tokenFileBytes = 65_536

    /// Sends what `makeRequest` makes, anew for each attempt, until it is answered with success.
    ///
    /// - Throws: `sinkRefused` when the issuer refuses, `sinkUnavailable` when it does not answer properly.
    func answer(
        reason: (HTTPResponse) -> String, _ makeRequest: () throws -> HTTPRequest
    ) async throws -> GrowableBytes {
        let time = connection.time
        let start = time.monotonic()
        var failures = 0
        while true {
            let problem: NilusError
            do {
                let response = try await connection.http.send(try makeRequest())
                if response.isSuccess { return response.body }
                let isBusy = response.status >= 500 || response.status == 429
                let refused = refused(response.status, reason(response), isBusy: isBusy)
                guard isBusy else { throw refused }
                problem = refused
            } catch let failure as HTTPFailure {
                let unreachable = NilusError(
                    .load, failure.isTransient ? .sinkUnavailable : .sinkRefused,
                    "cannot \(purpose): no answer from '\(issuer)', \(failure)", cause: failure)
                guard failure.isTransient else { throw unreachable }
                problem = unreachable
            }
            failures += 1
            let elapsed = time.monotonic() - start
            guard
                let delay = connection.retry.delay(
                    afterFailures: failures, elapsed: elapsed, requested: nil, chance: connection.chance())
            else { throw problem.afterAttempts(failures, in: elapsed) }
            try await time.sleep(delay)
        }
    }

    func unreadable(_ finding: String) -> NilusError {
        NilusError(.load, .sinkRefused, "cannot \(purpose): the answer of '\(issuer)' \(finding)")
    }

    /// The content of a file that holds a token, without the line end; files are read anew as they are rotated.
    func token(inFile path: String) throws(NilusError) -> SecretBytes {
        do throws(SystemError) {
            var content = try Files.read(path, limit: Self.tokenFileBytes)
            defer { content.withUnsafeMutableBytes { $0.wipe() } }
            var count = content.count
            while count > 0, content[count - 1] == 0x0A || content[count - 1] == 0x0D || content[count - 1] == 0x20 {
                count -= 1
            }
            guard count > 0 else { throw SystemError(number: 0) }
            return content.withUnsafeBytes { SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
        } catch {
            let finding = error.number == 0 ? "it is empty" : "\(error)"
            throw NilusError(
                .load, .configurationInvalid, "cannot \(purpose): token file '\(path)' cannot be used, \(finding)",
                cause: error)
        }
    }

    private func refused(_ status: Int, _ reason: String, isBusy: Bool) -> NilusError {
        let text = MessageText.withoutCredentials(reason, limit: 200)
        return NilusError(
            .load, isBusy ? .sinkUnavailable : .sinkRefused,
            "cannot \(purpose): '\(issuer)' answered \(status)\(text.isEmpty ? "" : " " + text)")
    }
}
