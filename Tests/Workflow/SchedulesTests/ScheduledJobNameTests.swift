import NilusCore
import Testing

@testable import Schedules

struct `The name of a scheduled Job` {
    @Test(arguments: [
        ("nightly-29000000", "2025-02-19T21:20:00Z"), ("nightly-2-29000000", "2025-02-19T21:20:00Z"),
        ("loads-t29000000-first", "2025-02-19T21:20:00Z"), ("loads-t29000000-3-first-node", "2025-02-19T21:20:00Z"),
    ])
    func `tells when the run was due`(name: String, moment: String) {
        #expect(ScheduledJobName.moment(in: name) == Timestamp(iso8601: moment))
    }

    @Test(arguments: [
        "loads-g1", "nightly", "nightly-1", "batch-20260101120000", "t29000000-g1", "loads-29000000-g1", "",
    ])
    func `of no schedule tells nothing`(name: String) {
        #expect(ScheduledJobName.moment(in: name) == nil)
    }
}
