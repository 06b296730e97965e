"""The other Member States of the canonical workload: codes and regions; statuses and dates illustrative."""

from collections.abc import Iterator
from random import Random

from iso3166 import countries_by_alpha3

from bench.workload.diary import Event, fact
from bench.workload.sample_states import ADMITTED_ON, assessed, paid

DEVELOPING = {
    "africa": "DZA AGO BEN BWA BFA BDI CMR CPV CAF TCD COM COG COD CIV DJI GNQ ERI SWZ ETH GAB GMB GIN GNB LSO LBR "
    "LBY MDG MWI MLI MRT MUS MAR MOZ NAM NER NGA RWA STP SYC SLE SOM ZAF SSD SDN TGO TUN UGA ZMB ZWE",
    "asia-and-oceania": "AFG CHN COK FJI IND IRN KHM KIR LAO LKA MDV MHL FSM MNG MMR NRU PAK PLW PNG WSM SLB THA "
    "TLS TON TUV VUT VNM",
    "latin-america-and-the-caribbean": "ATG ARG BHS BLZ BOL BRA CHL CRI CUB DMA DOM SLV GRD GTM GUY HTI JAM MEX NIC "
    "PAN PRY KNA LCA VCT SUR TTO URY VEN",
    "middle-east": "IRQ LBN SYR",
}
IN_TRANSITION = {
    "europe": "ARM AZE BLR BIH GEO KGZ MNE MKD SRB TJK TKM TUR UZB",
    "asia-and-oceania": "KAZ",
}
OTHERS = {
    "europe": "AUT BEL DNK FIN FRA DEU GRC HUN IRL ITA LUX NLD NOR POL PRT ESP SWE CHE GBR",
    "asia-and-oceania": "AUS JPN NZL KOR",
    "latin-america-and-the-caribbean": "CAN USA",
}
EUROPEAN_UNION = frozenset(
    {"AUT", "BEL", "DNK", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL", "ITA", "LUX", "NLD", "POL", "PRT", "ESP", "SWE"}
)
IN_ARREARS = frozenset({"KEN", "COM", "SOM", "GNB", "SLE", "NRU", "SUR", "TKM", "LBR", "DJI"})


def table() -> list[tuple[str, str, str]]:
    """State, region and development status of every State, those that may receive grants first."""
    groups = ((DEVELOPING, "developing"), (IN_TRANSITION, "transition"), (OTHERS, "other"))
    return [
        (state, region, status)
        for regions, status in groups
        for region, states in regions.items()
        for state in states.split()
    ]


def admissions(rows: list[tuple[str, str, str]]) -> Iterator[Event]:
    """Admissions, and membership of the European Union where it bars from the Facility."""
    for state, region, status in rows:
        yield fact(
            "member-state.admitted",
            state=state,
            name=countries_by_alpha3[state].name,
            region=region,
            admitted_on=ADMITTED_ON,
            development_status=status,
        )
    for state in sorted(EUROPEAN_UNION.intersection(row[0] for row in rows)):
        yield fact(
            "member-state.status-changed",
            state=state,
            effective_on=ADMITTED_ON,
            eu_member=True,
            reason="Member of the European Union",
        )


def assessments(states: list[str], year: int) -> list[tuple[str, Event]]:
    """The year's dues, all on 1 January."""
    due = 33_000_00 + (year - 2011) * 500_00
    return [(f"{year}-01-01", assessed(state, year, f"{due // 100}.{due % 100:02d}")) for state in states]


def payments(rng: Random, states: list[str], year: int) -> list[tuple[str, Event]]:
    """Payments of the year's dues, in one or two parts; States in arrears pay nothing."""
    due = 33_000 + (year - 2011) * 500
    dated = []
    for state in states:
        if state in IN_ARREARS:
            continue
        parts = [due] if rng.random() < 0.7 else [due // 2, due - due // 2]
        for part in parts:
            on = f"{year}-{rng.randint(6, 11):02d}-{rng.randint(1, 28):02d}"
            dated.append((on, paid(state, f"{part}.00", on)))
    return sorted(dated, key=lambda pair: pair[0])
