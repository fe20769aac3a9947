"""Who owns which field: the bookkeeping of server-side apply.

A path is a tuple of steps: `f:name` for a member, `k:{…}` for an item of a keyed list, `.` for the item itself.
"""
import copy
import json

UNOWNED = {"apiVersion", "kind"}
UNOWNED_METADATA = {"name", "namespace", "uid", "creationTimestamp", "generation", "managedFields", "resourceVersion",
                    "deletionTimestamp"}


class KeyedLists:
    """Which lists of a kind have items with a key, by its schema."""

    def __init__(self, schema):
        self.schema = schema

    def inside(self, name):
        properties = (self.schema or {}).get("properties", {})
        return KeyedLists(properties.get(name) or (self.schema or {}).get("additionalProperties"))

    @property
    def items(self):
        return KeyedLists((self.schema or {}).get("items"))

    @property
    def keys(self):
        is_map = (self.schema or {}).get("x-kubernetes-list-type") == "map"
        return self.schema.get("x-kubernetes-list-map-keys") if is_map else None


def paths(value, lists, prefix=()):
    """The paths of all leaves; a list without keys is a leaf."""
    found = set()
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            if not prefix and name in UNOWNED or prefix == ("f:metadata",) and name in UNOWNED_METADATA:
                continue
            found |= paths(inner, lists.inside(name), prefix + (f"f:{name}",))
    elif isinstance(value, list) and lists.keys and value:
        for item in value:
            place = prefix + (key_step(item, lists.keys),)
            found |= {place + (".",)} | paths(item, lists.items, place)
    elif prefix:
        found.add(prefix)
    return found


def key_step(item, keys):
    return "k:" + json.dumps({key: item.get(key) for key in keys}, sort_keys=True, separators=(",", ":"))


def look_up(value, path):
    """The value at a path; None when there is none."""
    for step in path:
        if step == ".":
            continue
        if step.startswith("f:"):
            value = value.get(step[2:]) if isinstance(value, dict) else None
        else:
            value = find_item(value, step)
        if value is None:
            return None
    return value


def find_item(items, step):
    wanted = json.loads(step[2:])
    return next((item for item in items or [] if all(item.get(key) == value for key, value in wanted.items())), None)


def put(target, path, value):
    """Sets the value at a path and makes what is on the way."""
    for position, step in enumerate(path[:-1]):
        following = path[position + 1]
        if step.startswith("f:"):
            empty = [] if following.startswith("k:") else {}
            target = target.setdefault(step[2:], empty)
        else:
            item = find_item(target, step)
            if item is None:
                item = json.loads(step[2:])
                target.append(item)
            target = item
    if path[-1].startswith("f:"):
        target[path[-1][2:]] = copy.deepcopy(value)


def take_out(target, path):
    """Removes the value at a path, and what is empty without it."""
    if path[-1] == ".":
        parent = look_up(target, path[:-2])
        item = find_item(parent, path[-2]) if parent else None
        if item is not None:
            parent.remove(item)
        return
    parent = look_up(target, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1][2:], None)
        if not parent and len(path) > 1 and path[-2].startswith("f:"):
            take_out(target, path[:-1])


def entry(manager, operation, owned, time, subresource=None):
    tree = {}
    for path in sorted(owned):
        node = tree
        for step in path:
            node = node.setdefault(step, {})
    made = {"manager": manager, "operation": operation, "fieldsType": "FieldsV1", "fieldsV1": tree, "time": time}
    return {**made, "subresource": subresource} if subresource else made


def owned_paths(made):
    """The paths of an entry."""
    def walk(node, prefix):
        if not node:
            return {prefix}
        return set().union(*(walk(inner, prefix + (step,)) for step, inner in node.items()))
    return walk(made["fieldsV1"], ()) - {()}


def same_entry(made, manager, operation, subresource):
    return (made["manager"], made["operation"], made.get("subresource")) == (manager, operation, subresource)


def applied(old, declared, manager, subresource, lists, force, time, conflict):
    """The object after a server-side apply, and who owns what then."""
    wanted = paths(declared, lists)
    others, mine = [], set()
    for made in old["metadata"].get("managedFields", []):
        if same_entry(made, manager, "Apply", subresource):
            mine = owned_paths(made)
            continue
        theirs = owned_paths(made)
        disputed = sorted(path for path in wanted & theirs if path[-1] != "."
                          and look_up(old, path) != look_up(declared, path))
        if disputed and not force:
            raise conflict(made["manager"], dotted(disputed[0]))
        theirs -= set(disputed)
        if theirs:
            others.append(entry(made["manager"], made["operation"], theirs, made["time"], made.get("subresource")))
    result = copy.deepcopy(old)
    held = set().union(*(owned_paths(made) for made in others)) if others else set()
    # The item of a list goes first: without its key it could not be found any more.
    for path in sorted(mine - wanted - held, key=lambda path: path[-1] != "."):
        take_out(result, path)
    for path in sorted(wanted):
        if path[-1] == ".":
            put(result, path[:-1] + ("f:",), None)
            look_up(result, path[:-1]).pop("", None)
        else:
            put(result, path, look_up(declared, path))
    return result, others + [entry(manager, "Apply", wanted, time, subresource)]


def taken_over(old, new, manager, subresource, lists, time):
    """Who owns what after an ordinary write: its manager owns what it changed."""
    before, after = paths(old, lists), paths(new, lists)
    changed = {path for path in after if path not in before or look_up(old, path) != look_up(new, path)}
    entries, mine = [], set(changed)
    for made in old["metadata"].get("managedFields", []):
        kept = (owned_paths(made) & after) - changed
        if same_entry(made, manager, "Update", subresource):
            mine |= kept
        elif kept:
            entries.append(entry(made["manager"], made["operation"], kept, made["time"], made.get("subresource")))
    return entries + ([entry(manager, "Update", mine, time, subresource)] if mine else [])


def dotted(path):
    text = ""
    for step in path:
        if step.startswith("f:"):
            text += f".{step[2:]}"
        elif step.startswith("k:"):
            text += "[" + ",".join(f'{key}="{value}"' for key, value in json.loads(step[2:]).items()) + "]"
    return text
