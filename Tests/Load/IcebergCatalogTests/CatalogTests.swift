import Iceberg
import IcebergCatalog
import NilusCore
import Records
import Testing

struct `Any catalog` {
    typealias Kind = CatalogUnderTest.Kind
    private let charges = CatalogUnderTest.charges

    @Test(arguments: CatalogUnderTest.kinds)
    func `has the namespaces that were made`(_ kind: Kind) async throws {
        let test = try await kind.make()
        #expect(try await !test.catalog.hasNamespace(["a"]))

        try await test.catalog.createNamespace(["a", "b"])
        try await test.catalog.createNamespace(["a", "b"])

        #expect(try await test.catalog.hasNamespace(["a", "b"]))
        #expect(try await test.catalog.hasNamespace(["a"]))
        #expect(try await !test.catalog.hasNamespace(["a", "c"]))
        #expect(try await !test.catalog.hasNamespace(["b"]))
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `shows a staged table to nobody`(_ kind: Kind) async throws {
        let test = try await kind.make()

        let staged = try await test.staged()

        #expect(staged.isStaged)
        #expect(staged.metadata.currentSchema.fields.map(\.id) == [1, 2])
        #expect(staged.metadata.currentSnapshot == nil)
        #expect(try await test.catalog.load(charges) == nil)
        #expect(try await test.catalog.tables(in: ["sales"]) == [])
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `makes a table together with its first snapshot`(_ kind: Kind) async throws {
        let test = try await kind.make()

        let created = try await test.created()

        #expect(try await test.catalog.load(charges) == created)
        #expect(!created.isStaged)
        #expect(created.metadata.currentSnapshot?.id == 1)
        #expect(try await test.catalog.tables(in: ["sales"]) == [charges])
        #expect(try await test.catalog.tables(in: ["none"]) == [])
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `makes a table with the partitions and the order that it was staged with`(_ kind: Kind) async throws {
        let test = try await kind.make()
        let schema = IcebergSchema(creating: CatalogUnderTest.columns)
        let wanted = PartitionField(sourceID: 1, fieldID: 1_000, name: "id_bucket", transform: .bucket(4))
        try await test.catalog.createNamespace(["sales"])
        let staged = try await test.catalog.stage(
            charges,
            TableDraft(
                schema: schema, spec: PartitionSpec(id: 0, fields: [wanted]),
                sortOrder: SortOrder(id: 1, fields: [SortField(ascending: 2)])))
        let (spec, order) = (staged.metadata.defaultSpec, staged.metadata.defaultSortOrder)
        let field = try #require(spec.fields.first)
        let partition = FilePartition(specID: Int32(spec.id), values: [field.fieldID: .integer(3)])
        let file = DataFile(
            path: "\(staged.metadata.dataFolder)/f", partition: partition, recordCount: 1, sizeBytes: 10)
        var commit = TableCommit(
            SnapshotPlan(id: 5, operation: .append, files: [file], facts: []),
            evolution: staged.metadata.evolution(toHold: CatalogUnderTest.columns), properties: [])

        let change = try await commit.prepare(
            on: staged, in: test.store, at: Timestamp(microseconds: 1_700_000_000_000_000))
        let made = try await test.catalog.commit(change, to: staged)

        #expect(field.transform == .bucket(4))
        #expect(field.name == "id_bucket")
        #expect(made.metadata.defaultSpec.id == spec.id)
        #expect(made.metadata.defaultSpec.fields == spec.fields)
        #expect(made.metadata.currentSchema.fields.first { $0.id == field.sourceID }?.name == "id")
        #expect(!order.isUnsorted)
        #expect(made.metadata.defaultSortOrder.id == order.id)
        #expect(made.metadata.defaultSortOrder.fields == order.fields)
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `refuses to stage a table where there is no namespace`(_ kind: Kind) async throws {
        let test = try await kind.make()

        let error = await #expect(throws: NilusError.self) {
            try await test.catalog.stage(charges, TableDraft(schema: IcebergSchema(creating: CatalogUnderTest.columns)))
        }

        #expect(error?.code == .sinkRefused)
        #expect(error?.cause is NamespaceMissing)
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `lets the first of two writers win and tells the other the new state`(_ kind: Kind) async throws {
        let test = try await kind.make()
        let base = try await test.created()
        let first = try await test.change(of: base, id: 2)
        let second = try await test.change(of: base, id: 3)

        let winner = try await test.catalog.commit(first, to: base)
        let error = await #expect(throws: NilusError.self) { try await test.catalog.commit(second, to: base) }

        #expect(error?.code == .commitConflict)
        #expect(error?.disposition == .transient())
        #expect(
            error?.message == "cannot commit table 'sales.charges': branch 'main' is at snapshot 2 instead of at "
                + "snapshot 1; another writer was faster, plan the commit on the new state")
        let conflict = try #require(error?.cause as? CommitConflict)
        #expect(conflict.head == winner)

        let head = try #require(conflict.head)
        let after = try await test.catalog.commit(try await test.change(of: head, id: 3), to: head)
        #expect(after.metadata.ancestors.map(\.id) == [3, 2, 1])
        #expect(try await test.catalog.load(charges) == after)
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `lets one of many writers win at a time, and all in the end`(_ kind: Kind) async throws {
        let test = try await kind.make()
        let base = try await test.created()

        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in Int64(2)...5 {
                group.addTask {
                    var head = base
                    while true {
                        do {
                            _ = try await test.catalog.commit(try await test.change(of: head, id: id), to: head)
                            return
                        } catch let error as NilusError where error.code == .commitConflict {
                            head = try #require((error.cause as? CommitConflict)?.head)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }

        let end = try #require(try await test.catalog.load(charges))
        #expect(end.metadata.ancestors.count == 5)
        #expect(end.metadata.recordCount == 5)
        #expect(Set(end.metadata.ancestors.map(\.id)) == Set(1...5))
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `lets one of two writers make a table`(_ kind: Kind) async throws {
        let test = try await kind.make()
        let one = try await test.staged()
        let other = try await test.staged()
        let created = try await test.catalog.commit(try await test.change(of: one, id: 1), to: one)

        let error = await #expect(throws: NilusError.self) {
            try await test.catalog.commit(try await test.change(of: other, id: 2), to: other)
        }

        let conflict = try #require(error?.cause as? CommitConflict)
        #expect(conflict.reason == "the table exists")
        #expect(conflict.head == created)
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `makes a change whose requirements still hold on a newer state`(_ kind: Kind) async throws {
        let test = try await kind.make()
        let base = try await test.created()
        let settings = TableChange(requirements: [], updates: [.setProperties([TableProperty("k", "v")])])
        _ = try await test.catalog.commit(settings, to: base)

        let after = try await test.catalog.commit(try await test.change(of: base, id: 2), to: base)

        #expect(after.metadata.properties["k"] == "v")
        #expect(after.metadata.currentSnapshot?.id == 2)
    }

    @Test(arguments: CatalogUnderTest.kinds)
    func `changes columns and rows in one step`(_ kind: Kind) async throws {
        let test = try await kind.make()
        let base = try await test.created()
        var columns = CatalogUnderTest.columns
        columns.append(Field("more", .json))

        let change = try await test.change(of: base, id: 2, .overwrite, columns: columns)
        let after = try await test.catalog.commit(change, to: base)

        #expect(
            change.requirements == [
                .tableUUID(base.metadata.uuid ?? ""), .reference("main", snapshotID: 1), .currentSchemaID(0),
                .lastAssignedFieldID(2),
            ])
        #expect(after.metadata.currentSchema.fields.map(\.name) == ["id", "amount", "more"])
        #expect(after.metadata.currentSnapshot?.schemaID == after.metadata.currentSchema.id)
        #expect(after.metadata.lastColumnID == 3)
        #expect(after.metadata.recordCount == 1)
    }
}
