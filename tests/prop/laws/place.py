"""place.py -- what a schema says about merging, place by place (DESIGN 4: only the structural part counts)."""
import re


class Place:
    def __init__(self, schema, root=None):
        self.root = schema if root is None else root
        while isinstance(schema, dict) and "$ref" in schema:
            below = self.root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
            schema = dict(below, **{k: v for k, v in schema.items() if k != "$ref"})
        s = self.schema = schema if isinstance(schema, dict) else {}
        self.rule = s.get("x-merge", "conflict")
        self.list = s.get("x-list-type", "atomic")
        self.key = s.get("x-list-map-keys", [None])[0]
        self.atomic = s.get("x-map-type") == "atomic"
        self.order = s.get("x-order", [])
        self.withdrawn = s.get("x-withdrawn", [])
        self.groups = s.get("x-groups", [])

    def child(self, name):
        s = self.schema
        if name in s.get("properties", {}):
            return Place(s["properties"][name], self.root)
        for pattern, below in s.get("patternProperties", {}).items():
            if re.search(pattern, name):
                return Place(below, self.root)
        return Place(s.get("additionalProperties", {}), self.root)

    def item(self):
        return Place(self.schema.get("items", {}), self.root)
