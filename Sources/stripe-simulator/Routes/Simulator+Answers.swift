import NIOCore

/// The answers: the real ones, and those that a fault puts in their place.
extension Simulator {
    func ordinary(_ pending: PendingAnswer, _ output: inout Output) -> Answer {
        do throws(APIError) {
            let credentials = try pending.credentials.get()
            let content = PageContent(simulator: self, pending: pending, credentials: credentials)
            let rows = try content.write(into: &output)
            var answer = finished(200, [], pending, &output)
            answer.rows = rows
            return answer
        } catch {
            output.truncate(to: 0)
            let isLive = (try? pending.credentials.get())?.isLive ?? false
            output.append(error.body(requestID: pending.requestID, isLive: isLive, now: pending.now).utf8)
            return finished(error.status, error.headers, pending, &output)
        }
    }

    func replacement(
        _ status: Int, _ headers: [Header], _ body: [UInt8]?, _ pending: PendingAnswer, _ output: inout Output
    ) -> Answer {
        if let body {
            output.append(body)
        } else {
            var error = APIError(status, "This answer was asked for by a fault rule.")
            error.type = status >= 500 ? "api_error" : error.type
            error.code = status == 429 ? "rate_limit" : nil
            let isLive = (try? pending.credentials.get())?.isLive ?? false
            output.append(error.body(requestID: pending.requestID, isLive: isLive, now: pending.now).utf8)
        }
        return finished(status, headers, pending, &output)
    }

    func garbage(
        _ garbage: Garbage, _ status: Int, _ pending: PendingAnswer, _ output: inout Output
    ) -> Answer {
        switch garbage {
        case .html: output.append("<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")
        case .text: output.append("upstream connect error or disconnect before headers")
        case .empty: break
        case .truncated:
            _ = ordinary(pending, &output)
            output.truncate(to: output.count / 2)
        }
        var answer = finished(status, [], pending, &output)
        if garbage == .html {
            answer.headers = answer.headers.filter { $0.name != "Content-Type" }
            answer.headers.append(Header(name: "Content-Type", value: "text/html"))
        }
        return answer
    }

    /// Completes an answer: indented and compressed as wished, with the headers that all answers have.
    private func finished(
        _ status: Int, _ headers: [Header], _ pending: PendingAnswer, _ output: inout Output
    ) -> Answer {
        var headers =
            [
                Header(name: "Date", value: UTCTime.httpDate(pending.now)),
                Header(name: "Content-Type", value: "application/json"),
                Header(name: "Request-Id", value: pending.requestID),
                Header(name: "Stripe-Version", value: pending.version),
            ] + headers
        if options.isPretty, output.count > 0 {
            let compactCount = output.count
            outputs.withOutput { indented in
                output.withBytes { JSONWriting.indent($0, into: &indented) }
                output.truncate(to: 0)
                output.append(indented.bytes)
            }
            precondition(output.count >= compactCount, "indenting only adds bytes")
        }
        let accepts = pending.request.header("Accept-Encoding")?.contains("gzip") == true
        if options.offersGzip, accepts, let zipped = output.withBytes({ Gzip.compressed($0) }) {
            headers.append(Header(name: "Content-Encoding", value: "gzip"))
            return Answer(status: status, headers: headers, body: zipped)
        }
        return Answer(
            status: status, headers: headers, body: output.withBytes { ByteBuffer(bytes: UnsafeRawBufferPointer($0)) })
    }
}
