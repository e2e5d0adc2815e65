"""Product packs from YAML to typed data, with errors that name file and line.

A pack is written by people who know a product, not this code, so a slip in it must be told as a sentence
about their file: which line, what is wrong, what would be right. Nothing of a faulty pack is used.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import yaml

from mission_control.domain.health.codes import CODES
from mission_control.domain.product import Endpoint, Product
from mission_control.products.places import problems_of

Path = tuple[str | int, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML was built with it: a tenth of the time at each start, and the same marks."""
_PLACE = re.compile(r"at `\$(.*?)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]+)`")
_MISSING_FIELD = re.compile(r"missing required field `([^`]+)`")


class PackProblem(Exception):  # noqa: N818 - it is the operator's word
    """A pack that cannot be used. `says` names file, line and fault."""

    def __init__(self, file: str, line: int, says: str) -> None:
        super().__init__(f"{file}, line {line}: {says}")
        self.file = file
        self.line = line
        self.says = str(self)


def load(text: str, file: str = "product.yaml") -> Product:
    """A product from the text of its pack; PackProblem with file and line when anything is wrong with it."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
        tree: Any = yaml.load(text, Loader=_LOADER)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        says = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise PackProblem(file, mark.line + 1 if mark else 1, f"this is no YAML: {says}") from error
    if root is None:
        raise PackProblem(file, 1, "the file is empty")
    repeated = next(_repeated(root), None)
    if repeated is not None:
        raise PackProblem(file, repeated[0], f"the key {repeated[1]!r} is there twice")
    try:
        product = msgspec.convert(tree, Product)
    except msgspec.ValidationError as error:
        line, says = _explain(root, str(error))
        raise PackProblem(file, line, says) from error
    problem = next(_problems(product), None)
    if problem is not None:
        path, says = problem
        raise PackProblem(file, _line(root, path), says)
    return product


def load_endpoints(text: str, file: str, product: Product) -> tuple[Endpoint, ...]:
    """The endpoints that a pack asks when a bundle is made. Raises PackProblem."""
    root = yaml.compose(text, Loader=_LOADER)
    if root is None:
        raise PackProblem(file, 1, "the file is empty")
    tree: Any = yaml.load(text, Loader=_LOADER)  # noqa: S506 (a safe loader)
    try:
        found = msgspec.convert(tree, tuple[Endpoint, ...])
    except msgspec.ValidationError as error:
        raise PackProblem(file, root.start_mark.line + 1, str(error)) from error
    keys = [part.key for part in product.components]
    for n, endpoint in enumerate(found):
        if endpoint.component not in keys:
            raise PackProblem(
                file, _line(root, (n, "component")), _no_such("component", endpoint.component, keys)
            )
        if not endpoint.path.startswith("/"):
            raise PackProblem(
                file, _line(root, (n, "path")), f"the path {endpoint.path!r} begins without a slash"
            )
    return found


def _repeated(node: yaml.Node) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, key.value
            seen.add(key.value)
            yield from _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _repeated(child)


def _explain(root: yaml.Node, message: str) -> tuple[int, str]:
    """The line and a plain sentence for a message of msgspec, which names the place as "$.a[0].b"."""
    place = _PLACE.search(message)
    path: Path = tuple(step[1] or int(step[2]) for step in _STEP.finditer(place[1] if place else ""))
    where = ".".join(map(str, path)) or "the file"
    if unknown := _UNKNOWN_FIELD.search(message):
        known = _fields(path)
        close = difflib.get_close_matches(unknown[1], known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(sorted(known))}"
        return _line(root, (*path, unknown[1])), f"there is no key {unknown[1]!r} in {where}{hint}"
    if missing := _MISSING_FIELD.search(message):
        return _line(root, path), f"{where} lacks the key {missing[1]!r}"
    return _line(root, path), f"{where}: {message.split(' - at ', maxsplit=1)[0]}"


def _fields(path: Path) -> list[str]:
    """The keys that may stand at a path, from the structs themselves."""
    kind: Any = msgspec.inspect.type_info(Product)
    for step in path:
        if isinstance(kind, msgspec.inspect.StructType):
            kind = next((f.type for f in kind.fields if f.encode_name == step), kind)
        elif isinstance(kind, msgspec.inspect.VarTupleType):
            kind = kind.item_type
        if isinstance(kind, msgspec.inspect.UnionType):
            kind = kind.types[0]
    return (
        [field.encode_name for field in kind.fields] if isinstance(kind, msgspec.inspect.StructType) else []
    )


def _line(root: yaml.Node, path: Path) -> int:
    """The line of a path in the YAML tree; of its nearest parent where it is not there."""
    node, line = root, root.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == step), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def _problems(product: Product) -> Iterator[tuple[Path, str]]:
    """What the types cannot say: references, patterns, circles."""
    groups = [group.key for group in product.groups]
    keys = [part.key for part in product.components]
    yield from _twice("groups", groups)
    yield from _twice("components", keys)
    for n, part in enumerate(product.components):
        if part.group not in groups:
            yield ("components", n, "group"), _no_such("group", part.group, groups)
    for n, edge in enumerate(product.dependencies):
        for name, key in (("from", edge.source), ("to", edge.target)):
            if key not in keys:
                yield ("dependencies", n, name), _no_such("component", key, keys)
    for n, role in enumerate(product.jobs):
        if role.component not in keys:
            yield ("jobs", n, "component"), _no_such("component", role.component, keys)
        for need in role.needs:
            if need not in keys:
                yield ("jobs", n, "needs"), _no_such("component", need, keys)
        if role.hook_failure not in ("broken", "degraded"):
            yield ("jobs", n, "hook_failure"), f"{role.hook_failure!r} is neither 'broken' nor 'degraded'"
    yield from _signature_problems(product, keys)
    yield from problems_of(product.secrets)
    circle = _circle(product)
    if circle:
        yield ("dependencies",), f"these components need each other in a circle: {' → '.join(circle)}"


def _twice(what: str, keys: list[str]) -> Iterator[tuple[Path, str]]:
    for n, key in enumerate(keys):
        if key in keys[:n]:
            yield (what, n, "key"), f"the key {key!r} is used twice in {what}"


def _signature_problems(product: Product, keys: list[str]) -> Iterator[tuple[Path, str]]:
    codes = [code.code for code in CODES]
    for n, signature in enumerate(product.signatures):
        if signature.code not in codes:
            yield ("signatures", n, "code"), _no_such("cause code", signature.code, codes)
        if signature.target is not None and signature.target not in keys:
            yield ("signatures", n, "target"), _no_such("component", signature.target, keys)
        try:
            re.compile(signature.pattern)
        except re.error as error:
            yield ("signatures", n, "pattern"), f"the pattern is no regular expression: {error}"


def _no_such(what: str, key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key, list(known), n=1)
    return f"there is no {what} {key!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _circle(product: Product) -> list[str]:
    """A circle among the required edges, as the list of its components; empty when there is none."""
    needs: dict[str, list[str]] = {}
    for edge in product.dependencies:
        if edge.required:
            needs.setdefault(edge.source, []).append(edge.target)
    done: set[str] = set()
    for start in needs:
        found = _walk(start, needs, done, [])
        if found:
            return found
    return []


def _walk(key: str, needs: dict[str, list[str]], done: set[str], trail: list[str]) -> list[str]:
    if key in trail:
        return [*trail[trail.index(key) :], key]
    if key in done:
        return []
    for target in needs.get(key, ()):
        found = _walk(target, needs, done, [*trail, key])
        if found:
            return found
    done.add(key)
    return []
