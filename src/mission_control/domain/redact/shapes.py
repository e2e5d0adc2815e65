"""Secrets that show what they are by how they are made: issued tokens, signed tokens, password hashes.

Each row is data: an anchor that the prefilter looks for and the expression that confirms it from the
anchor's first byte. No expression repeats anything that repeats, and every run is bounded where several can
begin inside each other, so that confirming costs time in proportion to the text.
"""

from __future__ import annotations

import msgspec


class Shape(msgspec.Struct, frozen=True):
    """One shape: its name in the ledger, the kind in the mask, how to find it, how to be sure."""

    name: str
    kind: str
    anchor: str  # in the syntax that hyperscan and re share
    whole: str  # matched from the anchor's first byte; a group narrows what is masked


# What may stand before a token: no letter or digit, unless it ends an escape.
START = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=%[0-9A-Fa-f]{2})|(?<=u00[0-9a-f]{2}))"
_DIGIT = r"(?=[A-Za-z_.=+/-]{0,80}[0-9])"  # `sk-learn-feature-extraction` has none and stays readable

_W = "[A-Za-z0-9_-]"
_A = "[A-Za-z0-9]"
_U = "[A-Za-z0-9_]"
_H = "[0-9a-f]"
_B = "[A-Za-z0-9+/_=-]"

# name, kind, prefix, what it is followed by, at least how many of that
_ISSUED = (
    ("model-provider-key", "api-key", "sk-", _W, 16),
    ("model-provider-key", "api-key", "gsk_", _A, 20),
    ("model-provider-key", "api-key", "xai-", _A, 20),
    ("model-provider-key", "api-key", "pplx-", _A, 20),
    ("model-provider-key", "api-key", "r8_", _A, 20),
    ("model-provider-key", "api-key", "nvapi-", _W, 20),
    ("model-provider-key", "api-key", "csk-", _A, 20),
    ("model-provider-key", "api-key", "fw_", _A, 20),
    ("model-provider-key", "api-key", "jina_", _W, 20),
    ("model-provider-key", "api-key", "tvly-", _W, 16),
    ("vector-store-key", "api-key", "pcsk_", _W, 20),
    ("trace-key", "api-key", "lsv2_[a-z]{2}_", _W, 16),
    ("trace-key", "api-key", "ls__", _A, 20),
    ("sandbox-key", "api-key", "e2b_", _A, 20),
    ("model-hub-token", "access-token", "hf_", _A, 20),
    ("model-hub-token", "access-token", "api_org_", _A, 20),
    ("github-token", "access-token", "gh[pousr]_", _A, 20),
    ("github-token", "access-token", "github_pat_", _U, 20),
    ("gitlab-token", "access-token", "gl(?:pat|ptt|agt|rtr|imt|cbt)-", _W, 16),
    ("gitlab-token", "access-token", "gl(?:dt|rt|ft)-", _W, 16),
    ("gitlab-token", "access-token", "gl(?:soat|ffct)-", _W, 16),
    ("gitlab-token", "access-token", "GR1348941", _W, 16),
    ("bitbucket-token", "access-token", "ATBB", _A, 20),
    ("atlassian-token", "access-token", "ATATT3", r"[A-Za-z0-9_=-]", 20),
    ("chat-token", "access-token", "xox[abeoprs]-", _W, 10),
    ("chat-token", "access-token", "xapp-", _W, 16),
    ("package-token", "access-token", "npm_", _A, 30),
    ("package-token", "access-token", "pypi-AgE", _W, 20),
    ("package-token", "access-token", "rubygems_", _H, 30),
    ("package-token", "access-token", "CLOJARS_", _A, 30),
    ("registry-token", "access-token", "dckr_[a-z]{3}_", _W, 16),
    ("artifact-token", "access-token", "AKCp", _A, 40),
    ("artifact-token", "access-token", "cmVmdGtuO", _A, 30),
    ("cloud-token", "access-token", r"ya29\.", _W, 20),
    ("cloud-token", "access-token", "1//0", _W, 30),
    ("cloud-key", "api-key", "AIza", _W, 30),
    ("cloud-key", "api-key", "GOCSPX-", _W, 20),
    ("cloud-access-key", "access-key", "A(?:KIA|SIA|BIA|CCA)", r"[A-Z0-9]", 16),
    ("cloud-session", "access-token", "IQoJb3JpZ2lu", r"[A-Za-z0-9+/=_%-]", 30),
    ("cloud-session", "access-token", "FwoGZXIvYXdz", r"[A-Za-z0-9+/=_%-]", 30),
    ("cluster-token", "access-token", r"k8s-aws-v1\.", _W, 30),
    ("cloud-token", "access-token", "do[opr]_v1_", _H, 40),
    ("payment-key", "api-key", "[srp]k_(?:live|test)_", _A, 16),
    ("webhook-secret", "api-key", "whsec_", _B, 20),
    ("payment-key", "api-key", "sq0[a-z]{3}-", _W, 20),
    ("payment-key", "api-key", "shp(?:at|ca|pa|ss)_", _H, 30),
    ("telephony-key", "api-key", "SK", _H, 32),
    ("mail-key", "api-key", r"SG\.", r"[A-Za-z0-9_.-]", 40),
    ("mail-key", "api-key", "key-", _H, 32),
    ("mail-key", "api-key", "xkeysib-", _W, 40),
    ("observability-key", "api-key", "NRAK-", _A, 20),
    ("observability-key", "api-key", "sntry[su]_", r"[A-Za-z0-9_=+/-]", 30),
    ("observability-key", "api-key", "glsa_", _U, 30),
    ("observability-key", "api-key", "glc_", r"[A-Za-z0-9+/=]", 30),
    ("observability-key", "api-key", "essu_", _W, 30),
    ("observability-key", "api-key", "phx_", _A, 30),
    ("vault-token", "access-token", r"hv[sbr]\.", _W, 20),
    ("secret-store-token", "api-key", r"dp\.(?:pt|st|ct|sa)\.", r"[A-Za-z0-9_.-]", 30),
    ("secret-store-token", "api-key", "ops_eyJ", _W, 30),
    ("data-platform-token", "api-key", "dapi", _H, 32),
    ("data-platform-token", "api-key", "sbp_", _H, 30),
    ("data-platform-token", "api-key", "pscale_tkn_", _W, 20),
    ("project-token", "api-key", "lin_api_", _A, 30),
    ("project-token", "api-key", "ntn_", _A, 30),
    ("project-token", "api-key", "figd_", _W, 20),
    ("project-token", "api-key", "PMAK-", _W, 20),
    ("build-token", "api-key", "CCIPAT_", _U, 20),
    ("build-token", "api-key", "bkua_", _H, 30),
    ("build-token", "api-key", "sq[upa]_", _H, 40),
    ("build-token", "api-key", "pul-", _H, 40),
    ("age-key", "private-key", "AGE-SECRET-KEY-1", r"[A-Z0-9]", 30),
    ("fernet-token", "encrypted-token", "gAAAAA", r"[A-Za-z0-9_=-]", 60),
)

