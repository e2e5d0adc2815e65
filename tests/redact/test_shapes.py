import pytest

from mission_control.domain.redact import Redactor

KEY = """-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEAnRKotbR8r2HCczgGdpByYetQ1FWnnUbb9BYcn9nuexqsFyy4
q7hF3sVv1mT0aBcDeFgH1jKlMnOpQrStUvWxYz0123456789abcdefghijklmnop
abcdEFGH1234
-----END RSA PRIVATE KEY-----"""


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(b"shapes")


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        KEY.replace("\n", "\\n"),
        KEY.replace("\n", "\r\n"),
        KEY[:180],
        KEY[60:],
        KEY.replace("\n", "\n    "),
        "\n".join(f"2026-01-01T00:00:00Z stdout F {line}" for line in KEY.split("\n")),
        f'"{KEY}"',
    ],
)
def test_no_line_of_a_private_key_is_left(redactor: Redactor, text: str) -> None:
    masked = redactor.text(f"before\n{text}\nafter this line")
    assert "MASKED.private-key." in masked
    assert not any(part in masked for part in ("MIIEow", "yetQ1F", "q7hF3s", "abcdEFGH"))
    assert "after this line" in masked


def test_the_data_of_a_secret_in_yaml_are_hidden_and_those_of_a_config_map_are_not(
    redactor: Redactor,
) -> None:
    text = "data:\n  a: bGljLTk4\n  b: |\n    Zm9v\n    YmFy\nkind: Secret\n---\n"
    text += "data:\n  a: bGljLTk4\nkind: ConfigMap\n"
    secret, config = redactor.text(text).split("---")
    assert not any(part in secret for part in ("bGljLTk4", "Zm9v", "YmFy"))
    assert "bGljLTk4" in config


def test_the_data_of_a_secret_in_json_are_hidden(redactor: Redactor) -> None:
    text = '{"data":{"a":"bGljLTk4","b":"Zm9v"},"kind":"Secret","metadata":{"name":"x"}}'
    masked = redactor.text(text)
    assert "bGljLTk4" not in masked
    assert "Zm9v" not in masked
    assert '"metadata":{"name":"x"}' in masked


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgres://app:p/w#d@db/x", "postgres://app:{}@db/x"),
        ("Cookie: a=b1; c=d2", "Cookie: {}"),
        ("mysql -u root -pHunter22 app", "mysql -u root -p{} app"),
        ("password: correct horse battery", "password: {}"),
        ("DB_PASSWORD=p@ss,w&rd(1)", "DB_PASSWORD={}"),
        ('{"password": 12345678}', '{{"password": "{}"}}'),
        ("password: &anchor hunter22", "password: &anchor {}"),
        ('{"token":"abc\\"def123"}', '{{"token":"{}"}}'),
        ("Client(password=hunter22, user=x)", "Client(password={}, user=x)"),
        ("?password=hunter22&user=x", "?password={}&user=x"),
        ("'auth': b'Bearer abc123abc123abc1'", "'auth': b'Bearer {}'"),
        ("auth=('user', 'hunter22')", "auth=('user', '{}')"),
    ],
)
def test_only_the_value_is_masked(redactor: Redactor, text: str, left: str) -> None:
    masked = redactor.text(text)
    start = masked.index("MASKED.")
    end = masked.index(".", start + 7) + 11
    assert masked[:start] + "{}" + masked[end:] == left.replace("{{", "{").replace("}}", "}")


@pytest.mark.parametrize("text", ["", "one line", "key=value", "password: ${X}"])
def test_text_without_secrets_is_the_very_same_object(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) is text


def test_binary_content_is_reported_and_not_passed_on(redactor: Redactor) -> None:
    assert b"hunter22" not in redactor.unknown(b"\x00\x01\x02password=hunter22\x00\xff" * 9)


def test_wide_text_is_redacted(redactor: Redactor) -> None:
    masked = redactor.unknown("password=hunter22 and more".encode("utf-16"))
    assert b"MASKED.secret." in masked
