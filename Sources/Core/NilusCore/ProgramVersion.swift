/// What this program is called where it leaves its name.
package enum ProgramVersion {
    package static let number = "0.1.0"

    /// In the footer of data files, in the form that Parquet readers parse.
    package static let createdBy = "nilus version \(number)"

    /// In the requests to Stripe.
    package static let userAgent = "nilus/\(number)"
}
