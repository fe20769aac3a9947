import Depots
import NilusCore
import TemporaryFolders
import Testing

struct `A depot` {
    @Test func `is found by its name among the files of several folders`() throws {
        let folder = try TemporaryFolder()
        try folder.write("type: secret\nname: lake\n", to: "a.yaml")
        try folder.write(
            """
            name: other
            type: depot
            depot: {type: LOCAL, local: {path: /data/other}}
            ---
            name: lake
            version: v1
            type: depot
            depot:
              type: local
              spec: {path: tables}
            """, to: "b.yml")

        let depot = try DepotDirectory(folders: ["/does/not/exist", folder.path]).depot(named: "lake")

        #expect(depot.storage == .local(path: "\(folder.path)/tables"))
    }

    @Test func `of the platform is recognised, not misread`() throws {
        let folder = try TemporaryFolder()
        try folder.write("name: lake\ntype: depot\ndepot: {type: S3, s3: {bucket: b}}\n", to: "depot.yaml")

        #expect(try DepotDirectory(folders: [folder.path]).depot(named: "lake").storage == .unsupported(type: "S3"))
    }

    @Test func `that nobody declares is refused with the folders looked in`() throws {
        let folder = try TemporaryFolder()

        let error = try #require(throws: NilusError.self) {
            try DepotDirectory(folders: ["/a", folder.path]).depot(named: "lake")
        }

        #expect(error.code == .configurationInvalid)
        #expect(
            error.message == "cannot find depot 'lake': looked for its manifest in '/a', '\(folder.path)'; "
                + "name a folder with '--depot-dir' or load into a local folder with '--warehouse'")
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let body: String
        let message: String
        var testDescription: String { body }
    }

    @Test(arguments: [
        Fault(body: "depot: {local: {path: /x}}", message: "2:8: cannot use the depot: 'type' is missing"),
        Fault(body: "depot: {type: LOCAL}", message: "2:8: cannot use the depot: 'local.path' is missing"),
        Fault(body: "depot: {type: LOCAAL}", message: "2:8: unknown depot type 'LOCAAL'; did you mean 'LOCAL'?"),
    ])
    func `that is faulty says where`(_ fault: Fault) throws {
        let folder = try TemporaryFolder()
        try folder.write("name: lake\n\(fault.body)\ntype: depot\n", to: "d.yaml")

        let error = try #require(throws: NilusError.self) {
            try DepotDirectory(folders: [folder.path]).depot(named: "lake")
        }

        #expect(error.message.contains("a file there cannot be read: \(folder.path)/d.yaml:\(fault.message)"))
    }
}
