import NilusCore
import Testing

struct `Text in messages` {
    @Test(arguments: [
        ("name", "'name'"), ("", "''"), ("it's", "'it's'"), ("task_id", "'task_id'"), ("WORK_DIR", "'WORK_DIR'"),
        ("network_mode: x", "'network_mode: x'"), ("sk_canary", "(9 characters, not shown)"),
        ("x=rk_canary", "(11 characters, not shown)"), ("my_sk_live_canary", "(17 characters, not shown)"),
        ("whsec_1", "(7 characters, not shown)"), ("a\nb", "(3 characters, not shown)"),
        (String(repeating: "é", count: 64), "'\(String(repeating: "é", count: 64))'"),
        (String(repeating: "é", count: 65), "(65 characters, not shown)"),
    ])
    func `is quoted unless it is long, unprintable or looks like a secret`(_ text: String, _ quoted: String) {
        #expect(MessageText.quoted(text) == quoted)
    }

    @Test(arguments: [
        ("sk_live_canary", true), ("x-sk_test_canary.y", true), ("whsec_1", true), ("rk_1", true),
        ("STRIPE_API_KEY", false), ("stripe_test_key", false), ("task_id", false), ("", false),
    ])
    func `holds a key where a word begins as one, not where a name speaks of one`(_ text: String, _ isKey: Bool) {
        #expect(MessageText.holdsKey(text) == isKey)
    }
}
