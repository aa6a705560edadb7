"""Who the customers are, when they come, and when they really leave."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.lang.window import days_of
from stamm.sources.local_time import DAY, Mask, Whole
from stamm.sources.simulated.columns import NEVER, Real, chosen, days, moments, named, picked, same
from stamm.sources.simulated.personas import KEYS, trait
from stamm.sources.simulated.seasons import HOUR, Season
from stamm.sources.simulated.shop import BLOCK, Shop

#: city, its country, share
_CITIES = (
    ("Berlin", "DE", 0.2), ("Hamburg", "DE", 0.13), ("Köln", "DE", 0.12), ("München", "DE", 0.13),
    ("Leipzig", "DE", 0.1), ("Dresden", "DE", 0.07), ("Wien", "AT", 0.1), ("Graz", "AT", 0.05),
    ("Zürich", "CH", 0.06), ("Basel", "CH", 0.04),
)  # fmt: skip
_ZONES = {"DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich"}
#: how customers are first won, and the share of each
WON = ("search", "search-ads", "social-ads", "friends", "press")
_WON_SHARES = (0.35, 0.25, 0.15, 0.2, 0.05)
_FAMILY = tuple(json.dumps({"household_size": size}) for size in (1, 2, 3, 4))
MOVES, COMPANIES, GERMAN = 0.08, 0.03, 0.85
#: pairs of neighbours in the list that share a device
SHARING = 0.06
#: the sooner after the opening, the more come: 1 would be evenly
_RUSH = 1.5


@dataclass(frozen=True)
class People:
    """A block of customers, one place in every array each."""

    shop: Shop
    block: int
    #: number of each in the whole world
    number: Whole
    persona: npt.NDArray[np.int64]
    #: the first order, and when the customer really left (often after the end), microseconds UTC
    arrived: Whole
    leaves: Whole
    #: true rates: orders a business day, and leaving a day
    orders_a_day: Real
    leaving_a_day: Real
    won: Whole
    consents: dict[str, Mask]
    loyal: Mask
    #: whether the customer also uses the first device of the one before in the list
    shares: Mask

    def __len__(self) -> int:
        return len(self.number)

    @property
    def last(self) -> Whole:
        """Until when each can do something: the leaving, or the end."""
        return np.minimum(self.leaves, self.shop.end)

    def trait(self, name: str) -> Real:
        """A column of the table of personas for each."""
        return trait(name, self.persona)

    def ids(self, places: Whole, where: Mask | None = None) -> pa.Array:
        """Customer ids of places in the block; empty where it does not hold."""
        return named("c", self.number[places], where)


def people(shop: Shop, block: int, season: Season) -> People:
    """The customers of a block."""
    chance = shop.chance("people", block)
    number = np.arange(block * BLOCK, min((block + 1) * BLOCK, shop.customers), dtype=np.int64)
    size = len(number)
    persona = picked(chance, trait("share"), size)
    opens = season.passed(np.array([shop.start + 6 * HOUR]))[0]
    arrived = season.moments(opens + (season.run[-1] - opens) * chance.random(size) ** _RUSH)
    arrived = np.minimum(arrived, shop.end - 2)
    spread, firmness = trait("spread", persona), trait("firmness", persona)
    orders_a_day = chance.gamma(spread) / spread * trait("orders_a_year", persona) / 365.25
    leaving_a_day = chance.gamma(firmness) / ((firmness - 1) * trait("stays_days", persona))
    stays = np.minimum(chance.exponential(size=size) / leaving_a_day, 36_500.0)
    return People(
        shop=shop,
        block=block,
        number=number,
        persona=persona,
        arrived=arrived,
        leaves=arrived + 1 + (stays * DAY).astype(np.int64),
        orders_a_day=orders_a_day,
        leaving_a_day=leaving_a_day,
        won=picked(chance, _WON_SHARES, size),
        consents={name: chance.random(size) < trait(name, persona) for name in ("email", "whatsapp")},
        loyal=chance.random(size) < 0.5,
        shares=(np.arange(size) % 2 == 1) & (chance.random(size) < SHARING),
    )


def customers(folk: People) -> pa.Table:
    """Facts: a row when each came, and another where one moved."""
    shop, size = folk.shop, len(folk)
    chance = shop.chance("customers", folk.block)
    shares = [share for _, _, share in _CITIES]
    city, other = picked(chance, shares, size), picked(chance, shares, size)
    moved = chance.random(size) < MOVES
    moves = np.where(moved, folk.arrived + (chance.uniform(20, 500, size) * DAY).astype(np.int64), NEVER)
    birthday = -chance.integers(0, 365 * 55, size) + 365 * 35
    german, company = chance.random(size) < GERMAN, chance.random(size) < COMPANIES
    family = picked(chance, [0.35, 0.35, 0.15, 0.15], size)
    again = np.flatnonzero(moves < shop.end)
    place = np.concatenate([np.arange(size), again])
    where = np.concatenate([city, other[again]])
    countries = [country for _, country, _ in _CITIES]
    ids = folk.ids(place)
    return pa.table(
        {
            "customer_id": ids,
            "valid_from": moments(np.concatenate([folk.arrived, moves[again]]), shop.end),
            "first_seen_at": moments(folk.arrived[place], shop.end),
            "email": pc.binary_join_element_wise(ids, "example.org", "@"),
            "phone": _phones(folk.number[place]),
            "name": pc.binary_join_element_wise("Customer", ids, " "),
            "language": chosen(("en", "de"), german[place].astype(np.int64)),
            "country": chosen(countries, where),
            "city": chosen([name for name, _, _ in _CITIES], where),
            "time_zone": chosen([_ZONES[country] for country in countries], where),
            "birthday_on": days(birthday[place]),
            "acquired_through": chosen(WON, folk.won[place]),
            "company": same("Example Ltd", len(place), company[place]),
            "persona": chosen(KEYS, folk.persona[place]),
            "traits": chosen(_FAMILY, family[place]),
        }
    )


def _phones(number: Whole) -> pa.Array:
    """Numbers that nobody can be reached at: no country has the code 999."""
    digits = pc.utf8_lpad(pa.array(number).cast(pa.string()), 9, "0")
    return pc.binary_join_element_wise("+999", digits, "")


def consents(folk: People, withdrawn: dict[str, Whole]) -> pa.Table:
    """Facts: what each said when they came, and the objections of those who unsubscribed."""
    shop, size = folk.shop, len(folk)
    purposes, parts = tuple(folk.consents), []
    for place, purpose in enumerate(purposes):
        gone = np.flatnonzero(withdrawn[purpose] < shop.end)
        who = np.concatenate([np.arange(size), gone])
        first = np.arange(len(who)) < size
        parts.append(
            pa.table(
                {
                    "consent_id": named("", folk.number[who] * 4 + place * 2 + ~first),
                    "customer_id": folk.ids(who),
                    "purpose": chosen(purposes, np.full(len(who), place)),
                    "granted": pa.array(first & folk.consents[purpose][who]),
                    "recorded_at": moments(np.concatenate([folk.arrived, withdrawn[purpose][gone]]), shop.end),
                    "evidence": chosen(("unsubscribed", "form"), first.astype(np.int64)),
                }
            )
        )
    return pa.concat_tables(parts)


def days_alive(folk: People, moment: int) -> Real:
    """Days each has been a customer by a moment; negative before they came."""
    return (np.minimum(folk.last, moment) - folk.arrived) / DAY


def local_days(found: Whole, zone: str) -> npt.NDArray[np.datetime64]:
    """Local days of moments (microseconds UTC)."""
    return days_of(found.astype("datetime64[us]"), zone)
