"""Trained classifiers: which one is used, which is proposed by one person and agreed to by another, and the step back.

What is shipped is the version that always is there. A version fits only the program and the files it was made by, so that
after an update the shipped one holds until somebody trains again (docs/adr/0016-classifier-versions.md).
"""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from classifier.shelf import check_parcel
from classifier.store import ArtefactError
from domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, UnfitContent
from domain.permissions import StaffFacts, may
from domain.terms import Action, CaseEventKind, VersionStatus
from models import ClassifierSwitch, ClassifierVersion, Staff
from models.sealing import SealError
from services.base import SYSTEM, Service
from services.classifier_views import Comparison, Measured, NewVersion, SwitchView, VersionView

MAX_NOTE = 500
_KEPT = 6  # versions that can still be put in use, besides those that a roll-back needs
_SHIPPED = "shipped"


def order_of_use(session: Session, data_digest: str) -> list[ClassifierVersion]:
    """What was put in use and not given up again, the present one last; of this program. Empty: the shipped one is used."""
    rows = session.execute(
        select(ClassifierSwitch.is_roll_back, ClassifierVersion)
        .join(ClassifierVersion, ClassifierVersion.id == ClassifierSwitch.version_id)
        .where(ClassifierSwitch.status == VersionStatus.ACTIVE, ClassifierVersion.data_digest == data_digest)
        .order_by(ClassifierSwitch.decided_at, ClassifierSwitch.id)
    )
    used: list[ClassifierVersion] = []
    for is_roll_back, version in rows:
        if is_roll_back:
            # The abandoned one leaves the list: a second roll-back goes further back, not to and fro.
            used = used[:-1]
        elif not used or used[-1].id != version.id:
            used.append(version)
    return used


def name_to_load(session: Session, data_digest: str) -> str | None:
    """The version to load; None for the shipped one, which each host has."""
    used = order_of_use(session, data_digest)
    return None if not used or used[-1].is_shipped else used[-1].name


def parcel_of(session: Session, name: str) -> bytes:
    """A version as one piece. Raises classifier.store.ArtefactError when nothing is kept of it."""
    parcel = session.scalar(select(ClassifierVersion.parcel).where(ClassifierVersion.name == name))
    if parcel is None:
        raise ArtefactError(f"the classifier {name} is not kept any more")
    return parcel


