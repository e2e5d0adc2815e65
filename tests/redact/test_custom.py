import pytest

from mission_control.domain.redact import CustomRule, Places, Redactor, problems, rules_for


def redactor(*rules: CustomRule, file: str = "") -> Redactor:
    chosen = rules_for(rules, file)
    return Redactor(b"custom", extra=chosen.rules, places=chosen.places(Places()))


def test_a_literal_is_hidden() -> None:
    assert "Project Falcon" not in redactor(CustomRule("codename", literal="Project Falcon")).text(
        "on Project Falcon"
    )


def test_an_expression_is_hidden() -> None:
    masked = redactor(CustomRule("ticket", expression="TICKET-[0-9]{4}")).text("see TICKET-1234 now")
    assert masked.startswith("see MASKED.custom.")
    assert masked.endswith(" now")


def test_a_path_is_hidden_in_trees() -> None:
    safe = redactor(CustomRule("owner", path="spec.*.owner")).tree(
        {"spec": {"a": {"owner": "me"}, "owner": "you"}}
    )
    assert safe["spec"]["a"]["owner"].startswith("MASKED.")
    assert safe["spec"]["owner"] == "you"


def test_a_rule_for_some_files_leaves_others_alone() -> None:
    rule = CustomRule("host", literal="db-internal", files="*.log")
    assert "db-internal" not in redactor(rule, file="worker.log").text("to db-internal")
    assert "db-internal" in redactor(rule, file="worker.yaml").text("to db-internal")


def test_a_rule_can_hide_whole_files() -> None:
    rule = CustomRule("dumps", whole_file=True, files="*.dump")
    assert rules_for([rule], "core.dump").hides_whole
    assert not rules_for([rule], "core.log").hides_whole


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (CustomRule("Bad Name", literal="abc"), "needs small letters"),
        (CustomRule("none"), "exactly one"),
        (CustomRule("two", literal="abc", path="a.b"), "exactly one"),
        (CustomRule("short", literal="a"), "3 to 1000"),
        (CustomRule("open", expression="(abc"), "cannot be used"),
        (CustomRule("all", expression="a*"), "cannot be used"),
        (CustomRule("every", expression="."), "ordinary text"),
        (CustomRule("back", expression=r"(a)\1"), "cannot be used"),
        (CustomRule("path", path="a..b"), "not of the form"),
        (CustomRule("whole", whole_file=True), "needs `files`"),
    ],
)
def test_a_rule_that_cannot_work_is_explained(rule: CustomRule, told: str) -> None:
    assert told in " ".join(problems(rule))
    with pytest.raises(ValueError, match="cannot be used"):
        rules_for([rule])


def test_a_good_rule_has_no_problems() -> None:
    assert problems(CustomRule("ok", expression="AB[0-9]+", files="*.log")) == ()
