import NilusCore
import YAML

/// Reads `dataosSecrets`.
struct SecretMountReader {
    let log: FaultLog

    private static let keys = KeySet.resource(["name", "workspace", "key", "keys", "allKeys", "consumptionType"])

    func read(_ node: SectionReader) -> [SecretMount] {
        guard let entry = node["dataosSecrets"],
            let items = log.attempt({ () throws(NilusError) in try entry.value.items("'dataosSecrets'") })
        else { return [] }
        return items.compactMap(mount)
    }

    private func mount(_ item: YAMLNode) -> SecretMount? {
        guard let section = SectionReader(item, name: "dataosSecrets", keys: Self.keys, log: log) else { return nil }
        let type = section.choice("consumptionType", of: SecretMount.ConsumptionType.self)
        let keys = section.texts("key") + section.texts("keys")
        guard let name = section.requiredName("name") else { return nil }
        return SecretMount(
            name: name.value, workspace: section.text("workspace")?.value, keys: keys.map(\.value),
            allKeys: section.boolean("allKeys") ?? false, consumptionType: type?.value ?? .envVars,
            location: item.location)
    }
}
