from __future__ import annotations

import pytest

from mission_control import settings


def test_without_variables_only_this_machine_is_served() -> None:
    made = settings.read({})
    assert (made.host, made.port, made.is_local, made.namespaces) == ("127.0.0.1", 8090, True, ())


def test_variables_fill_the_settings() -> None:
    made = settings.read({"MC_PORT": "0", "MC_NAMESPACES": "shop, stage,", "MC_ALLOW_REMOTE": "true"})
    assert (made.port, made.namespaces, made.allow_remote) == (0, ("shop", "stage"), True)


def test_an_empty_variable_counts_as_absent() -> None:
    assert settings.read({"MC_PORT": " "}).port == settings.Settings().port


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MC_PORT", "tcp://10.0.0.1:80"),
        ("MC_PORT", "70000"),
        ("MC_LOG_LEVEL", "loud"),
        ("MC_ALLOW_REMOTE", "maybe"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_variable(variable: str, value: str) -> None:
    with pytest.raises(settings.SettingsError) as told:
        settings.read({variable: value})
    assert variable in told.value.says
    assert value in told.value.says
    assert told.value.fix


def test_the_state_is_kept_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    assert str(settings.Settings().state_dir) == "/var/state/mission-control"
    assert str(settings.Settings(data_dir="/data").state_dir) == "/data"
