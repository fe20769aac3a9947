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
}
