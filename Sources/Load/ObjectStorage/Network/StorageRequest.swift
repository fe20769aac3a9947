import HTTPTransport

/// A request to a storage before it is proven who sends it.
struct StorageRequest: Sendable {
    var method: HTTPMethod
    let object: ObjectName
    /// Complete, and without any credential.
    let url: String
    var headers: [HTTPHeader] = []
    var body: [UInt8]?
    let purpose: StoragePurpose
    /// Upper bound of the answer's body, in bytes.
    var maximumAnswerBytes = StorageLimits.answerBytes
    /// Statuses besides those of success that the asker understands.
    var expectedStatuses: Set<Int> = []

    /// Time for the exchange: some for the storage to think, and some for each byte on a slow line.
    var timeout: Duration {
        let bytes = max(body?.count ?? 0, maximumAnswerBytes)
        return .seconds(min(60 + bytes / StorageLimits.slowestBytesPerSecond, 3_600))
    }
}

/// What a request is for: the verb of a message, and the permission it needs in the words of the storage.
struct StoragePurpose: Sendable, Equatable {
    let verb: String
    let permission: String
}

/// An answer that the asker understands.
struct StorageAnswer: Sendable {
    let response: HTTPResponse
    /// An earlier attempt got no proper answer, so it may have done what this one was told is done already.
    let mayBeRepetition: Bool
}

/// Bounds of every exchange with a storage.
enum StorageLimits {
    /// An answer that is no object: a page of a listing, an error; 1,000 names of 1,024 bytes and their frame fit.
    static let answerBytes = 8 * 1_048_576
    /// A refusal, with all that storages quote in it.
    static let refusalBytes = 65_536
    /// A line is not expected to be slower than this.
    static let slowestBytesPerSecond = 65_536
    /// Parts of one object at most, of S3, Google and (with room to spare) Azure.
    static let parts = 10_000
    /// The smallest part but the last that S3 takes.
    package static let smallestPartBytes = 5 * 1_048_576
}
