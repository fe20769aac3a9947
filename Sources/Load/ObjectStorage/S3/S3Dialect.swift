import HTTPTransport

/// The words in which Amazon's and Google's forms of the protocol differ.
struct S3Dialect: Sendable {
    let schemes: [String]
    /// Stores an object only where there is none.
    let ifAbsent: HTTPHeader
    /// Metadata that names the writer of an object.
    let writerHeader: String
    let checksumHeader: String
    let checksumPrefix: String
    /// Announces the checksum of parts when an upload begins.
    let checksumAlgorithm: HTTPHeader?
    let permissions: Permissions

    /// What the permissions to do things are called.
    struct Permissions: Sendable {
        let read: String
        let write: String
        let delete: String
        let list: String
        let abort: String
    }

    static let aws = S3Dialect(
        schemes: ["s3", "s3a", "s3n"], ifAbsent: HTTPHeader("If-None-Match", "*"),
        writerHeader: "x-amz-meta-nilus-writer", checksumHeader: "x-amz-checksum-crc32c", checksumPrefix: "",
        checksumAlgorithm: HTTPHeader("x-amz-checksum-algorithm", "CRC32C"),
        permissions: Permissions(
            read: "s3:GetObject", write: "s3:PutObject", delete: "s3:DeleteObject", list: "s3:ListBucket",
            abort: "s3:AbortMultipartUpload"))

    static let google = S3Dialect(
        schemes: ["gs", "gcs"], ifAbsent: HTTPHeader("x-goog-if-generation-match", "0"),
        writerHeader: "x-goog-meta-nilus-writer", checksumHeader: "x-goog-hash", checksumPrefix: "crc32c=",
        checksumAlgorithm: nil,
        permissions: Permissions(
            read: "storage.objects.get", write: "storage.objects.create", delete: "storage.objects.delete",
            list: "storage.objects.list", abort: "storage.multipartUploads.abort"))
}

extension StoragePurpose {
    static func reading(_ dialect: S3Dialect) -> StoragePurpose {
        StoragePurpose(verb: "read", permission: dialect.permissions.read)
    }

    static func writing(_ dialect: S3Dialect) -> StoragePurpose {
        StoragePurpose(verb: "write", permission: dialect.permissions.write)
    }

    static func deleting(_ dialect: S3Dialect) -> StoragePurpose {
        StoragePurpose(verb: "delete", permission: dialect.permissions.delete)
    }

    static func listing(_ dialect: S3Dialect) -> StoragePurpose {
        StoragePurpose(verb: "list", permission: dialect.permissions.list)
    }

    static func aborting(_ dialect: S3Dialect) -> StoragePurpose {
        StoragePurpose(verb: "write", permission: dialect.permissions.abort)
    }
}
