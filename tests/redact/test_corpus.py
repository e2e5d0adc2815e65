import time

import pytest

from mission_control.domain.redact import Redactor
from tests.redact.corpus.dresses import DRESSES
from tests.redact.corpus.harmless import look_alikes
from tests.redact.corpus.secrets import secrets

SECRETS = tuple(secrets())
HARMLESS = tuple(look_alikes())
RECALL = 0.99
TOUCHED = 0.005


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(b"corpus" * 5)


@pytest.fixture(scope="module")
def plain() -> Redactor:
    return Redactor(b"corpus" * 5, fast=False)


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(SECRETS) >= 400
    assert len({case.text for case in SECRETS}) == len(SECRETS)
    assert len(set(HARMLESS)) >= 400


@pytest.mark.parametrize("dress", DRESSES)
def test_secrets_are_found_in_every_dress(redactor: Redactor, dress: str) -> None:
    put_on = DRESSES[dress]
    missed = [case.name for case in SECRETS if case.secret in redactor.text(put_on(case.text))]
    assert len(missed) <= len(SECRETS) * (1 - RECALL), missed


@pytest.mark.parametrize("dress", DRESSES)
def test_look_alikes_are_left_alone_in_every_dress(redactor: Redactor, dress: str) -> None:
    put_on = DRESSES[dress]
    touched = [line for line in HARMLESS if redactor.text(put_on(line)) != put_on(line)]
    assert len(touched) <= len(HARMLESS) * TOUCHED, touched


@pytest.mark.parametrize("dress", DRESSES)
def test_redacting_the_corpus_twice_changes_nothing(redactor: Redactor, dress: str) -> None:
    once = [redactor.text(DRESSES[dress](case.text)) for case in SECRETS]
    assert [redactor.text(text) for text in once] == once


def test_without_hyperscan_the_same_is_found(redactor: Redactor, plain: Redactor) -> None:
    texts = [case.text for case in SECRETS[::3]]
    assert [plain.text(text) for text in texts] == [redactor.text(text) for text in texts]


def test_the_corpus_takes_no_noticeable_time(redactor: Redactor) -> None:
    began = time.process_time()
    for case in SECRETS:
        redactor.text(case.text)
    assert time.process_time() - began < 0.4