class Classifiers(Service):
    """Versions of the classifier."""

    # ── what is used ─────────────────────────────────────────────────────────────────────────────
    def in_use(self) -> str | None:
        """The version to load; None for the shipped one, which each host has."""
        return name_to_load(self.session, self.parts.classifier_digest)

    def present_name(self) -> str:
        """The name of the version in use, also of the shipped one."""
        present = self._present()
        return present.name if present else _SHIPPED

    def version_before(self) -> str | None:
        """What a roll-back would put in use; None where there is nothing to go back from."""
        used = self._used()
        if not used:
            return None
        before = used[-2] if len(used) > 1 else self._shipped()
        return before.name if before else _SHIPPED

    def card(self, name: str | None = None) -> str:
        """The card of a version, or of the one in use. Raises NotFound."""
        return self._version(name or self.present_name()).card

    def parcel(self, name: str) -> bytes:
        """A version as one piece. Raises classifier.store.ArtefactError when nothing is kept of it."""
        return parcel_of(self.session, name)

    # ── what there is ────────────────────────────────────────────────────────────────────────────
    def keep(self, new: NewVersion) -> int:
        """Keeps a version, unused. One that is there already only takes up the newer figures and card. Gives back its id."""
        values = {
            "name": new.name,
            "data_digest": self.parts.classifier_digest,
            "is_shipped": new.parcel is None,
            "trained_at": new.trained_at or self.now(),
            "messages": new.messages,
            "decisions": new.decisions,
            "corrections": new.corrections,
            "figures": dict(new.figures),
            "measured": asdict(new.measured) if new.measured else None,
            "card": new.card,
            "parcel": new.parcel,
        }
        self.insert_missing(ClassifierVersion, [values])
        version = self._version(new.name)
        version.card = new.card
        if new.measured is not None:
            version.measured = asdict(new.measured)
        if new.parcel is not None:
            version.parcel = new.parcel
        self.session.flush()
        self._forget_old()
        return version.id

    def note_measured(self, name: str, measured: Measured) -> None:
        """The figures of a version on the test sets of now. Raises NotFound."""
        self._version(name).measured = asdict(measured)
        self.session.flush()

    def versions(self, staff: StaffFacts | None) -> tuple[VersionView, ...]:
        """All versions, the newest first. None asks from the command line."""
        _check(staff, Action.VIEW_REFERENCE)
        present = self._present()
        rows = self.session.execute(
            select(ClassifierVersion, ClassifierVersion.parcel.is_not(None)).order_by(ClassifierVersion.id.desc())
        )
        return tuple(self._view(version, has_parcel, present) for version, has_parcel in rows)

    def switches(self, staff: StaffFacts, limit: int = 20) -> tuple[SwitchView, ...]:
        """Proposals and changes, the newest first."""
        _check(staff, Action.VIEW_REFERENCE)
        proposer, decider = aliased(Staff), aliased(Staff)
        rows = self.session.execute(
            select(ClassifierSwitch, ClassifierVersion, proposer.display_name, decider.display_name)
            .join(ClassifierVersion, ClassifierVersion.id == ClassifierSwitch.version_id)
            .outerjoin(proposer, proposer.id == ClassifierSwitch.proposed_by)
            .outerjoin(decider, decider.id == ClassifierSwitch.decided_by)
            .order_by(ClassifierSwitch.id.desc())
            .limit(limit)
        )
        confirms = may(staff, Action.CONFIRM_REFERENCE)
        return tuple(
            SwitchView(
                id=s.id,
                version=version.name,
                is_roll_back=s.is_roll_back,
                status=s.status,
                note=s.note,
                proposed_by=by,
                proposed_at=s.proposed_at,
                decided_by=decided_by,
                decided_at=s.decided_at,
                may_decide=confirms and s.status is VersionStatus.DRAFT and s.proposed_by != staff.staff_id,
            )
            for s, version, by, decided_by in rows
        )

    def last_trained_at(self) -> datetime | None:
        """When the newest version was made that learned from decisions of staff; None if there is none of this program."""
        return self.session.scalar(
            select(func.max(ClassifierVersion.trained_at)).where(
                ~ClassifierVersion.is_shipped, ClassifierVersion.data_digest == self.parts.classifier_digest
            )
        )

    def comparison(self, staff: StaffFacts, name: str) -> Comparison | None:
        """A version beside the one in use; None where they were not measured on the same messages. Raises NotFound."""
        views = self.versions(staff)
        version = next((v for v in views if v.name == name), None)
        if version is None:
            raise NotFound(name)
        present = next((v for v in views if v.is_in_use), None)
        if present is None or present is version or not present.measured or not version.measured:
            return None
        return Comparison(version, present) if present.measured.tests == version.measured.tests else None

    # ── putting in use, going back ───────────────────────────────────────────────────────────────
    def propose(self, staff: StaffFacts, name: str, *, note: str) -> int:
        """Proposes a version for use; somebody else decides. Raises Conflict for one that waits for a decision already, or
        cannot be compared with the one in use."""
        _check(staff, Action.PROPOSE_REFERENCE)
        _check_note(note)
        self._lock()
        compared = self.comparison(staff, name)
        version = self._version(name)
        if compared is None or not compared.version.is_fit or self._waits(version):
            raise Conflict(name)
        switch = self._add(version, note, VersionStatus.DRAFT, staff)
        self._write(CaseEventKind.CLASSIFIER_PROPOSED, staff, name, note)
        return switch.id

    def decide(self, staff: StaffFacts, switch_id: int, *, is_confirmed: bool, instead_of: str) -> None:
        """Puts a proposed version in use, or refuses it. Never one's own.

        `instead_of` is the version whose figures were shown beside it: another one meanwhile in use is a Conflict. Raises
        UnfitContent for a version that is damaged, which can only be refused.
        """
        _check(staff, Action.CONFIRM_REFERENCE)
        self._lock()
        switch = self.session.get(ClassifierSwitch, switch_id, with_for_update=True)
        if switch is None:
            raise NotFound(switch_id)
        if switch.proposed_by == staff.staff_id:
            raise NotAllowed(Action.CONFIRM_REFERENCE)
        version = self.session.get_one(ClassifierVersion, switch.version_id)
        before = self.present_name()
        if switch.status is not VersionStatus.DRAFT or (is_confirmed and before != instead_of):
            raise Conflict(switch_id)
        if is_confirmed:
            self._check_fit(version)
        switch.status = VersionStatus.ACTIVE if is_confirmed else VersionStatus.REFUSED
        switch.decided_by, switch.decided_at = staff.staff_id, self.now()
        kind = CaseEventKind.CLASSIFIER_ACTIVATED if is_confirmed else CaseEventKind.CLASSIFIER_REFUSED
        self._write(kind, staff, version.name, switch.note, before=before)

    def use(self, name: str) -> str:
        """Puts a version in use at once, from the command line. Gives back what was used before.

        Raises NotFound, UnfitContent.
        """
        self._lock()
        version, before = self._version(name), self.present_name()
        self._check_fit(version)
        self._add(version, "", VersionStatus.ACTIVE, None)
        self._write(CaseEventKind.CLASSIFIER_ACTIVATED, None, name, "", before=before)
        return before

    def roll_back(self, staff: StaffFacts | None, *, note: str = "", instead_of: str | None = None) -> str:
        """Gives up the version in use for the one before it, at once. Gives back what is used now.

        One person who may confirm is enough: two agreed to the earlier one, and a mistake must be mended at once. Raises
        Conflict when there is none before, or when another than `instead_of` is in use.
        """
        _check(staff, Action.CONFIRM_REFERENCE)
        if staff is not None:
            _check_note(note)
        self._lock()
        used, before = self._used(), self.present_name()
        if not used or instead_of not in {None, before}:
            raise Conflict(before)
        if len(used) > 1:
            self._check_fit(used[-2])
        self._add(used[-1], note, VersionStatus.ACTIVE, staff, is_roll_back=True)
        now = self.present_name()
        self._write(CaseEventKind.CLASSIFIER_ROLLED_BACK, staff, now, note, before=before)
        return now

    # ── parts of the above ───────────────────────────────────────────────────────────────────────
    def _used(self) -> list[ClassifierVersion]:
        return order_of_use(self.session, self.parts.classifier_digest)

    def _present(self) -> ClassifierVersion | None:
        """The row of the version in use; None while nobody registered the shipped one."""
        used = self._used()
        return used[-1] if used else self._shipped()

    def _shipped(self) -> ClassifierVersion | None:
        return self.session.scalar(
            select(ClassifierVersion)
            .where(
                ClassifierVersion.is_shipped,
                ClassifierVersion.data_digest == self.parts.classifier_digest,
            )
            .order_by(ClassifierVersion.id.desc())
            .limit(1)
        )

    def _view(self, version: ClassifierVersion, has_parcel: bool, present: ClassifierVersion | None) -> VersionView:
        fits = version.data_digest == self.parts.classifier_digest
        return VersionView(
            name=version.name,
            is_shipped=version.is_shipped,
            is_in_use=present is not None and version.id == present.id,
            is_fit=fits and (has_parcel or version.is_shipped),
            trained_at=version.trained_at,
            messages=version.messages,
            decisions=version.decisions,
            corrections=version.corrections,
            figures=version.figures,
            measured=Measured.of(version.measured),
            card=version.card,
        )

    def _version(self, name: str) -> ClassifierVersion:
        found = self.session.scalar(select(ClassifierVersion).where(ClassifierVersion.name == name))
        if found is None:
            raise NotFound(name)
        return found

    def _waits(self, version: ClassifierVersion) -> bool:
        draft = select(ClassifierSwitch.id).where(
            ClassifierSwitch.status == VersionStatus.DRAFT, ClassifierSwitch.version_id == version.id
        )
        return self.session.scalar(draft.limit(1)) is not None

    def _lock(self) -> None:
        """One change at a time: each looks at what is in use before."""
        self.session.execute(select(ClassifierVersion.id).order_by(ClassifierVersion.id).with_for_update())

    def _check_fit(self, version: ClassifierVersion) -> None:
        if version.data_digest != self.parts.classifier_digest:
            raise UnfitContent([("of_another_program", version.name)])
        if version.is_shipped:
            return
        try:
            check_parcel(version.name, self.parcel(version.name))
        except (ArtefactError, SealError) as error:
            raise UnfitContent([("damaged_classifier", version.name)]) from error

    def _add(
        self,
        version: ClassifierVersion,
        note: str,
        status: VersionStatus,
        staff: StaffFacts | None,
        *,
        is_roll_back: bool = False,
    ) -> ClassifierSwitch:
        by, now = staff.staff_id if staff else None, self.now()
        is_done = status is VersionStatus.ACTIVE
        switch = ClassifierSwitch(
            version_id=version.id,
            is_roll_back=is_roll_back,
            status=status,
            note=note.strip(),
            proposed_by=by,
            proposed_at=now,
            decided_by=by if is_done else None,
            decided_at=now if is_done else None,
        )
        self.session.add(switch)
        self.session.flush()
        return switch

    def _write(
        self, kind: CaseEventKind, staff: StaffFacts | None, name: str, note: str, *, before: str | None = None
    ) -> None:
        self.services.journal.write(
            kind, actor=staff or SYSTEM, old_value=before, new_value=name, reason=note.strip() or None
        )
        self.session.flush()

    def _forget_old(self) -> None:
        """Of old versions only the line stays: nobody can put them in use any more."""
        needed = {version.id for version in self._used()[-2:]}
        newest = select(ClassifierVersion.id).where(
            ClassifierVersion.parcel.is_not(None), ClassifierVersion.data_digest == self.parts.classifier_digest
        )
        needed |= set(self.session.scalars(newest.order_by(ClassifierVersion.id.desc()).limit(_KEPT)))
        self.session.execute(
            update(ClassifierVersion)
            .where(ClassifierVersion.parcel.is_not(None), ClassifierVersion.id.not_in(needed))
            .values(parcel=None)
            .execution_options(synchronize_session=False)
        )


def _check(staff: StaffFacts | None, action: Action) -> None:
    if staff is not None and not may(staff, action):
        raise NotAllowed(action)


def _check_note(note: str) -> None:
    if not note.strip() or len(note) > MAX_NOTE:
        raise InvalidInput("note", "too_long" if note.strip() else "empty")
