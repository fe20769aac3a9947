import Glibc
import JSON
import NilusCore

// Commits tables for the interop tests: reads one JSON request on standard input, answers with JSON.
// The requests are described in FixtureRequest.swift; Tests/Interop/test_iceberg_tables.py makes them.

do {
    let input = try Files.read(descriptor: 0, limit: 16_777_216)
    let answer = try await FixtureRequest(try JSONValue(parsing: input)).run()
    print(answer.compactText)
} catch {
    print(JSONValue.object(["error": .string("\(error)")]).compactText)
    exit(1)
}
