import NilusCore
import YAML

/// Reads `resources`: requests and limits of CPU and memory.
struct ResourceReader {
    let log: FaultLog

    func read(_ node: SectionReader) -> NodeResources {
        guard let section = node.section("resources", keys: .resource(["requests", "limits"])) else {
            return NodeResources()
        }
        let resources = NodeResources(requests: amounts(section, "requests"), limits: amounts(section, "limits"))
        compare(section, "cpu", resources.requests.cpuMillicores, resources.limits.cpuMillicores)
        compare(section, "memory", resources.requests.memoryBytes, resources.limits.memoryBytes)
        return resources
    }

    private static let amountKeys = KeySet.resource(["cpu", "memory", "ephemeral-storage"])

    private func amounts(_ section: SectionReader, _ key: String) -> ResourceAmounts {
        guard let amounts = section.section(key, as: "resources.\(key)", keys: Self.amountKeys) else {
            return ResourceAmounts()
        }
        return ResourceAmounts(
            cpuMillicores: amounts.text("cpu").flatMap(millicores), memoryBytes: amounts.text("memory").flatMap(bytes))
    }

    private func millicores(_ text: Located<String>) -> Int? {
        do throws(Quantity.Problem) {
            return try Quantity(text.value).value(decimals: 3)
        } catch {
            log.add(.badQuantity("cpu", text, error, example: "'100m' or '0.5'", suggestion: nil))
            return nil
        }
    }

    private func bytes(_ text: Located<String>) -> Int? {
        let suggestion = Quantity.byteSuggestion(for: text.value)
        do throws(Quantity.Problem) {
            let bytes = try Quantity(text.value).value(decimals: 0)
            // '128m' is valid and means 0.128 bytes; nobody means that.
            guard let last = text.value.last, "num".contains(last) else { return bytes }
            log.add(.fractionOfByte(text, suggestion: suggestion))
        } catch {
            log.add(.badQuantity("memory", text, error, example: "'128Mi' or '1Gi'", suggestion: suggestion))
        }
        return nil
    }

    private func compare(_ section: SectionReader, _ key: String, _ request: Int?, _ limit: Int?) {
        guard let request, let limit, request > limit,
            let requested = section["requests"]?.value[key], let limited = section["limits"]?.value[key]
        else { return }
        log.add(.requestAboveLimit(key, requested, limited))
    }
}

extension ManifestFault {
    fileprivate static func badQuantity(
        _ key: String, _ text: Located<String>, _ problem: Quantity.Problem, example: String, suggestion: String?
    ) -> ManifestFault {
        let found = MessageText.quoted(text.value)
        let sentence =
            switch problem {
            case .malformed where suggestion != nil:
                "'\(key)' cannot be \(found); did you mean '\(suggestion ?? "")'?"
            case .malformed: "'\(key)' must be a quantity such as \(example); found \(found)"
            case .notPositive: "'\(key)' must be more than zero; found \(found)"
            case .tooLarge: "'\(key)' is larger than any machine: \(found); write a smaller quantity"
            }
        return ManifestFault(.error, sentence, at: text.location)
    }

    fileprivate static func fractionOfByte(_ text: Located<String>, suggestion: String?) -> ManifestFault {
        let advice = suggestion.map { "did you mean '\($0)'?" } ?? "expected bytes such as '128Mi'"
        return ManifestFault(
            .error, "'memory' of \(MessageText.quoted(text.value)) is a fraction of a byte; \(advice)",
            at: text.location)
    }

    fileprivate static func requestAboveLimit(_ key: String, _ request: YAMLNode, _ limit: YAMLNode) -> ManifestFault {
        let found =
            "\(MessageText.quoted(request.scalar?.text ?? "")) is above its limit of "
            + MessageText.quoted(limit.scalar?.text ?? "")
        return ManifestFault(
            .error, "'\(key)' request \(found); lower the request or raise the limit", at: request.location)
    }
}
