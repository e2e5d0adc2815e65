"""What a refused creation says: quota, limit range, Pod Security, a webhook, a policy, a missing account.

The sentences are those of the API server's admission chain; controllers carry them in FailedCreate events and
in the ReplicaFailure condition. The order of the rules matters only where one sentence contains another.
"""

from __future__ import annotations

import re

import msgspec

_QUOTA = re.compile(r"exceeded quota: ([^,]+), requested: (.*?), used: (.*?), limited: (.*?)(?:$|\n)")
_QUOTA_FAILED = re.compile(r"failed quota: ([^:]+): (must specify .*)")
_SECURITY = re.compile(r'violates PodSecurity "([^"]+)": (.*)', re.DOTALL)
_LIMIT = re.compile(
    r"((?:maximum|minimum) \S+ (?:usage|limit) per \w+ is [^,\]]+,? but [^,\]]+"
    r"|\S+ max limit to request ratio per \w+ is [^,\]]+,? but [^,\]]+)"
)
_ACCOUNT = re.compile(
    r'error looking up service account ([^/\s]+)/([^:\s]+)|serviceaccounts? "([^"]+)" not found'
)
_WEBHOOK_DOWN = re.compile(r'failed calling webhook "([^"]+)": (.*)', re.DOTALL)
_WEBHOOK_SERVICE = re.compile(r"https://([a-z0-9-]+)\.([a-z0-9-]+)\.svc[.:/]")
_WEBHOOK = re.compile(
    r'admission webhook "([^"]+)" denied the request(?: without explanation|:?\s*)(.*)', re.DOTALL
)
_POLICY = re.compile(
    r"ValidatingAdmissionPolicy '([^']+)' with binding '([^']+)' denied request:?\s*(.*)", re.DOTALL
)
_FORBIDDEN = re.compile(r"is forbidden:?\s*(.*)", re.DOTALL)


class Denial(msgspec.Struct, frozen=True):
    """Why the API server did not accept an object.

    `code` is the cause code; `kind`, `namespace` and `name` the object that refused, as far as it is named;
    `by` what to call it; `why` its words. `amounts` are a quota's resource, requested, used and hard.
    """

    code: str
    why: str
    by: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    amounts: tuple[tuple[str, str, str, str], ...] = ()


def denial(message: str, namespace: str) -> Denial | None:
    """The refusal in a message, or None when it tells of something else (a conflict, a timeout)."""
    for read in (_quota, _security, _limit, _account, _unreachable, _policy, _webhook, _forbidden):
        found = read(message, namespace)
        if found is not None:
            return found
    return None


def _quota(message: str, namespace: str) -> Denial | None:
    if match := _QUOTA_FAILED.search(message):
        name = match[1].strip()
        return Denial("quota", match[2].strip(), f"quota {name}", "ResourceQuota", namespace, name)
    match = _QUOTA.search(message)
    if match is None:
        return None
    asked, used, hard = (_amounts(match[n]) for n in (2, 3, 4))
    amounts = tuple((key, asked[key], used.get(key, ""), hard.get(key, "")) for key in asked)
    why = "; ".join(f"{k}: asks for {a}, {u} of {h} are used" for k, a, u, h in amounts)
    name = match[1].strip()
    return Denial("quota", why, f"quota {name}", "ResourceQuota", namespace, name, amounts)


def _amounts(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(","))
    return {key.strip(): value.strip() for key, _, value in pairs if key.strip()}


def _security(message: str, namespace: str) -> Denial | None:
    match = _SECURITY.search(message)
    if match is None:
        return None
    level = match[1].partition(":")[0]
    return Denial("pod-security", match[2].strip(), f"Pod Security level {level}", "Namespace", "", namespace)


def _limit(message: str, namespace: str) -> Denial | None:
    found = _LIMIT.findall(message)
    return Denial("limit-range", "; ".join(found), "a LimitRange", "LimitRange", namespace) if found else None


def _account(message: str, namespace: str) -> Denial | None:
    match = _ACCOUNT.search(message)
    if match is None:
        return None
    name = match[2] or match[3]
    where = match[1] or namespace
    why = f"service account {name} does not exist"
    return Denial("service-account-missing", why, f"service account {name}", "ServiceAccount", where, name)


def _unreachable(message: str, namespace: str) -> Denial | None:
    del namespace
    match = _WEBHOOK_DOWN.search(message)
    if match is None:
        return None
    found = Denial("admission-unreachable", match[2].strip(), f"webhook {match[1]}")
    service = _WEBHOOK_SERVICE.search(match[2])
    if service is None:
        return found
    return msgspec.structs.replace(found, kind="Service", namespace=service[2], name=service[1])


def _policy(message: str, namespace: str) -> Denial | None:
    del namespace
    match = _POLICY.search(message)
    if match is None:
        return None
    by = f"policy {match[1]}"
    return Denial("admission-denied", match[3].strip(), by, "ValidatingAdmissionPolicy", "", match[1])


def _webhook(message: str, namespace: str) -> Denial | None:
    del namespace
    match = _WEBHOOK.search(message)
    why = match[2].strip() if match else ""
    return Denial("admission-denied", why or "no explanation", f"webhook {match[1]}") if match else None


def _forbidden(message: str, namespace: str) -> Denial | None:
    del namespace
    match = _FORBIDDEN.search(message)
    return Denial("admission-denied", match[1].strip(), "admission") if match and match[1].strip() else None
