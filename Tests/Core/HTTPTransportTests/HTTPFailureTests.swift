import CCurl
import Testing

@testable import HTTPTransport

struct `A failure of the HTTP library` {
    /// Whether the server may have acted, by what curl says; codes that may come after the request was sent have to.
    @Test(arguments: [
        (CURLE_COULDNT_CONNECT, HTTPFailure.Kind.unreachable, false),
        (CURLE_PEER_FAILED_VERIFICATION, .untrusted, false), (CURLE_URL_MALFORMAT, .unusable, false),
        (CURLE_OPERATION_TIMEDOUT, .timedOut, true), (CURLE_WRITE_ERROR, .tooLarge, true),
        (CURLE_GOT_NOTHING, .cut, true), (CURLE_RECV_ERROR, .cut, true), (CURLE_OUT_OF_MEMORY, .cut, true),
    ])
    func `tells whether the request may have arrived`(_ code: CURLcode, _ kind: HTTPFailure.Kind, _ mayHave: Bool) {
        let failure = HTTPFailure(code, detail: "")

        #expect(failure.kind == kind)
        #expect(failure.mayHaveArrived == mayHave)
    }
}
