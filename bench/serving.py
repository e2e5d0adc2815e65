"""What `serve` holds and costs while people look, on the replayed large cluster and on a quiet one.

    python -m bench.serving pages     20 live streams: memory, and the time of each page
    python -m bench.serving changes   50 changes a second, 19 streams and a browser: change on screen, cpu
    python -m bench.serving tabs      twelve tabs of one browser, of which one is looked at
    python -m bench.serving idle      a quiet cluster: the one of KUBECONFIG, such as 5,000 pods of a sandbox

Goals: 384 MiB steady and 512 at the most; 300 ms for a page; 250 ms for 99 of 100 changes; half a core;
2 % of one when idle.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from bench.console import Console, Streams, serving
from bench.measuring import load
from bench.replaying import Replaying, replayed

PAGES = (
    "/",
    "/health/langsmith-0/langsmith",
    "/health/outside",
    "/workloads",
    "/workloads?kind=deployments",
    "/workloads?sort=-cpu",
    "/workloads?only=wrong",
    "/workloads?q=service-1",
)
SETTLES = 20.0
RATE = 50.0


def pages(console: Console, replay: Replaying, runs: int) -> None:
    """Each page again after a change, so that none comes from what was kept."""
    print(f"first whole picture after {console.wait():.1f} s")
    streams = Streams(console, 20)
    time.sleep(SETTLES)
    print("memory with 20 streams: {:.0f} MiB now, {:.0f} MiB at the most".format(*console.memory))
    for path in PAGES:
        took = []
        for _ in range(runs):
            replay.ask("mark")
            time.sleep(0.7)
            began = time.perf_counter()
            console.get(path, inside=True)
            took.append((time.perf_counter() - began) * 1000)
        print(f"{path:<34}{sorted(took)[len(took) // 2]:>8.0f} ms median{max(took):>8.0f} ms worst")
    print("memory after the pages: {:.0f} MiB now, {:.0f} MiB at the most".format(*console.memory))
    print(f"the streams heard {streams.heard} changes")


def changes(console: Console, replay: Replaying, seconds: float) -> None:
    """A browser looks at one pod while the cluster lives."""
    from bench import screen  # noqa: PLC0415 (the others need no browser)

    console.wait()
    streams = Streams(console, 19)
    time.sleep(SETTLES)
    with screen.browser(console) as context:
        page = screen.marked(context, console)
        replay.ask("live", rate=RATE, seconds=seconds + 20)
        time.sleep(5)
        before, began, heard = console.cpu, time.monotonic(), streams.heard
        found = screen.delays(page, replay, int(seconds / 0.5), 0.5)
        passed = time.monotonic() - began
    share = 100 * (console.cpu - before) / passed
    told = (streams.heard - heard) / 19 / passed
    print(f"{replay.ask('state')['changes']} changes made; each stream was told {told:.1f} times a second")
    print(_spread("change on screen", found))
    print(f"processor: {share:.0f} % of a core over {passed:.0f} s")
    print("memory: {:.0f} MiB now, {:.0f} MiB at the most".format(*console.memory))


def tabs(console: Console, replay: Replaying, seconds: float) -> None:
    """Twelve tabs, one of them before the others."""
    from bench import screen  # noqa: PLC0415 (the others need no browser)

    console.wait()
    with screen.browser(console) as context:
        opened = []
        for n in range(11):
            page = context.new_page()
            began = time.perf_counter()
            page.goto(console.address + PAGES[n % len(PAGES)])
            opened.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        seen = screen.marked(context, console)
        opened.append((time.perf_counter() - began) * 1000)
        seen.bring_to_front()
        found = screen.delays(seen, replay, int(seconds), 1.0)
        began = time.perf_counter()
        seen.goto(console.address + "/")
        print(_spread("a tab opens", opened))
        print(_spread("change on screen", found))
        print(f"the twelfth tab goes to Home in {(time.perf_counter() - began) * 1000:.0f} ms")


def idle(console: Console, seconds: float) -> None:
    """Nobody looks and nothing is asked."""
    console.wait()
    time.sleep(SETTLES)
    before, began = console.cpu, time.monotonic()
    time.sleep(seconds)
    share = 100 * (console.cpu - before) / (time.monotonic() - began)
    print(f"processor: {share:.2f} % of a core over {seconds:.0f} s")
    print("memory: {:.0f} MiB now, {:.0f} MiB at the most".format(*console.memory))


def _spread(name: str, found: Sequence[float]) -> str:
    ordered = sorted(found)
    at = {share: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.9, 0.99)}
    return (
        f"{name}: {at[0.5]:.0f} ms median, {at[0.9]:.0f} p90, {at[0.99]:.0f} p99, {ordered[-1]:.0f} worst "
        f"of {len(ordered)}"
    )


def main() -> None:
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=["pages", "changes", "tabs", "idle"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    print(load())
    if chosen.what == "idle":
        with serving() as console:
            console.enter()
            idle(console, chosen.seconds)
        return
    with replayed() as replay, serving(replay.kubeconfig) as console:
        console.enter()
        if chosen.what == "pages":
            pages(console, replay, chosen.runs)
        else:
            (changes if chosen.what == "changes" else tabs)(console, replay, chosen.seconds)
    print(load())


if __name__ == "__main__":
    main()
