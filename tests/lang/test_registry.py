"""Registries: found by walking a package, asked by key, abbreviation or German name."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import stamm.lang.registry as registry_module
from stamm.lang.definition import Definition
from stamm.lang.errors import UsageError
from stamm.lang.example import given, rows
from stamm.lang.registry import Registry
from stamm.metrics import METRICS

ONE = '''
from tests.lang.kinds import Thing

class {name}(Thing):
    """A thing."""
    de = "{de}"
    also = "{also}"
'''


class Thing(Definition):
    """What the registries of these tests hold."""

    abstract = True


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes packages of things; each is forgotten afterwards."""
    made: list[str] = []
    kinds = ModuleType("tests.lang.kinds")
    kinds.Thing = Thing  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tests.lang.kinds", kinds)
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str, **files: str) -> str:
        for path, text in files.items():
            file = tmp_path / name / (path.replace("__in__", "/") + ".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            (file.parent / "__init__.py").touch()
            file.write_text(text, encoding="utf-8")
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "__init__.py").touch()
        made.append(name)
        return name

    yield make
    for module in [module for module in sys.modules if module.split(".")[0] in made]:
        del sys.modules[module]


def thing(name: str, de: str = "Ding", also: str = "") -> str:
    return ONE.format(name=name, de=de, also=also)


def test_walks_packages_within_packages(package: Any) -> None:
    name = package("garden_a", rose=thing("RedRose"), deep__in__oak=thing("OldOak"))
    found = Registry(Thing, name, "thing")
    assert found.keys() == ("old_oak", "red_rose")
    assert len(found) == 2
    assert "old_oak" in found
    assert [definition.key for definition in found] == ["old_oak", "red_rose"]


def test_abstract_and_borrowed_classes_are_passed_over(package: Any) -> None:
    text = thing("Rose") + "\nclass Flower(Thing):\n    '''Flowers.'''\n    abstract = True\n"
    name = package("garden_b", rose=text, tulip="from garden_b.rose import Flower, Rose\n" + thing("Tulip"))
    assert Registry(Thing, name, "thing").keys() == ("rose", "tulip")


def test_two_of_one_key_are_refused(package: Any) -> None:
    name = package("garden_c", one=thing("Rose"), two=thing("Rose"))
    with pytest.raises(UsageError, match="share the key 'rose'") as caught:
        Registry(Thing, name, "thing").keys()
    assert "garden_c.one" in caught.value.what
    assert "garden_c.two" in caught.value.what


def test_others_add_packages_by_entry_point(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    home = package("garden_d", rose=thing("Rose"))
    away = package("nursery_d", fern=thing("Fern"))
    asked: list[str] = []

    def entry_points(*, group: str) -> list[EntryPoint]:
        asked.append(group)
        return [EntryPoint("nursery", away, group)]

    monkeypatch.setattr(registry_module, "entry_points", entry_points)
    found = Registry(Thing, home, "thing")
    assert found.keys() == ("fern", "rose")
    assert asked == ["stamm.things"]
    third = package("nursery_e", moss=thing("Moss"))
    monkeypatch.setattr(registry_module, "entry_points", lambda *, group: [EntryPoint("third", third, group)])
    assert found.keys() == ("fern", "rose")
    found.refresh()
    assert found.keys() == ("moss", "rose")


@pytest.mark.parametrize(
    "asked", ["net_rose_score", "NRS", "nrs", "net-rose-score", "Net Rose Score", "Echte Rosen", " nrs "]
)
def test_keys_abbreviations_and_german_names(package: Any, asked: str) -> None:
    found = Registry(Thing, package("garden_f", rose=thing("NetRoseScore", "Echte Rosen", "NRS")), "thing")
    assert found[asked].key == "net_rose_score"


@pytest.mark.parametrize(("de", "also"), [("Social-Rosen-Rate", ""), ("Rosen", "R-S")])
def test_names_with_hyphens(package: Any, de: str, also: str) -> None:
    found = Registry(Thing, package("garden_g", rose=thing("NetRoseScore", de, also)), "thing")
    assert found[also or de].key == "net_rose_score"


def test_did_you_mean() -> None:
    with pytest.raises(UsageError, match="no metric named 'customer_retention_rat'") as caught:
        METRICS["customer_retention_rat"]
    assert caught.value.remedy.startswith("Did you mean customer_retention_rate")
    with pytest.raises(UsageError) as caught:
        METRICS["churn"]
    assert "customer_churn_rate" in caught.value.remedy
    with pytest.raises(UsageError) as caught:
        METRICS["zzzzzz"]
    assert caught.value.remedy == "`stamm explain` lists all metrics."
    with pytest.raises(UsageError):
        METRICS[""]


def test_a_word_in_several_names_suggests_the_one_that_leads() -> None:
    with pytest.raises(UsageError) as caught:
        METRICS["churn"]
    assert "customer_churn_rate" in caught.value.remedy


@pytest.mark.parametrize("metric", list(METRICS), ids=lambda metric: metric.key)
def test_every_metric_answers_to_its_names(metric: Any) -> None:
    for name in (metric.key, metric.de, metric.also):
        if name and "-" not in name:
            assert METRICS[name] is metric


def test_every_metric_answers_to_its_english_name() -> None:
    assert [metric.key for metric in METRICS if METRICS[metric.en] is not metric] == []


def test_tables_in_examples() -> None:
    assert rows("a  b\n 1  -\n\n x_y  2") == ({"a": "1", "b": None}, {"a": "x_y", "b": "2"})
    with pytest.raises(ValueError, match="a row has 1 words where the heading has 2"):
        rows("a b\n1")


def test_examples_tell_facts_from_settings() -> None:
    made = given(orders=rows("a\n1"), window="2024-02", by="country").gives(DE=1, AT=None)
    assert made.is_facts
    assert list(made.facts) == ["orders"]
    assert made.context == {"window": "2024-02", "by": "country"}
    assert made.groups == {"DE": 1, "AT": None}
    assert not given(start=1, kept=1).gives(1).is_facts
