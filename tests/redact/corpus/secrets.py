"""Secrets of the corpus: what issuers issue, what people choose, and the formats both are written in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.redact.corpus.grain import ALNUM, DIGITS, LOWER, UPPER, Grain


class Case(NamedTuple):
    """One line or text, and what must not be left of it."""

    name: str
    text: str
    secret: str


def _b64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _jwt(grain: Grain) -> str:
    def part(content: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    return (
        f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': grain.text(12), 'iss': 'x'})}.{grain.text(43)}"
    )


# Tokens that need no name beside them, by their issuers' public descriptions.
ISSUED: dict[str, Callable[[Grain], str]] = {
    "trace platform personal": lambda g: f"lsv2_pt_{g.hex(32)}_{g.hex(10)}",
    "trace platform service": lambda g: f"lsv2_sk_{g.hex(32)}_{g.hex(10)}",
    "trace platform old": lambda g: "ls__" + g.hex(32),
    "openai old": lambda g: "sk-" + g.text(48),
    "openai project": lambda g: "sk-proj-" + g.text(74, ALNUM + "_-"),
    "openai service account": lambda g: "sk-svcacct-" + g.text(60, ALNUM + "_-"),
    "anthropic": lambda g: "sk-ant-api03-" + g.text(93, ALNUM + "_-") + "AA",
    "open router": lambda g: "sk-or-v1-" + g.hex(64),
    "groq": lambda g: "gsk_" + g.text(52),
    "xai": lambda g: "xai-" + g.text(80),
    "perplexity": lambda g: "pplx-" + g.text(48),
    "replicate": lambda g: "r8_" + g.text(37),
    "nvidia": lambda g: "nvapi-" + g.text(64, ALNUM + "_-"),
    "tavily": lambda g: "tvly-" + g.text(32),
    "pinecone": lambda g: "pcsk_" + g.text(60, ALNUM + "_"),
    "hugging face": lambda g: "hf_" + g.text(34, UPPER + LOWER + DIGITS),
    "google api": lambda g: "AIza" + g.text(35, ALNUM + "_-"),
    "google oauth secret": lambda g: "GOCSPX-" + g.text(28, ALNUM + "_-"),
    "google access": lambda g: "ya29." + g.text(120, ALNUM + "_-"),
    "google refresh": lambda g: "1//0" + g.text(60, ALNUM + "_-"),
    "aws key id": lambda g: "AKIA" + g.text(16, UPPER + "234567"),
    "aws temporary key id": lambda g: "ASIA" + g.text(16, UPPER + "234567"),
    "aws session": lambda g: "IQoJb3JpZ2luX2VjE" + g.text(200),
    "eks": lambda g: "k8s-aws-v1." + g.text(180, ALNUM + "_-"),
    "azure client secret": lambda g: g.text(3) + "8Q~" + g.text(34, ALNUM + "_.-"),
    "azure storage": lambda g: (
        f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={g.text(86)}==;EndpointSuffix=core"
    ),
    "azure bus": lambda g: (
        f"Endpoint=sb://x.example.net/;SharedAccessKeyName=root;SharedAccessKey={g.text(43)}="
    ),
    "azure sas": lambda g: f"https://x.example.net/c/f?sv=2022-11-02&sr=b&sp=r&sig={g.text(40)}%3D",
    "github": lambda g: "ghp_" + g.text(36),
    "github server": lambda g: "ghs_" + g.text(36),
    "github fine": lambda g: "github_pat_" + g.text(22) + "_" + g.text(59),
    "gitlab": lambda g: "glpat-" + g.text(20, ALNUM + "_-"),
    "gitlab runner": lambda g: "glrt-" + g.text(20, ALNUM + "_-"),
    "gitlab deploy": lambda g: "gldt-" + g.text(20, ALNUM + "_-"),
    "bitbucket": lambda g: "ATBB" + g.text(32),
    "atlassian": lambda g: "ATATT3xFfGF0" + g.text(170, ALNUM + "_-="),
    "slack bot": lambda g: f"xoxb-{g.number(10**11, 10**12)}-{g.number(10**12, 10**13)}-{g.text(24)}",
    "slack app": lambda g: f"xapp-1-A{g.text(10, UPPER + DIGITS)}-{g.number(10**12, 10**13)}-{g.hex(64)}",
    "slack hook": lambda g: (
        f"https://hooks.slack.com/services/T{g.text(8, UPPER + DIGITS)}/B0{g.text(7, UPPER)}/{g.text(24)}"
    ),
    "discord hook": lambda g: (
        f"https://discord.com/api/webhooks/{g.number(10**17, 10**18)}/{g.text(68, ALNUM + '_-')}"
    ),
    "telegram": lambda g: f"{g.number(10**8, 10**9)}:AA{g.text(33, ALNUM + '_-')}",
    "npm": lambda g: "npm_" + g.text(36),
    "pypi": lambda g: "pypi-AgEIcHlwaS5vcmc" + g.text(150, ALNUM + "_-"),
    "docker": lambda g: "dckr_pat_" + g.text(27, ALNUM + "_-"),
    "stripe": lambda g: "sk_live_" + g.text(24),
    "stripe restricted": lambda g: "rk_live_" + g.text(99),
    "stripe webhook": lambda g: "whsec_" + g.text(32),
    "twilio": lambda g: "SK" + g.hex(32),
    "sendgrid": lambda g: f"SG.{g.text(22, ALNUM + '_-')}.{g.text(43, ALNUM + '_-')}",
    "mailgun": lambda g: "key-" + g.hex(32),
    "new relic": lambda g: "NRAK-" + g.text(27, UPPER + DIGITS),
    "grafana": lambda g: f"glsa_{g.text(32)}_{g.hex(8)}",
    "vault": lambda g: "hvs." + g.text(90, ALNUM + "_-"),
    "terraform": lambda g: f"{g.text(14)}.atlasv1.{g.text(67, ALNUM + '_-')}",
    "databricks": lambda g: "dapi" + g.hex(32),
    "digital ocean": lambda g: "dop_v1_" + g.hex(64),
    "postman": lambda g: f"PMAK-{g.hex(24)}-{g.hex(34)}",
    "linear": lambda g: "lin_api_" + g.text(40),
    "shopify": lambda g: "shpat_" + g.hex(32),
    "sentry": lambda g: "sntrys_" + g.text(80, ALNUM + "_"),
    "age": lambda g: "AGE-SECRET-KEY-1" + g.text(58, UPPER + DIGITS),
    "jwt": _jwt,
    "fernet token": lambda g: "gAAAAABn" + g.text(120, ALNUM + "_-") + "==",
    "fernet key": lambda g: g.text(42, ALNUM) + "Q=",
    "bcrypt": lambda g: "$2b$12$" + g.text(53, ALNUM + "./"),
    "sha crypt": lambda g: f"$6${g.text(16)}${g.text(86, ALNUM + './')}",
    "registry login": lambda g: _b64(
        json.dumps({"auths": {"registry.example.com": {"auth": _b64("u:" + g.text(20))}}})
    ),
    "release record": lambda g: _b64("H4sIAAAAAAAA/" + g.text(300)),
    "uri": lambda g: f"postgresql://app:{g.text(16)}@db.example.com:5432/app?sslmode=require",
    "uri special": lambda g: f"mongodb+srv://svc:{g.text(8)}%40{g.text(8)}@m0.example.net/x",
    "uri no user": lambda g: f"rediss://:{g.text(24)}@cache.example.com:6380/0",
    "uri at sign": lambda g: f"amqp://guest7:{g.text(10)}@{g.text(6)}@mq:5672/",
    "uri token": lambda g: f"https://{g.text(32)}@git.example.com/a/b.git",
    "git url": lambda g: f"https://oauth2:{g.text(26)}@git.example.com/a/b.git",
    "driver address": lambda g: f"app:{g.text(18)}@tcp(db:3306)/app?parseTime=true",
    "presigned": lambda g: (
        f"https://b.example.com/o?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature={g.hex(64)}"
    ),
    "bearer": lambda g: f"Bearer {g.text(40, ALNUM + '._-')}",
    "basic": lambda g: f"Basic {_b64('admin:' + g.text(20))}",
}

# How a token is met when nothing names it.
MEETINGS: dict[str, str] = {
    "alone": "{}",
    "in a sentence": "cannot use {} for this project",
    "in quotes": 'the server refused "{}" twice',
    "in brackets": "rejected ({}), will retry",
    "after a colon": "sent: {}",
    "in a list": "- {}",
    "in JSON": '{{"note": "{}", "code": 7}}',
}

# What people choose, and where it has a name. NAME is replaced by one of NAMES in the format's own style.
FORMATS: dict[str, str] = {
    "env": "{NAME}={secret}",
    "env in quotes": '{NAME}="{secret}"',
    "export": "export {NAME}='{secret}'",
    "env in a log": "starting with {NAME}={secret} LOG_LEVEL=info",
    "json": '{{"{name}": "{secret}"}}',
    "json compact": '{{"a":1,"{camel}":"{secret}","b":null}}',
    "json in json": '{{"message": "{{\\"{name}\\": \\"{secret}\\", \\"n\\": 1}}"}}',
    "json in json in json": '{{"m": "{{\\"o\\": \\"{{\\\\\\"{camel}\\\\\\":\\\\\\"{secret}\\\\\\"}}\\"}}"}}',
    "json in single quotes": "{{'{name}': '{secret}', 'n': 1}}",
    "yaml": "{camel}: {secret}",
    "yaml in quotes": '  {name}: "{secret}"',
    "yaml nested": "config:\n  auth:\n    {camel}: {secret}\n    enabled: true",
    "yaml block": "{name}: |\n  {secret}\nnext: 1",
    "yaml folded": "  {name}: >-\n    {secret}\n  next: 1",
    "yaml flow": "auth: {{{name}: {secret}, enabled: true}}",
    "variable in yaml": "- name: {NAME}\n  value: {secret}",
    "variable in quoted yaml": '- name: "{NAME}"\n  value: "{secret}"',
    "variable in json": '{{"name":"{NAME}","value":"{secret}"}}',
    "variable in pretty json": '{{\n  "name": "{NAME}",\n  "value": "{secret}"\n}}',
    "variable backwards": '{{"value": "{secret}", "name": "{NAME}"}}',
    "described": "      {NAME}:     {secret}",
    "toml": '{name} = "{secret}"',
    "ini": "[auth]\n{name} = {secret}\n[other]",
    "properties": "app.auth.{dashed}={secret}",
    "flag": "app --{dashed}={secret} --verbose",
    "flag and word": "app --{dashed} {secret} --verbose",
    "flags in json": '["--{dashed}", "{secret}", "--verbose"]',
    "flags in yaml": "args:\n- --{dashed}\n- {secret}",
    "url parameter": "GET /callback?user=7&{name}={secret}&next=1 HTTP/1.1",
    "form": "grant_type=x&{name}={secret}&scope=read",
    "url in url": "next=https%3A%2F%2Fx%2F%3F{name}%3D{secret}%26a%3D1",
    "python call": 'client = Client("host", {name}="{secret}", timeout=5)',
    "python repr": "Settings(host='db', {name}='{secret}', port=5432)",
    "go struct": "&{{Host:db {Pascal}:{secret} Port:5432}}",
    "logfmt": 'level=error msg="refused" {name}={secret} attempt=2',
    "header": "x-{dashed}: {secret}",
    "header in curl": "curl -H 'X-{Dashed}: {secret}' https://x.example.com",
    "header pair": '[("x-{dashed}", "{secret}"), ("accept", "*/*")]',
    "xml": "<{name}>{secret}</{name}>",
    "odbc": "Driver=x;Server=db;UID=app;{Pascal}={secret};Encrypt=yes",
    "libpq": "host=db user=app {name}='{secret}' dbname=app",
    "terraform": '  + {name}  = "{secret}"',
    "diff": "+  {name}: {secret}",
    "arrow": "'{name}' => '{secret}',",
    "docker": "ENV {NAME}={secret}",
    "shell set": "+ {NAME}={secret}",
}
NAMES = (
    "password",
    "db_password",
    "api_key",
    "client_secret",
    "access_token",
    "license_key",
    "api_key_salt",
    "jwt_secret",
    "secret_key",
    "encryption_key",
    "refresh_token",
    "aws_secret_access_key",
    "storage_account_key",
    "passphrase",
)


def _styles(name: str) -> dict[str, str]:
    words = name.split("_")
    pascal = "".join(word.capitalize() for word in words)
    return {
        "name": name,
        "NAME": name.upper(),
        "camel": words[0] + "".join(word.capitalize() for word in words[1:]),
        "Pascal": pascal,
        "dashed": "-".join(words),
        "Dashed": "-".join(word.capitalize() for word in words),
    }


# Formats with a name of their own.
FIXED: dict[str, str] = {
    "sql create": "CREATE USER app WITH LOGIN PASSWORD '{}';",
    "sql alter": "ALTER ROLE app ENCRYPTED PASSWORD '{}'",
    "sql identified": "CREATE USER 'app'@'%' IDENTIFIED BY '{}';",
    "netrc": "machine x.example.com login app password {}",
    "server config": "requirepass {}",
    "curl user": "curl -u admin:{} https://x.example.com/api",
    "openssl": "openssl rsa -in a.pem -passin pass:{}",
    "cookie": "Cookie: theme=dark; sid={}; lang=en",
    "set cookie": "Set-Cookie: session={}; Path=/; HttpOnly; Secure",
    "authorization": "Authorization: {}",
    "proxy authorization": "Proxy-Authorization: Bearer {}",
    "authorization in json": '{{"headers": {{"authorization": "Bearer {}"}}}}',
    "go header": "map[Accept:[*/*] Authorization:[Bearer {}]]",
    "told": "Incorrect API key provided: {}. You can find your key in the console.",
    "kubeconfig token": "users:\n- name: admin\n  user:\n    token: {}",
    "npmrc": "//registry.example.com/:_authToken={}",
    "annotation": "metadata:\n  annotations:\n    example.com/deploy-token: {}",
    "helm set": "helm upgrade x ./c --set config.oauth.clientSecret={} --wait",
    "dsn": "DSN=postgres://{}:x@h/d",
}


def secrets(seed: int = 5) -> Iterator[Case]:
    """All cases: issued tokens where they are met, chosen values in every format."""
    grain = Grain(seed)
    for name, issue in ISSUED.items():
        for met, form in MEETINGS.items():
            token = issue(grain)
            yield Case(f"{name}, {met}", form.format(token), _core(token))
    for index, (name, form) in enumerate(FORMATS.items()):
        for step in range(5):
            styled = _styles(NAMES[(index * 5 + step) % len(NAMES)])
            secret = grain.text((10, 16, 24, 32, 40)[step], ALNUM)
            yield Case(f"{styled['name']} as {name}", form.format(secret=secret, **styled), secret)
    for name, form in FIXED.items():
        for length in (12, 40):
            secret = grain.text(length)
            yield Case(name, form.format(secret), secret)


def _core(token: str) -> str:
    """The longest run of letters and digits: what must be gone whatever its dress."""
    runs = "".join(character if character.isalnum() else " " for character in token).split()
    return max(runs, key=len)
