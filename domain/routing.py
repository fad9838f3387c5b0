"""Who takes a report, and who may not hear it: the rules of `groups.yaml`, top to bottom, the first that fits decides.

Looks only at a label, at units and at positions; never at the text. Who must not see a case follows from the rule that
decided it, and `domain/permissions.py` enforces it:

- `e01`: nobody in the county; `e02`: nobody but the head, who sends it up; both are stopped before anything is kept.
- `e03`: nobody but the head. `e04`: nobody but the cadre office and the head; about the cadre office itself, the clue office
  and the head (`kept_under`).
- `e06`: never the unit reported, and no stationed group. `e09`: no stationed group before the clue office assigns it.
- all: neither the unit reported nor anybody in conflict with the case (`in_conflict`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.directory import VERTICAL_KINDS, Directory
from domain.permissions import CLOSED_RULES, UPWARD_RULES
from domain.taxonomy import Taxonomy
from domain.terms import Rank, RouteRule, UnitKind
from domain.values import Mentions, Position, Route, RoutingFacts

CLARIFY = "clarify"
REPLY_ONLY = "reply_only"
SUPERIOR_OF_UNIT = "superior_of_unit"
SUPERIOR_COMMISSION = "superior_commission_petition_office"
TOWNSHIP_COMMISSION = "township_commission"

_HEAD, _CADRE_OFFICE = "principal", "cadre_office"

X1_CONFLICT = "x1_conflict_of_interest"
X2_MULTI_SUBJECT = "x2_multi_subject"
X3_DANGER = "x3_danger"

VILLAGES = "villages"
EMERGENCY = "nk_emergency"
PRIVATE_PARTY = "nk_private_party"

# The ranks that decide before any unit does (e01 to e04), highest first.
_BY_RANK: dict[Rank, Route] = {
    Rank.COMMISSION_HEAD: Route(RouteRule.OWN_PRINCIPAL, SUPERIOR_COMMISSION),
    Rank.COUNTY_LEADER: Route(RouteRule.COUNTY_LEADER, SUPERIOR_COMMISSION, via="principal"),
    Rank.COMMISSION_MEMBER: Route(RouteRule.COMMISSION_MEMBER, _HEAD),
    Rank.DISCIPLINE_STAFF: Route(RouteRule.DISCIPLINE_STAFF, _CADRE_OFFICE),
}
DECIDING_RANKS = frozenset(_BY_RANK)
_OWN_RANKS = frozenset({Rank.COMMISSION_HEAD, Rank.COMMISSION_MEMBER, Rank.DISCIPLINE_STAFF})

# Accepted labels that are no accusation and have a desk of their own, whatever unit they name.
_BY_ACCEPTED_LABEL = {
    "nk_appeal": "trial_office",
    "nk_suggestion": "petition_office",
    "nk_help_request": "petition_office",
}
# These say by their meaning that no official's concrete misconduct was told: naming an official changes nothing.
# The other labels that are not accepted speak of a subject (wages, purchases …) and give way to an official accused.
_NO_MISCONDUCT_TOLD = frozenset({"nk_no_substance", "nk_spam", "nk_litigation", "nk_admin_remedy", "nk_city_service"})
# Kinds that say an official stands behind the private party, so that the party itself is not the one reported (e07).
_COLLUSION_KINDS = frozenset({"insider_scalper", "forced_intermediary"})

# Units with stations that carry a township's name (e08).
STATION_PARENTS = frozenset(
    {
        "public_security",
        "market_regulation",
        "natural_resources",
        "finance_bureau",
        "justice_bureau",
        "tax_bureau",
        "power_company",
        "court",
    }
)
_JUDICIAL_UNITS = frozenset({"public_security", "court", "procuratorate", "justice_bureau"})


@dataclass(frozen=True, slots=True)
class _Subject:
    """One matter of a report: persons of one standing in one unit, or a unit alone.

    `rank` is set where it decides: one of e01 to e04, county-managed, or private; None for everybody else.
    """

    unit: str | None
    rank: Rank | None
    positions: tuple[Position, ...] = ()


def route(facts: RoutingFacts, directory: Directory, taxonomy: Taxonomy) -> Route:
    """The body that takes a report, the rule that says so, the office that hands it on, and the overlays on top.

    Raises UnknownUnit when the facts name a unit that the directory does not have.
    """
    subjects = _subjects(facts.mentions, directory)
    overlays = [X3_DANGER] if facts.in_danger or facts.label == EMERGENCY else []
    if len(subjects) > 1:
        overlays.insert(0, X2_MULTI_SUBJECT)
    if any(p.accused and p.rank in _OWN_RANKS and p.unit in directory.bodies for p in facts.mentions.positions):
        overlays.insert(0, X1_CONFLICT)
    first = subjects[0] if subjects else None
    decided = (
        _by_rank(first)
        or _by_label(facts.label, subjects, taxonomy)
        or _by_unit(first, facts.label, facts.mentions, directory)
    )
    return replace(decided, overlays=tuple(overlays))


def must_not_collect(positions: Iterable[Position]) -> RouteRule | None:
    """The rule that forbids this level to hear a report about these persons at all; None when it may (reports rule, art. 15).

    Only persons accused count: a telephone line named after the county head, or a visit of his, forbids nothing.
    """
    ranks = {p.rank for p in positions if p.accused}
    if Rank.COMMISSION_HEAD in ranks:
        return RouteRule.OWN_PRINCIPAL
    return RouteRule.COUNTY_LEADER if Rank.COUNTY_LEADER in ranks else None


def kept_under(route: Route, mentions: Mentions) -> Route:
    """The route as a case keeps it: a report about people of the office that its rule names goes past this office (x1)."""
    if route.rule is not RouteRule.DISCIPLINE_STAFF or not in_conflict(
        RoutingFacts(None, mentions), body=_CADRE_OFFICE
    ):
        return route
    return replace(route, rule=RouteRule.CADRE_OFFICE_STAFF, owner=_HEAD, via="clue_office")


def bodies_for(rule: RouteRule, owner: str, directory: Directory) -> frozenset[str]:
    """To whom of us a case may be handed that belongs to `owner` by this rule: nobody is given what he may never see, and no
    stationed group a vertical unit or its station, which it does not watch over (e06)."""
    if rule in UPWARD_RULES:
        return frozenset()
    if rule in CLOSED_RULES:
        return frozenset({_HEAD, _CADRE_OFFICE} if rule is RouteRule.DISCIPLINE_STAFF else {_HEAD})
    return directory.bodies - directory.groups.keys() if owner == SUPERIOR_OF_UNIT else directory.bodies


def in_conflict(facts: RoutingFacts, *, body: str | None, name: str | None = None, declared: bool = False) -> bool:
    """Whether a member of staff must keep away from a case (x1; supervision law, art. 67; petition regulation, art. 28).

    `body` is the office, group or township he acts for, `name` his own. `declared` covers what only he or the reporter
    can know: kinship, an interest, having been a witness. He is in conflict too when he is named in the report, or when
    somebody of his own body is accused.
    """
    persons = facts.mentions.positions
    return (
        declared
        or any(name is not None and p.name == name for p in persons)
        or any(body is not None and p.accused and p.rank in _OWN_RANKS and p.unit == body for p in persons)
    )


def split_subjects(facts: RoutingFacts, directory: Directory) -> tuple[RoutingFacts, ...]:
    """The items a report falls into, the governing one first (x2); the facts themselves when it has one subject.

    Each item carries its own persons and unit and nothing of the others, so that an item for a lower body never brings
    out what belongs to a higher one.
    """
    subjects = _subjects(facts.mentions, directory)
    if len(subjects) < 2:
        return (facts,)
    return tuple(replace(facts, mentions=_only(subject, facts.mentions, directory)) for subject in subjects)


def _only(subject: _Subject, mentions: Mentions, directory: Directory) -> Mentions:
    """What the report says of this one subject."""
    if subject.unit is None:
        return Mentions(positions=subject.positions)
    embedded = _is_station(subject, mentions)
    local = embedded or directory.unit(subject.unit).kind is UnitKind.GRASSROOTS
    return Mentions(
        units=(subject.unit,),
        positions=subject.positions,
        township=mentions.township if local else None,
        embedded=embedded,
    )


def _subjects(mentions: Mentions, directory: Directory) -> tuple[_Subject, ...]:
    """The subjects in the order in which they govern: e01 to e04, then county-managed cadres, then by order of mention."""
    accused = [p for p in mentions.positions if p.accused]
    subjects = []
    for rank in _BY_RANK:
        persons = tuple(p for p in accused if p.rank is rank)
        if persons:
            subjects.append(_Subject(None, rank, persons))

    # The unit of somebody whose rank decides is no second subject.
    above = {p.unit for p in accused if p.rank in _BY_RANK}
    public = [unit for unit in mentions.units if unit not in above and not directory.is_private(unit)]
    officials = [
        p
        for p in accused
        if p.rank not in _BY_RANK
        and p.rank is not Rank.PRIVATE_PERSON
        and not (p.unit is not None and directory.is_private(p.unit))
    ]
    by_place: dict[tuple[str | None, bool], list[Position]] = {}
    for person in officials:
        place = (_home(person, public), person.rank is Rank.COUNTY_MANAGED)
        by_place.setdefault(place, []).append(person)
    staffed = {unit for unit, _ in by_place}
    by_place |= {(unit, False): [] for unit in public if unit not in staffed}

    def governs(place: tuple[str | None, bool]) -> tuple[bool, int]:
        unit, is_county_managed = place
        return not is_county_managed, public.index(unit) if unit in public else len(public)

    for place in sorted(by_place, key=governs):
        unit, is_county_managed = place
        rank_that_decides = Rank.COUNTY_MANAGED if is_county_managed else None
        subjects.append(_Subject(unit, rank_that_decides, tuple(by_place[place])))
    return tuple(subjects) or _private_subject(mentions, accused)


def _home(person: Position, public: list[str]) -> str | None:
    """The unit an official works in: his own, else the first public one named. A bureau head never sits in a village."""
    if person.unit is not None:
        return person.unit
    if person.rank is Rank.VILLAGE_CADRE:
        return VILLAGES
    if person.rank is Rank.COUNTY_MANAGED:
        public = [unit for unit in public if unit != VILLAGES]
    return public[0] if public else None


def _private_subject(mentions: Mentions, accused: list[Position]) -> tuple[_Subject, ...]:
    """The private party, which counts only where no official and no public unit is named (e07)."""
    persons = tuple(accused)
    if not (persons or mentions.units):
        return ()
    units = (*mentions.units, *(p.unit for p in persons))
    return (_Subject(next(iter(units), None), Rank.PRIVATE_PERSON, persons),)


def _by_rank(first: _Subject | None) -> Route | None:
    """Rules e01 to e04: the rank alone decides."""
    return _BY_RANK.get(first.rank) if first and first.rank else None


def _by_label(label: str | None, subjects: tuple[_Subject, ...], taxonomy: Taxonomy) -> Route | None:
    """The labels that are none of the thirty kinds: own desks, e05 and, for private parties, e07."""
    if label in _BY_ACCEPTED_LABEL:
        return Route(RouteRule.NON_KIND_NEXT, _BY_ACCEPTED_LABEL[label])
    non_kind = taxonomy.non_kinds.get(label or "")
    if non_kind is None or non_kind.accepted:
        return None
    official_accused = any(s.positions and s.rank is not Rank.PRIVATE_PERSON for s in subjects)
    if official_accused and label not in _NO_MISCONDUCT_TOLD:
        return None
    if label == PRIVATE_PARTY:
        return Route(RouteRule.PRIVATE_PARTY, REPLY_ONLY, unit=subjects[0].unit if subjects else None)
    return Route(RouteRule.OUT_OF_SCOPE, REPLY_ONLY)


def _by_unit(first: _Subject | None, label: str | None, mentions: Mentions, directory: Directory) -> Route:
    """Rules e06 to e12, and `clarify` where there is no unit to judge by."""
    if first is None:
        return Route(RouteRule.CLARIFY, CLARIFY)
    if first.rank is Rank.PRIVATE_PERSON:
        if label in _COLLUSION_KINDS:
            return Route(RouteRule.CLARIFY, CLARIFY)
        return Route(RouteRule.PRIVATE_PARTY, REPLY_ONLY, unit=first.unit)
    if first.unit is None:
        return Route(RouteRule.CLARIFY, CLARIFY)
    by_parent = _by_parent_unit(first.unit, first.rank, directory)
    if _is_station(first, mentions):
        # A station is judged by the unit it belongs to, never by the township it stands in.
        return replace(by_parent, rule=RouteRule.EMBEDDED_STATION)
    return by_parent


def _is_station(subject: _Subject, mentions: Mentions) -> bool:
    """Whether the subject is the station found in a township. A county-managed cadre is not in it if he may be elsewhere."""
    parents = STATION_PARENTS.intersection(mentions.units)
    may_be_elsewhere = subject.rank is Rank.COUNTY_MANAGED and len(parents) > 1
    return mentions.embedded and subject.unit in STATION_PARENTS and not may_be_elsewhere


def _by_parent_unit(unit_key: str, rank: Rank | None, directory: Directory) -> Route:
    """Rules e06 and e09 to e12 for a known public unit."""
    kind = directory.unit(unit_key).kind
    if kind in VERTICAL_KINDS:
        return Route(RouteRule.VERTICAL, SUPERIOR_OF_UNIT, unit=unit_key)
    office = directory.linked_office_of(unit_key)
    if rank is Rank.COUNTY_MANAGED and office is not None:
        return Route(RouteRule.COUNTY_MANAGED, office, via="clue_office", unit=unit_key)
    group = directory.group_of(unit_key)
    if group is None:
        return Route(RouteRule.TOWNSHIP_OR_VILLAGE, TOWNSHIP_COMMISSION, via="petition_office", unit=unit_key)
    rule = RouteRule.JUDICIAL_STAFF if unit_key in _JUDICIAL_UNITS else RouteRule.DEFAULT_GROUP
    return Route(rule, group, via="petition_office", unit=unit_key)
