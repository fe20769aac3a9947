extension BinaryInteger {
    /// The number of bytes as people write it, in binary units: `512 B`, `64 KiB`, `8.5 MiB`.
    package var asByteCount: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var scaled = Double(self)
        var unit = 0
        while scaled >= 1_024, unit < units.count - 1 {
            scaled /= 1_024
            unit += 1
        }
        let tenths = (scaled * 10).rounded() / 10
        let number = tenths == tenths.rounded() ? String(Int64(tenths)) : String(tenths)
        return "\(number) \(units[unit])"
    }

    /// The number with thousands separated by commas: `1,234,567`.
    package var grouped: String {
        let digits = String(magnitude)
        var result = ""
        for (offset, digit) in digits.enumerated() {
            if offset > 0, (digits.count - offset).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return (self < 0 ? "-" : "") + result
    }
}
