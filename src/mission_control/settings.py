"""What an operator may set, in one frozen structure read from `MC_` variables and overridden by flags.

A leaf: only the command line and the composition root read it. Each description says unit and reason;
`docs/settings.md` repeats them, and a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

PREFIX = "MC_"
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")


class SettingsError(Exception):
    """A setting has a value that it cannot have. `says` names it, `fix` what it may be."""

    def __init__(self, says: str, fix: str) -> None:
        super().__init__(says)
        self.says = says
        self.fix = fix


def _says(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Settings(msgspec.Struct, frozen=True):
    """All settings. The variable of a field is its name in capitals with MC_ before it."""

    host: Annotated[str, _says("Address the console listens on. Only this machine by default.")] = "127.0.0.1"
    port: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=65535)],
        _says("TCP port the console listens on; 0 takes a free one."),
    ] = 8090
    allow_remote: Annotated[
        bool,
        _says(
            "Whether `host` may be an address that other machines reach. The console uses your rights in the "
            "cluster, so this is asked for explicitly."
        ),
    ] = False
    public_hosts: Annotated[
        tuple[str, ...],
        _says(
            "Further host names, separated by commas, under which browsers reach the console (behind an "
            "Ingress or a proxy). Requests for other hosts are refused, which keeps out DNS rebinding."
        ),
    ] = ()
    kubeconfig: Annotated[
        str,
        _says(
            "Path of the kubeconfig. Empty: `KUBECONFIG`, then `~/.kube/config`, then the service account of "
            "the pod it runs in."
        ),
    ] = ""
    context: Annotated[str, _says("Context of the kubeconfig. Empty: its current context.")] = ""
    namespaces: Annotated[
        tuple[str, ...],
        _says("Namespaces to look into, separated by commas. Empty: all, or those that may be read."),
    ] = ()
    data_dir: Annotated[
        str,
        _says(
            "Folder of the console's own state, made with rights for its owner only. Empty: "
            "`mission-control` in `XDG_STATE_HOME` or `~/.local/state`."
        ),
    ] = ""
    database_url: Annotated[
        str,
        _says("SQLAlchemy URL of the console's own state. Empty: SQLite in the data folder."),
    ] = ""
    state_is_temporary: Annotated[
        bool,
        _says(
            "Whether the console's own state is gone with the pod. The chart says so where it has no volume, "
            "so that the console can warn of it."
        ),
    ] = False
    sign_in: Annotated[
        Literal["one-time", "accounts"],
        _says(
            "How people come in. `one-time`: by the address that `serve` prints, for one person on one "
            "machine. `accounts`: with an account of the console or a token of the cluster, as the chart "
            "sets it."
        ),
    ] = "one-time"
    admin_password_file: Annotated[
        str,
        _says(
            "File with the password of the account `admin`, usually a mounted Secret. A new content changes "
            "the password at the next start. Empty: one is made at the first start and told once."
        ),
    ] = ""
    session_idle_minutes: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=43_200)],
        _says("Minutes without a click or a key after which a session ends. An open page alone is no use."),
    ] = 480
    session_hours: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=8_760)],
        _says("Hours after which a session ends however it is used; with a token of the cluster at most 12."),
    ] = 168
    bundle_days: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=3650)],
        _says("Days for which a diagnostics bundle is kept in the data folder."),
    ] = 14
    bundle_mib: Annotated[
        Annotated[int, msgspec.Meta(ge=16, le=1_048_576)],
        _says("MiB that all bundles together may take in the data folder; the oldest are removed first."),
    ] = 2048
    timeline_days: Annotated[
        Annotated[float, msgspec.Meta(gt=0, le=3650)],
        _says("Days for which the timeline keeps what changed and happened."),
    ] = 14
    timeline_mib: Annotated[
        Annotated[float, msgspec.Meta(gt=0, le=1_000_000)],
        _says("MiB of the console's own state that the timeline may take; the oldest entries make room."),
    ] = 256
    trusted_ca: Annotated[
        str,
        _says(
            "PEM file of authorities to trust besides those of the machine, for what the console calls by "
            "HTTPS. The API server is trusted by what the kubeconfig or the pod says."
        ),
    ] = ""
    audit_keep_days: Annotated[
        Annotated[int, msgspec.Meta(ge=0)],
        _says("Days that entries of the audit are kept; 0 keeps them whatever their age."),
    ] = 400
    audit_keep_mib: Annotated[
        Annotated[int, msgspec.Meta(ge=0)],
        _says(
            "MiB of entries that the audit keeps at most, the newest; 0 is without a limit. An entry takes "
            "about half a KiB, so the default holds half a million."
        ),
    ] = 256
    log_format: Annotated[
        Literal["auto", "json", "text"],
        _says("How log lines look: `json`, `text`, or text on a terminal and JSON elsewhere (`auto`)."),
    ] = "auto"
    keep_logs_mib: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=1_000_000)],
        _says(
            "MiB in the data folder for the newest log lines of all installations, redacted and packed, so "
            "that logs of pods that are gone can be read. 0 keeps none and follows nothing by itself."
        ),
    ] = 0
    keep_logs_hours: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=8760)],
        _says("Hours after which a kept log line is removed, however much room there is."),
    ] = 24
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        _says("How much the console logs on standard error; `debug` also shows where an error came from."),
    ] = "info"

    @property
    def state_dir(self) -> Path:
        """The folder of the console's own state."""
        if self.data_dir:
            return Path(self.data_dir).expanduser()
        home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        return Path(home).expanduser() / "mission-control"

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the console."""
        return self.host in LOOPBACK_HOSTS


class Documented(msgspec.Struct, frozen=True):
    """A setting as its documentation lists it."""

    variable: str
    default: str
    text: str


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment; an empty variable counts as absent. Raises SettingsError."""
    values = {}
    for field in msgspec.structs.fields(Settings):
        variable = PREFIX + field.name.upper()
        text = environment.get(variable, "").strip()
        if not text:
            continue
        raw: object = text
        if isinstance(field.default, tuple):
            raw = [part.strip() for part in text.split(",") if part.strip()]
        try:
            values[field.name] = msgspec.convert(raw, field.type, strict=False)
        except msgspec.ValidationError as error:
            raise SettingsError(
                f"{variable} is {text!r}, which it cannot be: {error}.",
                f"Its default is {_default(field.default)!r}; docs/settings.md says what it may be.",
            ) from error
    return Settings(**values)


def documented() -> tuple[Documented, ...]:
    """Every setting with its default and description, in order."""
    return tuple(
        Documented(PREFIX + field.name.upper(), _default(field.default), _description(field.type))
        for field in msgspec.structs.fields(Settings)
    )


def _default(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _description(annotation: object) -> str:
    metas = getattr(annotation, "__metadata__", ())
    return next((meta.description for meta in reversed(metas) if meta.description), "")
