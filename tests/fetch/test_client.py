"""One call out: judged, pinned, followed with care, bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest

from mission_control.fetch import Fetched, Fetcher, FetchError, Limits

Answer = Callable[[httpx2.Request], httpx2.Response]
ADDRESS = "203.0.113.7"


class Net:
    """Names and what answers at the addresses behind them. `asked` holds every request that was sent."""

    def __init__(self, answer: Answer | None = None, **names: str) -> None:
        self.names = {name.replace("_", "."): found.split(",") for name, found in names.items()}
        self.asked: list[httpx2.Request] = []
        self.looked_up: list[str] = []
        self._answer = answer or (lambda _: httpx2.Response(200, content=b"hello"))

    async def resolve(self, host: str, _: int) -> tuple[str, ...]:
        self.looked_up.append(host)
        found = self.names.get(host, [])
        return (
            tuple(found.pop(0).split("+")) if len(found) > 1 else tuple(found[0].split("+") if found else ())
        )

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self._answer(request)

    async def get(self, url: str, **limits: float) -> Fetched:
        fetcher = Fetcher(resolve=self.resolve, transport=httpx2.MockTransport(self.answer))
        headers = {"Authorization": "Bearer made-up"}
        return await fetcher.get(url, headers, Limits(**limits))  # type: ignore[arg-type]


def sending_on(to: str) -> Answer:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/first":
            return httpx2.Response(302, headers={"location": to})
        return httpx2.Response(200, content=b"there")

    return answer


async def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    net = Net(example_com=ADDRESS)
    found = await net.get("https://example.com/chart?a=1")
    assert (found.body, found.address) == (b"hello", ADDRESS)
    request = net.asked[0]
    assert request.url.host == ADDRESS
    assert request.headers["host"] == "example.com"
    assert request.extensions["sni_hostname"] == "example.com"


async def test_a_name_is_asked_for_once_so_that_it_cannot_mean_another_machine_a_moment_later() -> None:
    net = Net(example_com=f"{ADDRESS},127.0.0.1")
    await net.get("https://example.com/")
    assert net.looked_up == ["example.com"]


@pytest.mark.parametrize(
    "found", ["127.0.0.1", f"{ADDRESS}+127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"]
)
async def test_a_name_with_one_bad_address_is_not_called(found: str) -> None:
    net = Net(example_com=found)
    with pytest.raises(FetchError, match="is not called"):
        await net.get("https://example.com/")
    assert not net.asked


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://017700000001/",
        "https://localhost/",
        "https://metadata.google.internal/",
        "http://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://user:pass@example.com/",
        "https://example.com:99999/",
        "https:///nothing",
    ],
)
async def test_other_addresses_are_refused_before_anything_is_asked(url: str) -> None:
    net = Net(example_com=ADDRESS)
    with pytest.raises(FetchError) as refused:
        await net.get(url)
    assert not net.asked
    assert "pass@" not in refused.value.says


@pytest.mark.parametrize(
    "to", ["https://127.0.0.1/x", "http://example.com/x", "https://inner.example.com/", "//localhost/x"]
)
async def test_a_redirect_is_judged_like_the_first_address(to: str) -> None:
    net = Net(sending_on(to), example_com=ADDRESS, inner_example_com="169.254.169.254")
    with pytest.raises(FetchError, match="is not called"):
        await net.get("https://example.com/first")
    assert len(net.asked) == 1


async def test_a_redirect_is_followed_and_secrets_stay_with_their_host() -> None:
    net = Net(
        sending_on("https://other.example.com/second"), example_com=ADDRESS, other_example_com="198.51.100.9"
    )
    found = await net.get("https://example.com/first")
    assert (found.url, found.body) == ("https://other.example.com/second", b"there")
    assert ["authorization" in request.headers for request in net.asked] == [True, False]


async def test_secrets_follow_within_their_host() -> None:
    net = Net(sending_on("/second"), example_com=ADDRESS)
    await net.get("https://example.com/first")
    assert ["authorization" in request.headers for request in net.asked] == [True, True]


async def test_redirects_end() -> None:
    net = Net(lambda _: httpx2.Response(302, headers={"location": "/again"}), example_com=ADDRESS)
    with pytest.raises(FetchError, match="redirects more than 3 times"):
        await net.get("https://example.com/", redirects=3)
    assert len(net.asked) == 4


async def test_an_answer_without_an_end_is_given_up() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1000

    net = Net(lambda _: httpx2.Response(200, content=endless()), example_com=ADDRESS)
    with pytest.raises(FetchError, match="more than 5000 bytes"):
        await net.get("https://example.com/", size=5000)


async def test_through_a_proxy_names_are_its_business_but_addresses_are_judged() -> None:
    net = Net()
    fetcher = Fetcher(lambda _: "http://proxy:3128", resolve=net.resolve)
    with pytest.raises(FetchError, match="this machine itself"):
        await fetcher.get("https://127.0.0.1/")
    way = await fetcher._way("https://example.com/a", Limits())
    assert (way.proxy, way.url.host, net.looked_up) == ("http://proxy:3128", "example.com", [])


async def test_a_failure_says_what_to_look_at_and_no_secret() -> None:
    def failing(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route")

    net = Net(failing, example_com=ADDRESS)
    with pytest.raises(FetchError) as failed:
        await net.get("https://example.com/a?token=abc")
    assert failed.value.says == "https://example.com/a does not answer (ConnectError)."


def test_authorities_that_cannot_be_read_are_told() -> None:
    with pytest.raises(FetchError, match="no authorities"):
        Fetcher(authorities="/nowhere/ca.crt")
