"""Lines that look like secrets and are none: they must pass untouched."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterator

from tests.redact.corpus.grain import ALNUM, Grain


def _uuid(grain: Grain) -> str:
    return str(uuid.UUID(int=grain.random.getrandbits(128), version=4))


def _sri(grain: Grain) -> str:
    return "sha256-" + base64.b64encode(grain.random.randbytes(32)).decode()


def _picture(grain: Grain) -> str:
    return "data:image/png;base64,iVBORw0KGgo" + base64.b64encode(grain.random.randbytes(240)).decode()


def _certificate(grain: Grain) -> str:
    body = base64.b64encode(b"\x30\x82\x03\x05\x30\x82\x01\xed" + grain.random.randbytes(200)).decode()
    return (
        f"-----BEGIN CERTIFICATE-----\n{body[:64]}\n{body[64:128]}\n{body[128:]}\n-----END CERTIFICATE-----"
    )


# Each makes one line (some a few); names of hosts and projects are made up.
LOOK_ALIKES: tuple[Callable[[Grain], str], ...] = (
    lambda g: f"image: registry.example.com/team/{g.word()}@sha256:{g.hex(64)}",
    lambda g: f"Successfully pulled image in 3.1s, digest sha256:{g.hex(64)}",
    lambda g: f"commit {g.hex(40)} by build",
    lambda g: f"checksum/config: {g.hex(64)}",
    lambda g: f"md5={g.hex(32)} size={g.number(10, 9999)}",
    lambda g: f"etag: {g.hex(32)}",
    lambda g: f'integrity="{_sri(g)}"',
    lambda g: f"run_id={_uuid(g)} status=ok",
    lambda g: f'{{"id": "{_uuid(g)}", "session_id_count": 3}}',
    lambda g: f"uid: {_uuid(g)}",
    lambda g: f'resourceVersion: "{g.number(10**6, 10**9)}"',
    lambda g: f"trace_id={g.hex(32)} span_id={g.hex(16)}",
    lambda g: f"traceparent: 00-{g.hex(32)}-{g.hex(16)}-01",
    lambda g: f"token_count={g.number(1, 5000)}",
    lambda g: f"max_tokens: {g.number(1, 5000)}",
    lambda g: f'"prompt_tokens": {g.number(1, 5000)}, "completion_tokens": {g.number(1, 900)}',
    lambda g: f"total_tokens={g.number(1, 99999)} tokens_per_second={g.number(1, 99)}.5",
    lambda g: f"tokenizer: {g.word()}-base tokenizer_path: /models/{g.word()}",
    lambda _: "password: null",
    lambda _: 'password: ""',
    lambda _: "api_key=None, password=None",
    lambda _: "token: ${API_TOKEN}",
    lambda _: "password: <your-password>",
    lambda _: "export API_KEY=<api-key>",
    lambda _: "apiKey: {{ .Values.apiKey }}",
    lambda _: 'LICENSE_KEY="$LICENSE_KEY"',
    lambda _: "set api_key=your-api-key-here",
    lambda _: "password=********",
    lambda _: "secret: xxxxxxxx",
    lambda g: f"secretName: {g.word()}-secrets",
    lambda g: f"existingSecretName: {g.word()}-secrets",
    lambda g: f"imagePullSecrets:\n- name: {g.word()}-regcred",
    lambda g: f"valueFrom:\n  secretKeyRef:\n    name: {g.word()}-secrets\n    key: password",
    lambda g: f'MountVolume.SetUp failed for volume "{g.word()}-tls" : secret "{g.word()}-tls" not found',
    lambda g: f'Error: secret "{g.word()}-postgres" not found',
    lambda g: f"couldn't find key license_key in Secret ns/{g.word()}-secrets",
    lambda g: f"automountServiceAccountToken: {g.random.choice(['true', 'false'])}",
    lambda _: "serviceAccountToken:\n  path: token\n  expirationSeconds: 3607",
    lambda g: f"token_expires_at=2026-11-{g.number(10, 28)}T04:05:50Z",
    lambda g: f"password_policy=strong password_min_length={g.number(8, 20)}",
    lambda _: "invalid token: signature has expired",
    lambda _: "login failed: password is incorrect for user app",
    lambda _: "Error: token: unauthorized",
    lambda _: "FATAL: password authentication failed for user app",
    lambda _: "the secret to a good chart is a schema",
    lambda g: (
        f"pod {g.word()}-{g.text(10, 'bcdfghjklmnpqrstvwxz2456789')}-{g.text(5, 'bcdfghjkl2456789')} is ready"
    ),
    lambda g: f"node ip-10-0-{g.number(1, 254)}-{g.number(1, 254)}.eu-central-1.compute.internal not ready",
    lambda g: f"arn:aws:iam::{g.number(10**11, 10**12 - 1)}:role/{g.word()}-service",
    lambda g: (
        f"GET https://x.example.com:8443/api/v1/{g.word()}?limit={g.number(1, 100)}&cursor=abc HTTP/1.1"
    ),
    lambda g: f"https://example.com/users/{g.word()}@example.com/profile",
    lambda g: f"contact {g.word()}@example.com about http://x.example.com/{g.word()}",
    lambda g: f"git clone ssh://git@git.example.com/{g.word()}/{g.word()}.git",
    lambda g: f"postgres://db.example.com:5432/{g.word()}",
    lambda g: f"redis://cache:6379/{g.number(0, 9)}",
    lambda g: f"docker pull registry.example.com/{g.word()}/{g.word()}:v1.{g.number(0, 20)}.0",
    _picture,
    _certificate,
    lambda g: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{g.text(43)} build@example",
    lambda g: f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{g.text(200)} build@example",
    lambda g: f'"kid": "{g.text(27)}", "kty": "RSA", "use": "sig", "e": "AQAB"',
    lambda g: f"publicKey: {g.text(43)}",
    lambda g: f"partition_key={g.word()} sort_key={g.number(1, 999)} cache_key={g.word()}:{g.number(1, 999)}",
    lambda g: f"key={g.word()} value={g.number(1, 999)}",
    lambda g: f'  File "/app/{g.word()}/auth/token.py", line {g.number(1, 900)}, in refresh_token',
    lambda _: "    password=self.settings.password,",
    lambda _: "    token = get_token(session)",
    lambda _: "def login(password: str, token: str | None = None) -> None:",
    lambda _: 'api_key=os.environ["API_KEY"]',
    lambda g: f"tokenFile: /var/run/secrets/tokens/{g.word()}",
    lambda g: f"token=/var/run/secrets/kubernetes.io/serviceaccount/token caller={g.word()}",
    lambda g: f"sk-learn-feature-extraction-{g.word()} installed",
    lambda g: f"ulid=01{g.text(24, 'ABCDEFGHJKMNPQRSTVWXYZ0123456789')}",
    lambda g: f"request {g.text(22)} took {g.number(1, 900)} ms",
    lambda g: f"cursor={g.text(28)} next page",
    lambda g: f"PWD=/home/{g.word()} HOME=/root SHELL=/bin/sh",
    lambda g: f"2026-11-21T04:05:{g.number(10, 59)}.1Z INFO {g.word()} finished in {g.number(1, 99)}s",
    lambda g: (
        f'10.2.{g.number(1, 254)}.{g.number(1, 254)} - - "GET /healthz HTTP/1.1" 200 {g.number(1, 999)}'
    ),
    lambda g: f"peer-nonce {g.hex(24)} serial {g.hex(20)}",
    lambda g: f"keys: {g.word()}, {g.word()}, {g.word()}",
    lambda g: f"Keyspace {g.word()} has {g.number(1, 99)} keys, hit ratio 0.{g.number(10, 99)}",
    lambda g: f"cookies: disabled for {g.word()}",
    lambda _: "Authorization header is missing",
    lambda _: "basic authentication is enabled for this installation",
    lambda _: "bearer authentication required",
    lambda g: (
        f"-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{g.text(30)}\n-----END PUBLIC KEY-----"
    ),
)


def look_alikes(seed: int = 6, rounds: int = 9) -> Iterator[str]:
    """Every look-alike, several times with other grain."""
    grain = Grain(seed)
    for _ in range(rounds):
        for make in LOOK_ALIKES:
            yield make(grain)


__all__ = ["ALNUM", "LOOK_ALIKES", "look_alikes"]
