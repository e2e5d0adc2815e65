import base64
import csv
import html
import io
import json
import shlex
import urllib.parse

import pytest
import yaml

from mission_control.domain.redact import MASK, MaskInWriteError, Redactor, contains_mask, refuse_mask
from mission_control.domain.redact.masks import Masks

TOKEN = Masks(b"install").mask(b"hunter22", b"jwt").decode()


def test_a_mask_names_its_kind_and_a_fingerprint() -> None:
    assert TOKEN.startswith("MASKED.jwt.")
    assert len(TOKEN.rsplit(".", 1)[1]) == 10


def test_equal_secrets_have_equal_masks_and_others_have_others() -> None:
    redactor = Redactor(b"install")
    assert redactor.text("password=hunter22") == "password=" + redactor.text('{"api_key": "hunter22"}')[13:-2]
    assert redactor.text("password=hunter22") != redactor.text("password=hunter23")


def test_another_key_gives_other_fingerprints() -> None:
    assert Masks(b"one").mask(b"hunter22") != Masks(b"two").mask(b"hunter22")


def test_without_a_key_nothing_is_told_about_the_value() -> None:
    assert Redactor().text("password=hunter22") == Redactor().text("password=another1") == f"password={MASK}"


def test_a_mask_tells_no_length() -> None:
    redactor = Redactor(b"install")
    assert len(redactor.text("password=" + "a1" * 4)) == len(redactor.text("password=" + "a1" * 90))


def test_a_mask_survives_json_yaml_csv_html_urls_and_a_shell() -> None:
    row = io.StringIO()
    csv.writer(row).writerow(["a", TOKEN])
    assert json.loads(json.dumps(TOKEN)) == TOKEN
    assert yaml.safe_load(f"key: {TOKEN}") == {"key": TOKEN}
    assert row.getvalue().strip() == f"a,{TOKEN}"
    assert html.escape(TOKEN) == TOKEN
    assert urllib.parse.quote(TOKEN) == TOKEN
    assert shlex.quote(TOKEN) == TOKEN


def test_an_api_server_refuses_a_mask_as_the_data_of_a_secret() -> None:
    with pytest.raises(ValueError, match=r"Only base64|non-base64|Non-base64"):
        base64.b64decode(TOKEN, validate=True)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"u:{TOKEN}@h",
        TOKEN[:14],
        TOKEN.lower(),
        "••••",
        base64.b64encode(TOKEN.encode()).decode(),
        base64.b64encode(f"x{TOKEN}".encode()).decode(),
        base64.b64encode(f"xy{TOKEN}".encode()).decode(),
    ],
)
def test_a_mask_is_recognised_whole_cut_encoded_and_as_a_chip(text: str) -> None:
    assert contains_mask(text)


@pytest.mark.parametrize("text", ["", "the value was MASKED. Next", "masked", "password=hunter22", "a.b.c"])
def test_ordinary_text_holds_no_mask(text: str) -> None:
    assert not contains_mask(text)


def test_a_write_with_a_mask_is_refused_with_the_line() -> None:
    with pytest.raises(
        MaskInWriteError, match=r"values of release main: line 2 holds a mask.*Nothing was written"
    ):
        refuse_mask(f"a: 1\nb: {TOKEN}\n", "the values of release main")


def test_a_write_with_a_mask_is_refused_with_the_path() -> None:
    with pytest.raises(MaskInWriteError, match=r"config\.items\[1\]\.key"):
        refuse_mask({"config": {"items": [{}, {"key": TOKEN}]}}, "the values")


def test_a_write_without_a_mask_passes() -> None:
    refuse_mask({"a": ["b", 1, None, b"c"]}, "the values")
