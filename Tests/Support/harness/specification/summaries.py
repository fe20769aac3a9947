"""The summary of a snapshot: appendix "Optional Snapshot Summary Fields", and what each operation may do."""
import collections
import json

DATA, POSITION_DELETES = 0, 1


def check_summary(summary, added_files, deleted_files, live):
    """Changes are those of the entries that the snapshot added and deleted, totals those of all that is there."""
    added, deleted = counters(added_files), counters(deleted_files)
    expected = {
        "added-data-files": added["data-files"], "deleted-data-files": deleted["data-files"],
        "added-records": added["records"], "deleted-records": deleted["records"],
        "added-files-size": added["files-size"], "removed-files-size": deleted["files-size"],
        "added-delete-files": added["delete-files"], "removed-delete-files": deleted["delete-files"],
        "added-position-delete-files": added["delete-files"], "removed-position-delete-files": deleted["delete-files"],
        "added-position-deletes": added["position-deletes"], "removed-position-deletes": deleted["position-deletes"],
    }
    for name, count in expected.items():
        assert int(summary.get(name, 0)) == count, (name, summary)
    total = counters(live)
    for name in ("data-files", "delete-files", "records", "files-size", "position-deletes"):
        assert int(summary[f"total-{name}"]) == total[name], (name, summary)
    assert summary["total-equality-deletes"] == "0"
    changed = {(file["spec_id"], json.dumps(file["partition"], default=str)) for file in [*added_files, *deleted_files]}
    assert int(summary["changed-partition-count"]) == len(changed)


def check_operation(operation, added_files, gone, before, live):
    """What the word for a snapshot promises to readers of changes."""
    added = {file["content"] for file in added_files}
    match operation:
        case "append":
            assert not gone and POSITION_DELETES not in added
        case "delete":
            assert DATA not in added
        case "replace":
            assert rows(before.values()) == rows(live.values())
        case _:
            assert operation == "overwrite"


def rows(files):
    """How many rows readers see."""
    return sum(file["record_count"] if file["content"] == DATA else -file["record_count"] for file in files)


def counters(files):
    found = collections.Counter({"data-files": 0})
    for file in files:
        found["files-size"] += file["file_size_in_bytes"]
        if file["content"] == DATA:
            found["data-files"] += 1
            found["records"] += file["record_count"]
        else:
            found["delete-files"] += 1
            found["position-deletes"] += file["record_count"]
    return found
