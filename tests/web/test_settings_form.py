"""The settings of a definition as a form: what an address says of them, in words, and what does not fit."""

from __future__ import annotations

from stamm.analyses import ANALYSES
from stamm.analyses.retention_table import RetentionTable
from stamm.lang.language import Language
from stamm.web.settings_form import TAKEN, settings_form

EN, DE = Language("en"), Language("de")


def test_an_address_says_what_is_not_as_it_comes() -> None:
    form = settings_form(RetentionTable, {"rule": "on_or_after", "periods": "12", "minimum": "", "x": "y"}, EN)
    assert form.made is not None
    assert (form.settings, form.query) == ({"rule": "on_or_after"}, "rule=on_or_after")
    assert form.made.rule == "on_or_after"
    assert {field.name for field in form.first if field.changed} == {"rule"}


def test_words_in_either_language_name_the_same_sign() -> None:
    for text in ("visit", "a visit", "Ein Besuch"):
        form = settings_form(RetentionTable, {"begins_with": text}, DE, first=("begins_with",))
        assert form.settings == {"begins_with": "visit"}
        assert form.first[0].value == "ein Besuch"
    named = settings_form(RetentionTable, {"begins_with": "track:Signed up"}, DE, first=("begins_with",))
    assert named.first[0].value == "track:Signed up"


def test_what_does_not_fit_is_said_beside_it_and_stays_as_it_was_written() -> None:
    given = {"minimum": "0", "rule": "never", "periods": "7"}
    form = settings_form(RetentionTable, given, EN, first=("rule",))
    assert form.made is None
    assert form.first[0].problem == "Choose one of the list."
    fields = {field.name: field for field in form.rest}
    assert (fields["minimum"].value, fields["minimum"].problem) == ("0", "Write a whole number from 1 to 1,000.")
    assert (fields["periods"].value, fields["periods"].changed) == ("7", True)
    assert (form.opened, form.changed) == (True, 1)


def test_what_does_not_go_together_is_said_in_words() -> None:
    form = settings_form(RetentionTable, {"of": "contribution", "rule": "bracket"}, DE)
    assert form.made is None
    assert form.problem == "Ein Deckungsbeitrag wird aufsummiert, er verträgt sich deshalb nur mit rule=on."


def test_every_setting_of_an_analysis_is_told_in_words() -> None:
    for kind in ANALYSES:
        for name, setting in kind.settings_declared().items():
            assert name not in TAKEN, kind.key
            assert setting.title is not None, (kind.key, name)
            named = {choice for choice in setting.choices or () if isinstance(choice, str)}
            assert named <= setting.words.keys(), (kind.key, name)
            assert all(phrase.en != phrase.de for phrase in setting.words.values()), (kind.key, name)
