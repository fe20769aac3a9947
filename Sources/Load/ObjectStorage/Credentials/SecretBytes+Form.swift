import NilusCore
import RequestSigning

extension SecretBytes {
    /// A form that ends in this secret, encoded like any value and never a `String`.
    func asFormValue(after fields: String) -> SecretBytes {
        var form = ContiguousArray(fields.utf8)
        form.reserveCapacity(form.count + count * 3)
        withBytes { bytes in
            for byte in bytes { form.append(contentsOf: URIEncoding.encoded(byte)) }
        }
        return SecretBytes(wiping: &form)
    }
}
