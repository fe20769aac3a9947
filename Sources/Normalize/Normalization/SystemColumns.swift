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

    /// Since when a version of an object holds, in tables that keep all of them; `null`: from the beginning.
    package static let validFrom = Field("_nilus_valid_from", .timestampWithZone)
    /// Until when a version held; `null` for the current one.
    package static let validTo = Field("_nilus_valid_to", .timestampWithZone)

    /// The further columns of tables that keep all versions of their objects.
    package static let history = [validFrom, validTo]
}