# base64 over lines: as it stands, or with the line ends that a string literal has
_BODY = r"(?:[A-Za-z0-9+/=]|\\{1,4}[nr]|\r?\n[ \t]{0,40}(?=[A-Za-z0-9+/=]{1,80}(?:[\r\n\"'\\]|$)))"
_SLASH = r"(?:\\{0,4}/|%2[Ff])"  # as JSON or a URL may write it
_QUOTE = r"\\{0,7}[\"']"
_ENCODED_PEM = "(?:BQUklWQVRFIE|BSU0EgUFJJVk|BFQyBQUklWQV|BPUEVOU1NIIF|BFTkNSWVBURU|BEU0EgUFJJVk)"
_CRYPT = "(?:[156y]|apr1|argon2id?|argon2i|scrypt|pbkdf2-sha256)"

# name, kind, anchor, whole
_MADE = (
    ("registry-login", "registry-login", "eyJhdXRocyI6", f"{START}eyJhdXRocyI6{_B}{{8,}}"),
    ("registry-login", "registry-login", "ewo(?:gI|JI)[A-Za-z]{0,8}(?:mF1dGhz|hdXRoc)", f"ewo{_B}{{16,}}"),
    ("release-record", "packed", "SDRzSUFB", f"SDRzSUFB{_B}{{24,}}"),
    ("release-record", "packed", f"H4sIA{_B}{{60}}", f"{START}H4sIA{_B}{{60,}}"),
    ("private-key-body", "private-key", "MII[A-Za-z0-9+/]{3}IBA(?:AKC|DAN)", f"MII{_BODY}{{20,}}"),
    ("private-key-body", "private-key", "M(?:HcCAQEE|C4CAQAw)", f"{START}M{_BODY}{{20,}}"),
    ("private-key-body", "private-key", "MI(?:G[Hk2]|Hc)AgE[AB]", f"{START}MI{_BODY}{{20,}}"),
    ("private-key-body", "private-key", "MII[A-Za-z0-9+/]{2}TB[A-Z]BgkqhkiG9w0BBQ0w", f"MII{_BODY}{{20,}}"),
    ("private-key-body", "private-key", "b3BlbnNzaC1rZXktdjE", f"b3B{_BODY}{{20,}}"),
    ("private-key-body", "private-key", f"LS0tLS1CRUdJTi{_ENCODED_PEM}", f"LS0{_BODY}{{20,}}"),
    (
        "jwk", "private-key",
        rf"[\"'](?:[dpqk]|d[pq]|qi){_QUOTE}[ \t]{{0,4}}:[ \t]{{0,4}}{_QUOTE}{_W}{{20}}",
        rf"[\"']\w{{1,2}}{_QUOTE}[ \t]*:[ \t]*{_QUOTE}({_W}{{20,}})(?={_QUOTE})",
    ),
    (
        "chat-webhook", "webhook", rf"hooks\.slack\.com{_SLASH}",
        rf"hooks\.slack\.com{_SLASH}[a-z]{{1,16}}{_SLASH}([A-Za-z0-9/\\%]{{20,}})",
    ),
    ("chat-webhook", "webhook", "/api/webhooks/[0-9]{17}", rf"/api/webhooks/[0-9]{{17,20}}/({_W}{{30,}})"),
    ("chat-webhook", "webhook", r"\.com/webhookb2/", r"\.com/webhookb2/([A-Za-z0-9@/_-]{36,})"),
    ("bot-token", "access-token", f"[0-9]{{8}}:AA{_W}{{31}}", f"[0-9]{{8}}:(AA{_W}{{31,36}})"),
    (
        "azure-client-secret", "client-secret", f"{_A}{{3}}[0-9]Q~[A-Za-z0-9_.~-]{{31}}",
        f"{START}{_A}{{3}}[0-9]Q~[A-Za-z0-9_.~-]{{31,34}}",
    ),
    ("build-token", "api-key", rf"{_A}{{14}}\.atlasv1\.{_B}{{40}}", rf"{_A}{{14}}\.atlasv1\.{_B}{{40,80}}"),
    (
        "password-hash", "password-hash", r"\$2[abxy]\$[0-9]{2}\$[A-Za-z0-9./]{53}",
        r"\$2[abxy]\$[0-9]{2}\$[A-Za-z0-9./]{53}",
    ),
    (
        "password-hash", "password-hash", rf"\${_CRYPT}\$[A-Za-z0-9./+=,$-]{{16}}",
        rf"\${_CRYPT}\$[A-Za-z0-9./+=,$-]{{16,200}}",
    ),
    (
        "password-hash", "password-hash", r"(?:SCRAM-SHA-256|pbkdf2_sha256)\$",
        r"(?:SCRAM-SHA-256|pbkdf2_sha256)\$[A-Za-z0-9+/=:$]{40,200}",
    ),
    (
        "fernet-key", "encryption-key", f"{_W}{{43}}=",
        rf"(?<![A-Za-z0-9+/=_-])(?<!(?i:sha256)[:-])(?=[A-Za-z0-9]{{0,42}}[A-Z])(?=\D{{0,42}}\d){_W}{{43}}=(?![A-Za-z0-9+/=])",
    ),
)  # fmt: skip

SHAPES: tuple[Shape, ...] = (
    *(
        Shape(name, kind, f"{prefix}{body}{{{least}}}", f"{START}{prefix}{_DIGIT}{body}{{{least},400}}")
        for name, kind, prefix, body, least in _ISSUED
    ),
    *(Shape(*row) for row in _MADE),
)
