// swift-tools-version: 6.2
import PackageDescription

// A room is one folder and one target. `room` names the folder and the rooms it may see; the build
// refuses every import that is not listed here (`--explicit-target-dependency-import-check error`).

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

func room(_ path: String, _ sees: [Target.Dependency] = []) -> Target {
    .target(name: lastFolder(path), dependencies: sees, path: "Sources/\(path)", swiftSettings: strict)
}

func library(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ path: String, _ sees: [Target.Dependency]) -> Target {
    .testTarget(name: lastFolder(path), dependencies: sees, path: "Tests/\(path)", swiftSettings: strict)
}

func supportRoom(_ name: String) -> Target {
    .target(name: name, path: "Tests/Support/\(name)", swiftSettings: strict)
}

func program(_ path: String, _ sees: [Target.Dependency]) -> Target {
    .executableTarget(name: lastFolder(path), dependencies: sees, path: path, swiftSettings: strict)
}

func lastFolder(_ path: String) -> String {
    String(path.split(separator: "/").last ?? "")
}

let cLibraries: [Target] = [
    library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    library("CLibYaml", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
    library("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
    library("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    library("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
    .systemLibrary(name: "CChecksum", path: "Sources/CLibraries/CChecksum"),
    .systemLibrary(name: "CLinux", path: "Sources/CLibraries/CLinux"),
    .target(
        name: "CSimdjson", path: "Sources/CLibraries/CSimdjson",
        cxxSettings: [.define("SIMDJSON_EXCEPTIONS", to: "0")],
        linkerSettings: [.linkedLibrary("simdjson")]),
]

let core: [Target] = [
    room("Core/NilusCore"),
    room("Core/JSON", ["CSimdjson", "NilusCore"]),
    room("Core/YAML", ["CLibYaml", "JSON", "NilusCore"]),
    room("Core/HTTPTransport", ["CCurl", "NilusCore"]),
    room("Core/Digests", ["CChecksum", "COpenSSL", "NilusCore"]),
    room("Core/Compression", ["CZlib", "CZstd", "NilusCore"]),
    room("Core/RequestSigning", ["Digests", "HTTPTransport", "NilusCore"]),
    room("Core/KubernetesAPI", ["HTTPTransport", "JSON", "NilusCore", "YAML"]),
    room("Core/RunLog", ["JSON", "NilusCore", logging]),
]

let stages: [Target] = [
    room("Workflow/Schedules", ["NilusCore"]),
    room("Workflow/WorkflowManifest", ["NilusCore", "Schedules", "YAML"]),

    room("Secrets/Secrets", ["NilusCore"]),

    room("Extract/Extraction", ["JSON", "NilusCore"]),
    room(
        "Extract/StripeSource",
        ["Digests", "Extraction", "HTTPTransport", "JSON", "NilusCore", "Secrets", "WorkflowManifest", logging]),

    room("Normalize/Records", ["NilusCore"]),
    room("Normalize/Normalization", ["Digests", "Extraction", "JSON", "NilusCore", "Records"]),

    room("Load/Loading", ["NilusCore", "Records"]),
    room("Load/Parquet", ["Compression", "NilusCore", "Records"]),
    room("Load/Avro", ["Compression", "JSON", "NilusCore"]),
    room("Load/Iceberg", ["Avro", "JSON", "NilusCore", "Records"]),
    room("Load/ObjectStorage", ["Digests", "HTTPTransport", "JSON", "NilusCore", "RequestSigning"]),
    room(
        "Load/IcebergCatalog",
        [
            "Compression", "CSQLite", "HTTPTransport", "Iceberg", "JSON", "Loading", "NilusCore", "ObjectStorage",
            "RequestSigning",
        ]),
    room("Load/Depots", ["HTTPTransport", "JSON", "NilusCore", "RequestSigning", "Secrets", "YAML"]),
    room(
        "Load/LakehouseSink",
        [
            "Depots", "Digests", "HTTPTransport", "Iceberg", "IcebergCatalog", "Loading", "NilusCore",
            "ObjectStorage", "Parquet", "Records", "RequestSigning", "Secrets", "WorkflowManifest",
        ]),

    room("Status/RunStatus", ["JSON", "NilusCore", "YAML"]),
    room("Status/KubernetesStatus", ["JSON", "KubernetesAPI", "NilusCore", "RunStatus"]),
    room("Operator/ClusterResources", ["HTTPTransport", "JSON", "KubernetesAPI", "NilusCore", "YAML"]),
    room(
        "Operator/Operator",
        [
            "ClusterResources", "Digests", "JSON", "KubernetesAPI", "NilusCore", "Schedules", "WorkflowManifest",
            logging,
        ]),
    room("Status/TerminalStatus", ["NilusCore", "RunStatus"]),

    room(
        "Pipeline/Pipeline",
        [
            "Extraction", "Loading", "NilusCore", "Normalization", "Records", "RunStatus", "Secrets",
            "WorkflowManifest", logging,
        ]),
]

let programs: [Target] = [
    program(
        "Sources/nilus",
        [
            "CLinux", "ClusterResources", "Compression", "Depots", "Digests", "Extraction", "HTTPTransport",
            "IcebergCatalog", "JSON", "KubernetesAPI", "KubernetesStatus", "LakehouseSink", "Loading", "NilusCore",
            "Normalization", "Operator", "Pipeline", "RunLog", "RunStatus",
            "Schedules", "Secrets", "StripeSource", "TerminalStatus", "WorkflowManifest", "YAML", arguments, logging,
        ]),
    program("Sources/stripe-simulator", ["CZlib", nioCore, nioHTTP, nioPosix, arguments]),
]

// Never shipped: what tests and benchmarks share, and the programs that write files for independent readers.
let support: [Target] = [
    supportRoom("LoopbackServer"),
    supportRoom("SeededRandom"),
    supportRoom("TemporaryFolders"),
    program(
        "Tests/Support/iceberg-fixtures",
        [
            "Iceberg", "IcebergCatalog", "JSON", "LakehouseSink", "Loading", "NilusCore", "ObjectStorage", "Records",
            "WorkflowManifest",
        ]),
    program("Tests/Support/parquet-fixtures", ["JSON", "NilusCore", "Parquet", "Records"]),
    program("Benchmarks/parquet-benchmark", ["NilusCore", "Parquet", "Records", "SeededRandom"]),
]

let allTests: [Target] = [
    tests("Core/CompressionTests", ["Compression", "SeededRandom"]),
    tests("Core/DigestsTests", ["Digests", "NilusCore", "SeededRandom"]),
    tests("Core/HTTPTransportTests", ["CCurl", "HTTPTransport", "LoopbackServer", "NilusCore", "TemporaryFolders"]),
    tests("Core/JSONTests", ["JSON", "NilusCore"]),
    tests(
        "Core/KubernetesAPITests", ["JSON", "KubernetesAPI", "LoopbackServer", "NilusCore", "TemporaryFolders"]),
    tests("Core/NilusCoreTests", ["NilusCore"]),
    tests("Core/RequestSigningTests", ["HTTPTransport", "NilusCore", "RequestSigning"]),
    tests("Core/RunLogTests", ["JSON", "NilusCore", "RunLog", logging]),
    tests("Core/YAMLTests", ["JSON", "NilusCore", "YAML"]),

    tests("Workflow/SchedulesTests", ["NilusCore", "Schedules"]),
    tests("Workflow/WorkflowManifestTests", ["NilusCore", "WorkflowManifest"]),
    tests("Secrets/SecretsTests", ["NilusCore", "Secrets", "TemporaryFolders"]),
    tests("Extract/ExtractionTests", ["Extraction", "NilusCore"]),
    tests(
        "Extract/StripeSourceTests",
        [
            "Extraction", "HTTPTransport", "JSON", "LoopbackServer", "NilusCore", "Secrets", "SeededRandom",
            "StripeSource", "WorkflowManifest",
        ]),
    tests(
        "Normalize/NormalizationTests",
        ["Extraction", "JSON", "NilusCore", "Normalization", "Records", "SeededRandom", "StripeSource"]),
    tests("Normalize/RecordsTests", ["Records"]),
    tests("Load/AvroTests", ["Avro", "JSON", "NilusCore", "SeededRandom"]),
    tests(
        "Load/DepotsTests",
        ["Depots", "HTTPTransport", "LoopbackServer", "NilusCore", "Secrets", "TemporaryFolders"]),
    tests(
        "Load/IcebergCatalogTests",
        [
            "CSQLite", "HTTPTransport", "Iceberg", "IcebergCatalog", "JSON", "Loading", "LoopbackServer", "NilusCore",
            "ObjectStorage", "Records", "RequestSigning", "TemporaryFolders",
        ]),
    tests("Load/IcebergTests", ["Avro", "Iceberg", "JSON", "NilusCore", "Records", "SeededRandom"]),
    tests(
        "Load/LakehouseSinkTests",
        [
            "Depots", "Digests", "HTTPTransport", "Iceberg", "IcebergCatalog", "JSON", "LakehouseSink", "Loading",
            "LoopbackServer", "NilusCore", "ObjectStorage", "Parquet", "Records", "RequestSigning", "Secrets",
            "SeededRandom", "TemporaryFolders",
            "WorkflowManifest",
        ]),
    tests(
        "Load/ObjectStorageTests",
        [
            "Digests", "HTTPTransport", "JSON", "LoopbackServer", "NilusCore", "ObjectStorage", "RequestSigning",
            "SeededRandom", "TemporaryFolders",
        ]),
    tests("Load/ParquetTests", ["Compression", "NilusCore", "Parquet", "Records", "SeededRandom"]),
    tests(
        "Operator/ClusterResourcesTests", ["ClusterResources", "HTTPTransport", "JSON", "KubernetesAPI", "NilusCore"]),
    tests(
        "Operator/OperatorTests",
        ["ClusterResources", "JSON", "KubernetesAPI", "NilusCore", "Operator", "WorkflowManifest"]),
    tests(
        "Status/KubernetesStatusTests",
        ["JSON", "KubernetesAPI", "KubernetesStatus", "LoopbackServer", "NilusCore", "RunStatus"]),
    tests("Status/RunStatusTests", ["JSON", "NilusCore", "RunStatus", "YAML"]),
    tests("Status/TerminalStatusTests", ["NilusCore", "RunStatus", "TerminalStatus"]),
    tests(
        "Pipeline/PipelineTests",
        [
            "Extraction", "JSON", "Loading", "NilusCore", "Normalization", "Pipeline", "Records", "RunLog",
            "RunStatus", "Secrets", "WorkflowManifest", logging,
        ]),
    tests("Simulator/SimulatorTests", ["stripe-simulator", arguments, nioCore]),
]

let package = Package(
    name: "nilus-stripe",
    products: [
        .executable(name: "nilus", targets: ["nilus"]),
        .executable(name: "stripe-simulator", targets: ["stripe-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: cLibraries + core + stages + programs + support + allTests,
    cxxLanguageStandard: .cxx17
)
