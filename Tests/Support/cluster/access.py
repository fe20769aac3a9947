"""Who asks, and what they may do: certificates and tokens, roles and bindings."""
import json
import secrets


class Access:
    """The tokens that were given out, and the roles of the objects."""

    def __init__(self, objects):
        self.objects = objects
        self.tokens = {}
        # user → the rights that it needed: verb, group, resource.
        self.used = {}

    def issue(self, namespace, account, uid):
        """A token of a service account; good for as long as the account is."""
        token = secrets.token_urlsafe(32)
        self.tokens[token] = (namespace, account, uid)
        return token

    def identify(self, token, certificate):
        """The user of a request; None when its token is not good."""
        if token is not None:
            known = self.tokens.get(token)
            if known is None:
                return None
            namespace, account, uid = known
            item = self.objects.items.get(("serviceaccounts", namespace, account))
            if item is None or item["metadata"]["uid"] != uid:
                return None
            return f"system:serviceaccount:{namespace}:{account}"
        if certificate:
            names = {key: value for part in certificate["subject"] for key, value in part}
            return "admin" if names.get("organizationName") == "system:masters" else names.get("commonName")
        return "system:anonymous"

    def allows(self, user, verb, kind, namespace, name, subresource):
        """Whether a role that is bound to the user holds the right."""
        if user == "admin":
            return True
        resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
        self.used.setdefault(user, set()).add((verb, kind.group, resource))
        return any(matches(rule, verb, kind.group, resource, name) for rule in self.rules(user, namespace))

    def rules(self, user, namespace):
        for (plural, space, _), binding in list(self.objects.items.items()):
            if plural != "rolebindings" or space != namespace:
                continue
            subjects = {f"system:serviceaccount:{subject.get('namespace', space)}:{subject['name']}"
                        for subject in binding.get("subjects", []) if subject["kind"] == "ServiceAccount"}
            role = self.objects.items.get(("roles", space, binding["roleRef"]["name"]))
            if user in subjects and role:
                yield from role.get("rules", [])


def matches(rule, verb, group, resource, name):
    def holds(key, value):
        return "*" in rule.get(key, []) or value in rule.get(key, [])
    names = rule.get("resourceNames")
    return (holds("verbs", verb) and holds("apiGroups", group) and holds("resources", resource)
            and (not names or name in names))


def forbidden(user, verb, kind, namespace, name, subresource):
    """The sentence of a refused right."""
    resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
    title = f'{kind.title} {json.dumps(name)}' if name else kind.title
    place = f' in the namespace "{namespace}"' if namespace else " at the cluster scope"
    return (f'{title} is forbidden: User "{user}" cannot {verb} resource "{resource}" in API group '
            f'"{kind.group}"{place}')
