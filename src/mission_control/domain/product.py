"""What a product is, as data: its components, how it is recognised, what needs what, what its logs mean.

The engines read only this; the files that fill it are `products/<key>/product.yaml`. A name of a product or
of one of its components therefore never occurs in code.
"""

from __future__ import annotations

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The common configuration of pack structs: frozen, and a misspelt key is an error."""


class Recognition(Part, frozen=True):
    """Labels by which an installation is known, without reading Helm's records.

    `charts`: names before the version in the label `helm.sh/chart`. `name_labels`: values of
    `app.kubernetes.io/name`. The component label's value is "<fullname>-<suffix>".
    """

    charts: tuple[str, ...]
    name_labels: tuple[str, ...] = ()
    component_label: str = "app.kubernetes.io/component"
    instance_label: str = "app.kubernetes.io/instance"


class Group(Part, frozen=True):
    """A heading in the list of components."""

    key: str
    title: str


class ComponentPort(Part, frozen=True):
    """A port that a component serves."""

    name: str
    port: int


class Component(Part, frozen=True):
    """A component of a product, in the pack's order of importance.

    `suffixes`: what follows "<fullname>-" in its component label and its workload's name. `*_values`: the
    paths in the chart's values that a repair names. `impact`: what users lose without it. `charts`, `labels`:
    the chart's name, or the labels of its pods, that tell it where names and component labels do not.
    """

    key: str
    title: str
    group: str
    suffixes: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    vital: bool = False
    values: str = ""
    ports: tuple[ComponentPort, ...] = ()
    off_when: str = ""
    impact: str = ""
    storage_values: str = ""
    replicas_values: str = ""
    resources_values: str = ""
    image_values: str = ""
    charts: tuple[str, ...] = ()
    labels: dict[str, str] = {}


class Dependency(Part, frozen=True, rename={"source": "from", "target": "to"}):
    """`source` needs `target`. `required`: without it the source does not work at all."""

    source: str
    target: str
    port: int | None = None
    effect: str = ""
    required: bool = True


class JobRole(Part, frozen=True):
    """A Job of the product. `component`: whose health it belongs to. `advice`: what to do when it fails."""

    key: str
    suffixes: tuple[str, ...]
    component: str
    migration: bool = False
    needs: tuple[str, ...] = ()
    advice: str = ""
    hook_failure: str = "broken"


class Signature(Part, frozen=True):
    """A log line that names a cause. `target`: the component it accuses, or None: read from the line.

    `examples` must match and `counter` must not: both are checked when the pack is loaded by the tests.
    """

    code: str
    pattern: str
    says: str
    target: str | None = None
    fix: str = ""
    examples: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()


class FailedCondition(Part, frozen=True):
    """A condition of a custom resource that means failure when it has this status."""

    type: str
    status: str


class CustomKind(Part, frozen=True):
    """A kind of custom resource that the product lives by; watched only where the cluster serves it.

    `failed`: what means failure. `title`: what a person calls it. `fix`: where to look then. `grace`: minutes
    for which a failed condition may hold, because controllers try again.
    """

    kind: str
    plural: str
    group: str
    version: str
    failed: tuple[FailedCondition, ...]
    title: str = ""
    fix: str = ""
    namespaced: bool = True
    grace: int = 5


class SecretPlaces(Part, frozen=True):
    """Where the product keeps secrets, beyond what a name gives away by itself (`db_password` does).

    `values`: paths in the chart's values; `fields`: paths in its custom resources; `*` stands for one step.
    `variables`, `keys`, `annotations`: exact names of environment variables, of keys in Secrets and
    ConfigMaps, of annotations.
    """

    values: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()


class Endpoint(Part, frozen=True):
    """What a component answers about itself, asked by GET: for diagnostics, where that is allowed."""

    component: str
    port: int
    path: str
    says: str


class Product(Part, frozen=True):
    """A product pack. `diagnostics` stand in a file of their own."""

    key: str
    title: str
    recognise: Recognition
    groups: tuple[Group, ...]
    components: tuple[Component, ...]
    dependencies: tuple[Dependency, ...] = ()
    jobs: tuple[JobRole, ...] = ()
    signatures: tuple[Signature, ...] = ()
    resources: tuple[CustomKind, ...] = ()
    secrets: SecretPlaces = SecretPlaces()
    description: str = ""
    diagnostics: tuple[Endpoint, ...] = ()
