"""values.py -- data as the merge sees it: what JSON can say, and MISSING. 1 and 1.0 are one value, true and 1 are two."""
import hashlib
import json


class Missing:
    def __repr__(self):
        return "MISSING"

    def __bool__(self):
        return False


MISSING = Missing()


def plain(v):
    """Whole numbers as int, so that equal values have equal JSON."""
    if isinstance(v, float) and v == int(v) and abs(v) < 2**53:
        return int(v)
    if isinstance(v, list):
        return [plain(e) for e in v]
    if isinstance(v, dict):
        return {k: plain(e) for k, e in v.items()}
    return v


def canon(v):
    """Canonical JSON (RFC 8785), as far as the campaign's values go."""
    return json.dumps(plain(v), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def cle(v):
    """The key of a proposal: DESIGN 6."""
    return hashlib.sha256(canon(v).encode()).hexdigest()[:16]


def same(x, y):
    if x is MISSING or y is MISSING:
        return x is y
    return canon(x) == canon(y)


def is_number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool)
