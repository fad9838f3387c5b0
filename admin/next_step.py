"""What the page of a new case says: what is next, why, and with which words. The rule stands in `domain/triage.py`."""

from admin import kinds_to_choose
from admin.kinds_to_choose import Choice, Group
from admin.naming import Naming
from domain.routing import EMERGENCY, REPLY_ONLY, SUPERIOR_OF_UNIT, bodies_for
from domain.taxonomy import NO_SUBSTANCE
from domain.terms import CaseEventKind, CaseStatus, RouteRule, SecondLook, Source, TriageStep
from domain.triage import body_for, lacks_unit
from services.views import CasePage

# Who has to think of three questions thinks of none.
_MOST_QUESTIONS = 2
# Below it whoever reads wants to know what the others mean, whatever the conformal set says.
_SURE = 0.97
_NAME_THE_BODY = frozenset({TriageStep.TAKE_IN, TriageStep.ACCEPT})
_ABOUT_FACTS = frozenset({CaseEventKind.FACT_STRUCK, CaseEventKind.FACT_RESTORED})


class NextStep(Naming):
    """Says what is next with a case."""

    def kinds(self, page: CasePage) -> tuple[tuple[Choice, ...], tuple[Group, ...]]:
        """All kinds for choosing: what the case has now, what the classifier could not rule out and what it offers come first."""
        hints = page.suggestion or {}
        offered = (label for label, _ in hints.get("scores", ())[:3])
        first = (page.label or "", *hints.get("not_ruled_out", ()), *offered)
        return kinds_to_choose.choices(self.taxonomy, first, self.meaning, self.named)

    def apart(self, label: str) -> str:
        """What tells a label from what it is often taken for; empty where nothing is."""
        return self.named(self.taxonomy.separating_rule(label))

    def questions_between(self, page: CasePage) -> list[tuple[str, list[tuple[int, str, str]]]]:
        """The questions that decide between the kinds offered, and for each kind that one speaks of its place, its name and the
        answer that leads to it. Between those that were not ruled out; where the classifier is not sure, nothing was."""
        hints = page.suggestion or {}
        offered = [label for label, _ in hints.get("scores", ())[:3]]
        in_question = [label for label in offered if page.abstained or label in hints.get("not_ruled_out", ())]
        return [
            (
                decides.ask,
                sorted(
                    (offered.index(k) + 1, self.kind(k), a.says) for a in decides.among(in_question) for k in a.kinds
                ),
            )
            for decides in self.taxonomy.questions_between(in_question)[:_MOST_QUESTIONS]
        ]

    def can_slip(self, page: CasePage) -> bool:
        """Whether what can be taken back decided something, and not only which facts are facts."""
        return page.undoable is not None and not _ABOUT_FACTS.issuperset(page.undoable.steps)

    def is_for_others(self, page: CasePage) -> bool:
        """Whether somebody has decided that a case is what others take care of, by its kind or by whose unit it is, or that
        it is declined already."""
        if page.status is CaseStatus.DECLINED:
            return True
        if page.labelled_at is None or self.says_too_little(page):
            return False
        return page.owner == SUPERIOR_OF_UNIT or not self.taxonomy.takes(page.label or "")

    def is_no_accusation(self, page: CasePage) -> bool:
        """Whether somebody has decided that a case is of a kind that is not taken, so that it accuses nobody of ours."""
        is_decided = page.labelled_at is not None and page.owner == REPLY_ONLY
        return is_decided and page.label != NO_SUBSTANCE and not self.taxonomy.takes(page.label or "")

    def is_sure(self, page: CasePage) -> bool:
        """Whether the classifier is sure and has ruled out every other label: what tells them apart decides nothing then."""
        if page.suggestion is None or page.abstained:
            return False
        return len(page.suggestion["not_ruled_out"]) <= 1 and page.suggestion["scores"][0][1] >= _SURE

    def says_whose(self, page: CasePage) -> bool:
        """Whether the first line of a page names the unit and who takes it, so that nothing above it has to."""
        return page.proposal is not None and page.proposal.step in _NAME_THE_BODY

    def waits_for_contact(self, page: CasePage) -> bool:
        """Whether the first line of the page says that somebody in danger is to be spoken with first."""
        return page.proposal is not None and page.proposal.because is SecondLook.DANGER

    def was_told_to_call(self, page: CasePage) -> bool:
        """Whether the chat itself told the reporter to call the police, as it does where it is sure that somebody is in danger."""
        return page.source is Source.WECHAT and page.suggested_label == EMERGENCY and not page.abstained

    def is_proposed(self, page: CasePage, step: str) -> bool:
        """Whether this, by its value, is what one press does now."""
        return page.proposal is not None and page.proposal.step == TriageStep(step)

    def says_too_little(self, page: CasePage) -> bool:
        """Whether it is decided or proposed that a report names nothing that could be looked into: its reporter is asked first."""
        return self._is_decided(page) and page.label == NO_SUBSTANCE

    def _is_decided(self, page: CasePage) -> bool:
        """Whether a person confirmed the kind, or it is what one press would confirm."""
        return page.labelled_at is not None or (page.proposal is not None and page.proposal.is_one_press)

    def question_for(self, page: CasePage) -> str:
        """What the reporter is usually asked where something is missing, to be looked through; empty where nothing is."""
        words = self.words.labels["Question"]
        if self.says_too_little(page):
            return words["about_what"]
        if not self.lacks_unit(page):
            return ""
        return words["about_village" if page.route_rule is RouteRule.TOWNSHIP_OR_VILLAGE else "about_whom"]

    def where_to(self, page: CasePage) -> str:
        """Where the reporter of a case that is declined should turn, to be looked through: by its kind, or by whose unit it is,
        with the national line of the unit where it has one."""
        words = self.words.labels["Elsewhere"]
        told = self.words.redirect(page.label or "")
        if told is None and self.says_too_little(page):
            return ""
        if told is None and page.owner == SUPERIOR_OF_UNIT:
            told = words["where_vertical"].format(body=self.body(page.owner, page.unit))
        line = self.words.labels["Hotline"].get(page.unit or "", "")
        told = told or words["where_usual"]
        return told + words["where_line"].format(line=line) if line and line not in told else told

    def why_not(self, page: CasePage) -> str:
        """The reason for declining a case that follows from what was decided or is proposed; empty when none does."""
        other = self.taxonomy.non_kinds.get(page.label or "") if self._is_decided(page) else None
        words = self.words.labels["Elsewhere"]
        if other is not None and not other.accepted:
            return words["why_kind"].format(kind=other.name)
        return words["why_vertical"] if page.owner == SUPERIOR_OF_UNIT else ""

    def lacks_unit(self, page: CasePage) -> bool:
        """Whether the rules cannot say whose case it is before a unit is known."""
        return lacks_unit(page.route_rule, page.owner, page.unit, self.directory)

    def bodies(self, page: CasePage | None = None) -> dict[str, list[tuple[str, str]]]:
        """Whom a case can be handed to, this one if one is given: with names, under `groups`, `offices`, `townships`."""
        possible = bodies_for(page.route_rule, page.owner, self.directory) if page else self.directory.bodies
        parts = (
            ("groups", self.directory.groups),
            ("offices", self.directory.offices),
            ("townships", self.directory.townships),
        )
        return {part: [(key, self.body(key)) for key in keys if key in possible] for part, keys in parts}

    def natural_body(self, owner: str, unit: str | None) -> str:
        """The body that the rules name, where they name one that a case can be handed to; else empty."""
        return body_for(owner, unit, self.directory) or ""

    def destinations(self) -> list[tuple[str, str, str]]:
        """Where matters usually belong that are not ours: key, name and the words that tell the citizen."""
        told = ((other, self.words.redirect(other.key)) for other in self.taxonomy.non_kinds.values())
        return [(other.key, other.name, words) for other, words in told if words]
