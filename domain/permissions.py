"""Who may see which case and do what with it. Every page, service and query asks here; nothing is open by default.

Sources: `groups.yaml` (escalation e01 to e12, x1, `visibility`), rules on reports and accusations art. 15, 16, 47.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.terms import Action, CaseStatus, Role, RouteRule

_R, _A, _E = Role, Action, RouteRule

# Read only by the head or by the cadre office, whatever else a role may see; the most closed first.
UPWARD_RULES = frozenset({_E.OWN_PRINCIPAL, _E.COUNTY_LEADER})
_BY_OPENNESS = (
    _E.OWN_PRINCIPAL, _E.COUNTY_LEADER, _E.COMMISSION_MEMBER, _E.CADRE_OFFICE_STAFF, _E.DISCIPLINE_STAFF,
)  # fmt: skip
CLOSED_RULES = frozenset(_BY_OPENNESS)

# Roles that work on cases handed to their own body and see nothing before that.
BODY_ROLES = frozenset({_R.GROUP, _R.INSPECTION, _R.TOWNSHIP, _R.TRIAL})


def openness(rule: RouteRule) -> int:
    """How many may read a case under this rule, as a rank: 0 nobody; the same for all rules that close nothing."""
    return _BY_OPENNESS.index(rule) if rule in CLOSED_RULES else len(_BY_OPENNESS)


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """What decides for a member of staff. `body` is the key of the group, office or township he acts for."""

    staff_id: int
    role: Role
    body: str | None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides for a case. `assigned_body` is None until somebody assigns it; `conflicted` holds staff ids (x1)."""

    route_rule: RouteRule
    status: CaseStatus
    assigned_body: str | None
    via: str | None
    conflicted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows a member of staff may see; `services/queries.py` turns the same value into SQL.

    `only_rules` None means every rule but `hidden_rules`; `body` None means any body, assigned or not.
    """

    staff_id: int
    only_rules: frozenset[RouteRule] | None
    hidden_rules: frozenset[RouteRule]
    body: str | None
    sees_sent_upward: bool

    def admits(self, case: CaseFacts) -> bool:
        """Whether this one case is within the scope."""
        return (
            (self.only_rules is None or case.route_rule in self.only_rules)
            and case.route_rule not in self.hidden_rules
            and (self.body is None or case.assigned_body == self.body)
            and (self.sees_sent_upward or case.status is not CaseStatus.SENT_UPWARD)
            and self.staff_id not in case.conflicted
        )


def scope_of(staff: StaffFacts) -> Scope | None:
    """The rows this member of staff may see; None for none at all."""
    match staff.role:
        case Role.PETITION | Role.AUDITOR:
            return Scope(staff.staff_id, None, CLOSED_RULES, None, sees_sent_upward=False)
        case Role.CLUE:
            # Where the cadre office is in conflict itself, the clue office arranges who takes it (x1).
            return Scope(staff.staff_id, None, CLOSED_RULES - {_E.CADRE_OFFICE_STAFF}, None, sees_sent_upward=False)
        case Role.LEADER:
            return Scope(staff.staff_id, None, frozenset({_E.OWN_PRINCIPAL}), None, sees_sent_upward=True)
        case Role.CADRE:
            return Scope(staff.staff_id, frozenset({_E.DISCIPLINE_STAFF}), frozenset(), None, sees_sent_upward=False)
        case Role.GROUP | Role.INSPECTION | Role.TOWNSHIP | Role.TRIAL:
            # An account without a body would see every unassigned case: closed instead.
            return Scope(staff.staff_id, None, CLOSED_RULES, staff.body or "-", sees_sent_upward=False)
        case Role.SYSADMIN | Role.WALL:
            return None


_HANDLERS = BODY_ROLES | {_R.CADRE, _R.PETITION, _R.LEADER}
_READERS = frozenset(_R) - {_R.SYSADMIN, _R.WALL}

ALLOWED: Mapping[Action, frozenset[Role]] = {
    _A.VIEW_WORKLIST: _READERS,
    _A.VIEW_OVERVIEW: _READERS,
    _A.VIEW_SUPERVISION: _READERS,
    _A.VIEW_WALL: frozenset({_R.PETITION, _R.CLUE, _R.LEADER, _R.AUDITOR, _R.WALL}),
    _A.VIEW_CASE: _READERS,
    _A.VIEW_STATEMENT: _READERS - {_R.AUDITOR},
    _A.VIEW_JOURNAL: _READERS,
    _A.CLASSIFY: frozenset({_R.PETITION, _R.CLUE, _R.CADRE, _R.LEADER}),
    _A.ACCEPT: frozenset({_R.PETITION, _R.CADRE, _R.LEADER}),
    _A.DECLINE: frozenset({_R.PETITION, _R.CADRE, _R.LEADER}),
    _A.ASSIGN: frozenset({_R.PETITION, _R.CLUE, _R.CADRE, _R.LEADER}),
    _A.APPROVE_ASSIGNMENT: frozenset({_R.LEADER}),
    _A.WITHDRAW_ASSIGNMENT: frozenset({_R.CLUE}),
    _A.TRANSFER: _HANDLERS | {_R.CLUE},
    _A.TAKE_UP: _HANDLERS,
    _A.DISPOSE: _HANDLERS,
    _A.CONCLUDE: _HANDLERS,
    _A.GIVE_FEEDBACK: _HANDLERS,
    _A.ASK_REPORTER: _HANDLERS,
    _A.CORRECT_FACTS: _HANDLERS | {_R.CLUE},
    _A.MERGE: frozenset({_R.PETITION, _R.CLUE, _R.CADRE, _R.LEADER}),
    _A.OPEN_CLUE: frozenset({_R.CLUE, _R.LEADER}),
    _A.SUPERVISE: frozenset({_R.LEADER}),
    _A.URGE: frozenset({_R.PETITION, _R.CLUE, _R.LEADER}),
    _A.ANSWER_LETTER: _HANDLERS | {_R.CLUE},
    _A.DECIDE_LETTER: frozenset({_R.PETITION, _R.CLUE, _R.LEADER}),
    _A.HOLD_TALK: frozenset({_R.LEADER}),
    _A.RETURN: BODY_ROLES,
    _A.SEND_UPWARD: frozenset({_R.PETITION, _R.CLUE, _R.LEADER, _R.CADRE}),
    _A.HAND_UPWARD: frozenset({_R.LEADER}),
    _A.VERIFY_IDENTITY: frozenset({_R.PETITION}),
    _A.OPEN_IDENTITY: frozenset({_R.PETITION}) | BODY_ROLES | {_R.CADRE},
    _A.APPROVE_IDENTITY: frozenset({_R.LEADER, _R.PETITION}),
    _A.DECLARE_CONFLICT: _READERS - {_R.AUDITOR},
    _A.EXPORT_LISTS: _READERS,
    _A.ENTER_PAPER: frozenset({_R.PETITION}),
    _A.VIEW_REFERENCE: frozenset({_R.SYSADMIN, _R.PETITION, _R.CLUE, _R.LEADER, _R.AUDITOR}),
    _A.PROPOSE_REFERENCE: frozenset({_R.SYSADMIN, _R.PETITION}),
    _A.CONFIRM_REFERENCE: frozenset({_R.PETITION, _R.LEADER}),
    _A.MANAGE_STAFF: frozenset({_R.SYSADMIN}),
    _A.APPROVE_RESET: frozenset({_R.SYSADMIN, _R.LEADER}),
    _A.OWN_ACCOUNT: frozenset(_R),
}

# Steps that belong to the body a case was handed to. The petition office handles what is its own (help requests),
# the cadre office and the head what nobody else may see.
_BODY_STEPS = frozenset({_A.TAKE_UP, _A.DISPOSE, _A.CONCLUDE, _A.RETURN, _A.ANSWER_LETTER})
CLUE_OFFICE = "clue_office"
_OWN_BODY: Mapping[Role, str] = {
    _R.PETITION: "petition_office",
    _R.CLUE: CLUE_OFFICE,
    _R.CADRE: "cadre_office",
    _R.LEADER: "principal",
    _R.TRIAL: "trial_office",
}


def body_of(staff: StaffFacts) -> str | None:
    """The key under which cases are assigned to this member of staff."""
    return staff.body or _OWN_BODY.get(staff.role)


def may_approve_identity(approver: StaffFacts, asker_id: int, asker_role: Role) -> bool:
    """Whether `approver` may let this person see who reported: never oneself.

    The head for everybody; a clerk of the petition office for another clerk of it (`groups.yaml`, visibility).
    """
    if approver.staff_id == asker_id:
        return False
    return approver.role is _R.LEADER or (approver.role is _R.PETITION and asker_role is _R.PETITION)


def needs_approval(staff: StaffFacts, case: CaseFacts) -> bool:
    """Whether a body that this member of staff names for a case has it only once the head approves (e09).

    The head approves by assigning himself.
    """
    return _is_county_managed(case) and staff.role is not _R.LEADER


def _is_county_managed(case: CaseFacts) -> bool:
    """Whether the clue office hands it on and the head approves. A county-managed cadre of a station (e08) is one as well."""
    return case.via == CLUE_OFFICE and case.route_rule not in CLOSED_RULES


def may(staff: StaffFacts, action: Action, case: CaseFacts | None = None) -> bool:
    """Whether this member of staff may do this, to this case if there is one."""
    if staff.role not in ALLOWED[action]:
        return False
    if case is None:
        return True
    scope = scope_of(staff)
    if scope is None or not scope.admits(case):
        return False
    if action in _BODY_STEPS:
        return case.assigned_body is not None and case.assigned_body == body_of(staff)
    if action in {_A.ASSIGN, _A.TRANSFER} and case.via == CLUE_OFFICE:
        # County-managed cadres: only the clue office hands on, and from one body to another (e09).
        return staff.role in {_R.CLUE, _R.LEADER}
    if action in {_A.APPROVE_ASSIGNMENT, _A.WITHDRAW_ASSIGNMENT}:
        return _is_county_managed(case)
    if action in {_A.GIVE_FEEDBACK, _A.TRANSFER, _A.ASK_REPORTER} and staff.role in BODY_ROLES:
        return case.assigned_body == body_of(staff)
    return True
