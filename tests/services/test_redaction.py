import io

from mission_control.domain.redact import Redactor
from mission_control.services.redaction import Outcome, Report, redact_stream


def passed(content: bytes) -> tuple[bytes, Report]:
    sink = io.BytesIO()
    report = redact_stream(io.BytesIO(content).read, sink.write, Redactor(b"k"), "worker.log")
    return sink.getvalue(), report


def test_a_file_is_passed_on_with_masks() -> None:
    out, report = passed(b"ready\npassword=hunter22\n" * 1000)
    assert b"hunter22" not in out
    assert out.count(b"MASKED.secret.") == 1000
    assert report.lines() == ["1000 values masked in worker.log", "    1000 named-value"]


def test_a_report_that_was_asked_for_fails_when_something_was_masked() -> None:
    _, report = passed(b"password=hunter22\n")
    assert report.outcome(is_asked=True) is Outcome.MASKED
    assert report.outcome(is_asked=False) is Outcome.DONE


def test_a_file_without_secrets_is_passed_on_as_it_is() -> None:
    out, report = passed(b"ready\n\xff latin\n")
    assert out == b"ready\n\xff latin\n"
    assert report.outcome(is_asked=True) is Outcome.DONE


def test_a_file_that_is_not_text_is_not_passed_on() -> None:
    out, report = passed(b"\x00\x01\x02hunter22" * 100)
    assert b"hunter22" not in out
    assert report.outcome(is_asked=False) is Outcome.NOT_TEXT
    assert report.lines() == ["worker.log is not text. Nothing of it was passed on."]
