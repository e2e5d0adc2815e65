"""Vouching for a manifest with the install's own key (ed25519).

The signing key is derived from the install's secret, so that no further secret has to be kept, and its public
half tells bundles of one install from those of others. Whoever changes a file must change the manifest, and
cannot sign it again.
"""

from __future__ import annotations

from hashlib import blake2b

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mission_control.domain.bundle.manifest import Signature

ALGORITHM = "ed25519"
_PURPOSE = b"bundle-signing"


class Signer:
    """Signs with the key of an install."""

    def __init__(self, secret: bytes) -> None:
        seed = blake2b(secret, digest_size=32, person=_PURPOSE).digest()
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> str:
        """The public half, in hexadecimal."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, content: bytes) -> Signature:
        """The signature over some bytes."""
        return Signature(ALGORITHM, self.public_key, self._key.sign(content).hex())


def is_signed(content: bytes, signature: Signature) -> bool:
    """Whether the holder of the key that the signature names has signed these bytes."""
    if signature.algorithm != ALGORITHM:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.public_key))
        key.verify(bytes.fromhex(signature.signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
