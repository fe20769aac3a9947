package import Records

/// The columns that every table has besides the fields of its endpoint.
package enum SystemColumns {
    /// When the row was loaded: microseconds since the epoch, digits only, the same for a whole load.
    package static let loadID = Field("_nilus_load_id", .text)
    /// Which row it is: the first 128 bits, in hexadecimal, of SHA-256 over account, endpoint and primary key.
    package static let rowID = Field("_nilus_id", .text)
    /// What fits no column: a JSON object of field names and values as received.
    package static let extra = Field("_nilus_extra", .json)

    package static let all = [loadID, rowID, extra]
}
