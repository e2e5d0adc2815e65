"""`reach` as somebody with a terminal uses it; what may be called is tested with the client itself."""

from __future__ import annotations

import pytest

from mission_control.app.reaching import Reach, fetcher
from mission_control.cli import FAILED, main
from mission_control.settings import Settings
from mission_control.terminal import reach


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:8090/", "https://169.254.169.254/latest", "http://example.com/"]
)
def test_an_address_that_is_not_called_is_refused_with_a_sentence(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reach", url]) == FAILED
    told = " ".join(capsys.readouterr().err.split())
    assert "is not called" in told
    assert "Traceback" not in told


def test_the_way_is_told() -> None:
    found = Reach("https://example.com/", 200, "203.0.113.7", "", 12, 80)
    assert str(reach.page(found)) == "https://example.com/ answers 200 at 203.0.113.7, 12 bytes in 80 ms."


async def test_proxies_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", ".svc,10.0.0.0/8")
    made = fetcher(Settings())
    assert made._proxy("https://example.com/") == "http://proxy:3128"
    assert made._proxy("https://registry.shop.svc/") is None
    assert made._proxy("https://10.1.2.3/") is None
