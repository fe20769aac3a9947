import Testing

@testable import LakehouseSink

struct `An address of a depot` {
    @Test(arguments: [
        ("Lake-house", "'Lake-house'"), ("lakeHouse", "'lakeHouse'"), ("1lake", "'1lake'"),
        ("lake_house", "'lake_house'"),
        ("my_live_canary", "(14 characters, not shown)"), ("läke", "'läke'"),
    ])
    func `names one as the platform does`(_ depot: String, _ shown: String) {
        #expect(
            SinkText("dataos://\(depot):sales/charge?acl=rw").faults == [
                "w.yaml:5:22: no depot is named \(shown); expected lower-case letters and digits, a letter first, as in "
                    + "'dataos://lakehouse'"
            ])
    }

    @Test(arguments: ["dataos://lake2:sales/charge", "dataos://lake", "dataos://{DEPOT}:sales/charge"])
    func `may be known at run time only`(_ address: String) {
        #expect(SinkText(address).faults == [])
    }
}
