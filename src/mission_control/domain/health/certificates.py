"""Certificates of Ingresses: expired, not valid yet, soon to end, or made for another host.

Certificates are read by name where that is allowed. One that could not be read is blind and no fault; a
Secret that surely does not exist is one, once the Ingress is old enough for an issuer to have made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mission_control.domain.certificate import Certificate
from mission_control.domain.health.ingresses import place_of
from mission_control.domain.health.scene import Scene, aware, days_hours
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import Ingress
from mission_control.domain.objects.network import IngressTls
from mission_control.domain.places import Place
from mission_control.domain.verdict import Evidence, Subject, Verdict

SOON = timedelta(days=14)
ISSUING = timedelta(minutes=10)


def certificate_sightings(scene: Scene) -> Iterator[Sighting]:
    """At most one sighting for each Secret that an Ingress names."""
    if not scene.snapshot.readings.certificates:
        return
    told: set[tuple[str, str]] = set()
    for ingress in scene.snapshot.all(Ingress):
        for entry in ingress.spec.tls:
            key = (ingress.namespace, entry.secret_name)
            certificate = scene.snapshot.readings.certificate(*key)
            if certificate is None or key in told:
                continue
            found = _fault(scene, ingress, entry, certificate)
            if found is not None:
                told.add(key)
                yield found


def _fault(scene: Scene, ingress: Ingress, entry: IngressTls, certificate: Certificate) -> Sighting | None:
    if not certificate.exists or certificate.problem:
        return _unusable(scene, ingress, certificate)
    begin, end = certificate.not_before, certificate.not_after
    name = f"The certificate in Secret {certificate.secret}"
    hosts = _hosts(ingress, entry)
    whom = f" for {', '.join(hosts[:3])}" if hosts else ""
    if end is not None and aware(end) <= scene.now:
        says = f"{name}{whom} expired {_ago(scene, end)} ago."
        return _sighting(scene, ingress, certificate, says, f"notAfter: {end.isoformat()}", since=end)
    if begin is not None and aware(begin) > scene.now:
        says = f"{name}{whom} is not valid before {begin.isoformat()}."
        return _sighting(scene, ingress, certificate, says, f"notBefore: {begin.isoformat()}")
    bare = [host for host in hosts if not certificate.covers(host)]
    if bare:
        has = ", ".join(certificate.hosts[:5]) or "no host"
        says = f"{name} does not cover {', '.join(bare[:3])}: it is made for {has}."
        return _sighting(scene, ingress, certificate, says, f"subjectAltName: {has}")
    if end is not None and aware(end) - scene.now <= SOON:
        left = days_hours(aware(end) - scene.now)
        says = f"{name}{whom} ends in {left}."
        shown = f"notAfter: {end.isoformat()}"
        return _sighting(scene, ingress, certificate, says, shown, verdict=Verdict.DEGRADED)
    return None


def _hosts(ingress: Ingress, entry: IngressTls) -> tuple[str, ...]:
    """The hosts that the certificate must cover: those of the entry, else of the rules."""
    return entry.hosts or tuple(rule.host for rule in ingress.spec.rules if rule.host)


def _ago(scene: Scene, moment: datetime) -> str:
    return days_hours(scene.now - aware(moment))


def _unusable(scene: Scene, ingress: Ingress, certificate: Certificate) -> Sighting | None:
    born = ingress.metadata.creation_timestamp
    if not scene.older(born, ISSUING):
        return None
    what = "does not exist" if not certificate.exists else f"is of no use: {certificate.problem}"
    says = f"Ingress {ingress.name} takes its certificate from Secret {certificate.secret}, which {what}."
    shown = f"spec.tls[].secretName: {certificate.secret}"
    return _sighting(scene, ingress, certificate, says, shown, verdict=Verdict.DEGRADED)


def _sighting(
    scene: Scene,
    ingress: Ingress,
    certificate: Certificate,
    says: str,
    shown: str,
    *,
    verdict: Verdict | None = None,
    since: datetime | None = None,
) -> Sighting:
    subject = Subject("Secret", certificate.namespace, certificate.secret)
    place: Place = place_of(scene, ingress)
    by = f" (issued by {certificate.issuer})" if certificate.issuer else ""
    return Sighting(
        "certificate-expired",
        subject,
        place,
        says,
        f"Renew the certificate in Secret {certificate.secret}, or mend what should have renewed it{by}.",
        f"kubectl get secret {certificate.secret} -n {certificate.namespace} "
        "-o jsonpath='{.data.tls\\.crt}' | base64 -d | openssl x509 -noout -dates -ext subjectAltName",
        (
            Evidence("certificate", shown, "", subject),
            Evidence("field", f"spec.tls[].secretName: {certificate.secret}", f"Ingress {ingress.name}"),
        ),
        since,
        verdict=verdict,
    )
