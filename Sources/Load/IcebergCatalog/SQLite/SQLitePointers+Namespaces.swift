import NilusCore

extension SQLitePointers {
    /// Whether the namespace was made, or holds a table or another namespace.
    func hasNamespace(_ namespace: String) throws(NilusError) -> Bool {
        let inner = "\(namespace)."
        return try using("read") { database throws(SQLiteError) in
            let rows = try database.run(
                """
                SELECT 1 FROM iceberg_namespace_properties
                WHERE catalog_name = ?1 AND (namespace = ?2 OR substr(namespace, 1, length(?3)) = ?3)
                UNION ALL
                SELECT 1 FROM iceberg_tables
                WHERE catalog_name = ?1 AND (table_namespace = ?2 OR substr(table_namespace, 1, length(?3)) = ?3)
                LIMIT 1
                """, [catalog, namespace, inner])
            return !rows.isEmpty
        }
    }

    func addNamespace(_ namespace: String) throws(NilusError) {
        _ = try using("write") { database throws(SQLiteError) in
            try database.run(
                """
                INSERT OR IGNORE INTO iceberg_namespace_properties (catalog_name, namespace, property_key, property_value)
                VALUES (?, ?, 'exists', 'true')
                """, [catalog, namespace])
        }
    }

    /// The folder that somebody gave the namespace for its tables, without a slash at the end.
    func namespaceLocation(_ namespace: String) throws(NilusError) -> String? {
        let rows = try using("read") { database throws(SQLiteError) in
            try database.run(
                """
                SELECT property_value FROM iceberg_namespace_properties
                WHERE catalog_name = ? AND namespace = ? AND property_key = 'location'
                """, [catalog, namespace])
        }
        guard let location = rows.first?.first ?? nil else { return nil }
        return location.hasSuffix("/") ? String(location.dropLast()) : location
    }
}
