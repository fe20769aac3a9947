/// The workflow of the documentation, letter for letter: the key is still a blank, and three lines end
/// in spaces.
enum SeedText {
    static let lines = [
        #"name: stripe-test"#,
        #"version: v1"#,
        #"type: workflow"#,
        #"tags:"#,
        #"    - stripe_source"#,
        #"    - nilus_batch"#,
        #"workflow:"#,
        #"  dag:"#,
        #"    - name: stripe-source"#,
        #"      spec:"#,
        #"        stack: nilus:1.0"#,
        #"        compute: runnable-default"#,
        #"        envs:"#,
        #"          - DATAOS_WORK_DIR: /etc/dataos/work"#,
        #"          - HEIMDALL_URL: "<https://pro-alien.dataos.app/heimdall>""#,
        #"        resources:"#,
        #"          requests:"#,
        #"            cpu: 100m"#,
        #"            memory: 128Mi"#,
        #"        logLevel: INFO"#,
        #"        stackSpec:"#,
        #"          source:"#,
        #"            address: "stripe://?api_key=<api-key-here>""#,
        #"            options:"#,
        #"              source-table: "customer""#,
        #"              max-table-nesting: "0""#,
        #"          sink:"#,
        #"            address: dataos://testawslh:sandbox/strip_test?acl=rw  "#,
        #"            options:  "#,
        #"              incremental-strategy: replace  "#,
    ]

    static var text: String { lines.joined(separator: "\n") + "\n" }
}
