package import NilusCore

/// The options of a source, each `nil` or empty when it is not written.
package struct SourceOptions: Sendable {
    /// The columns that identify a record; may be written on either side.
    package var primaryKey: Located<[String]>?
    /// The cursor column.
    package var incrementalKey: Located<String>?
    /// The first moment that is read.
    package var intervalStart: Located<Timestamp>?
    /// The first moment that is not read any more; later than `intervalStart`.
    package var intervalEnd: Located<Timestamp>?
    /// Column types that win over the source's own.
    package var typeHints: [TypeHint] = []
    /// Rows per page, at least 1.
    package var pageSize: Located<Int>?
    /// Parallel extract workers, at least 1.
    package var extractParallelism: Located<Int>?
    /// Pages per endpoint, at least 1.
    package var yieldLimit: Located<Int>?
    /// Columns that are made unreadable.
    package var masks: [MaskRule] = []
    /// Levels of nesting that become columns and child tables; 0 keeps JSON text.
    package var maxTableNesting: Located<Int>?
    /// Columns that are dropped.
    package var excludedColumns: Located<[String]>?
    /// How fast the source may be asked.
    package var requestsPerSecond: Located<RequestRate>?
}

/// How fast a source may be asked.
package enum RequestRate: Sendable, Equatable {
    /// As fast as the source's published limits allow.
    case maximum
    /// Requests per second, more than zero.
    case perSecond(Double)
}

/// A column type that the user prescribes.
package struct TypeHint: Sendable, Equatable {
    /// The types that can be prescribed.
    package enum ColumnType: String, Sendable, CaseIterable {
        case text, bigint, bool, timestamp, date, decimal, double, binary, json, time
    }

    /// The column, as written.
    package let column: String
    /// Its type.
    package let type: ColumnType
    /// Where the column is named.
    package let location: SourceLocation
}

/// A column that is made unreadable before anything is written.
package struct MaskRule: Sendable, Equatable {
    /// The ways of masking.
    package enum Algorithm: String, Sendable, CaseIterable {
        case hash, sha256, md5, hmac, redact, email, phone
        case creditCard = "credit_card"
        case ssn, partial
        case firstLetter = "first_letter"
        case stars, fixed, uuid, sequential, random, round, range, noise
        case dateShift = "date_shift"
        case yearOnly = "year_only"
        case monthYear = "month_year"
    }

    /// The column, as written.
    package let column: String
    /// How it is masked.
    package let algorithm: Algorithm
    /// What follows the algorithm's name after `:`; the key of `hmac`, so it does not print.
    package let parameter: Redacted<String>?
    /// Where the column is named.
    package let location: SourceLocation
}
