"""The cluster's certificates, made with openssl: elliptic keys, because a start should take seconds."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

DAYS = "365"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Identity:
    """Who a certificate speaks for: `subject` in openssl's form, `names` as subjectAltName."""

    file: str
    subject: str
    names: tuple[str, ...] = ()


def identities(first_service: str, machine: str | None, node: str = "") -> tuple[Identity, ...]:
    """Every certificate a control plane needs, and those of a real node of that name."""
    dns = (
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    )
    addresses = ("127.0.0.1", *([machine] if machine else []))
    serving = tuple(f"DNS:{name}" for name in dns) + tuple(f"IP:{a}" for a in (*addresses, first_service))
    real = (
        Identity("kubelet", f"/O=system:nodes/CN=system:node:{node}", (f"DNS:{node}", f"IP:{machine}")),
        Identity("kube-proxy", "/CN=system:kube-proxy"),
    )
    return (
        Identity("apiserver", "/CN=kube-apiserver", serving),
        Identity("node", "/CN=node", ("DNS:localhost", *(f"IP:{a}" for a in addresses))),
        Identity("admin", "/O=system:masters/CN=sandbox-admin"),
        Identity("controller-manager", "/CN=system:kube-controller-manager"),
        Identity("scheduler", "/CN=system:kube-scheduler"),
        Identity("front-proxy", "/CN=front-proxy"),
        *(real if node else ()),
    )


def make(folder: Path, wanted: tuple[Identity, ...]) -> None:
    """Fills `folder` with ca, sa and one `<file>.crt`/`<file>.key` for each identity."""
    if not shutil.which("openssl"):
        raise SandboxError(
            "openssl is missing; it makes the certificates. Install the package `openssl` and try again."
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _openssl(
        folder,
        "req",
        "-x509",
        *CURVE,
        "-days",
        DAYS,
        "-subj",
        "/CN=sandbox-ca",
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt",
    )
    _openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "sa.key")
    _openssl(folder, "ec", "-in", "sa.key", "-pubout", "-out", "sa.pub")
    for serial, identity in enumerate(wanted, start=1):
        _sign(folder, identity, serial)


def _sign(folder: Path, identity: Identity, serial: int) -> None:
    name = identity.file
    lines = ["keyUsage=critical,digitalSignature,keyEncipherment", "extendedKeyUsage=serverAuth,clientAuth"]
    if identity.names:
        lines.append("subjectAltName=" + ",".join(identity.names))
    (folder / f"{name}.ext").write_text("\n".join(lines) + "\n")
    _openssl(
        folder, "req", *CURVE, "-subj", identity.subject, "-keyout", f"{name}.key", "-out", f"{name}.csr"
    )
    signed_by = ("-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", str(serial))
    files = ("-in", f"{name}.csr", "-out", f"{name}.crt", "-extfile", f"{name}.ext")
    _openssl(folder, "x509", "-req", "-days", DAYS, *signed_by, *files)
    for leftover in (f"{name}.csr", f"{name}.ext"):
        (folder / leftover).unlink()


def _openssl(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SandboxError(f"openssl {arguments[0]} failed: {done.stderr.strip()[-400:]}")
