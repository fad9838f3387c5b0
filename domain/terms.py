"""Every closed list of the field, as text enums. Labels in Chinese stand in `words/labels.yaml`, meanings in `docs/glossary.md`."""

from enum import StrEnum


class Track(StrEnum):
    """The two ways a case is handled; they never mix (shared ledger rules: domain notes, section 0)."""

    ACCUSATION = "accusation"  # handled by the rules on reports and accusations
    SERVICE_REQUEST = "service_request"  # an enterprise needs help; follow-up, no clue


class ReportKind(StrEnum):
    """What a report is in the eyes of the petition office."""

    ACCUSATION = "accusation"
    APPEAL = "appeal"
    SUGGESTION = "suggestion"
    SERVICE_REQUEST = "service_request"
    CONSULTATION = "consultation"
    OUT_OF_SCOPE = "out_of_scope"


class Source(StrEnum):
    """The door a report came in by."""

    WECHAT = "wechat"
    WEB = "web"


class ReportPart(StrEnum):
    """Whether a report opened its case or came after it."""

    ORIGINAL = "original"
    SUPPLEMENT = "supplement"


class IdentityClaim(StrEnum):
    """What is known of the reporter's name: 'named' is a claim until a clerk confirms it."""

    ANONYMOUS = "anonymous"
    CLAIMED = "claimed"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"


class CaseStatus(StrEnum):
    """Where a case stands. `domain/lifecycle.py` says which may follow which."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    IN_HANDLING = "in_handling"
    CONCLUDED = "concluded"
    FED_BACK = "fed_back"
    SATISFIED = "satisfied"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    SENT_UPWARD = "sent_upward"


class Disposition(StrEnum):
    """The four ways to deal with a clue. The console records a decision made elsewhere, it never chooses."""

    INTERVIEW_OR_INQUIRY = "interview_or_inquiry"
    PRELIMINARY_VERIFICATION = "preliminary_verification"
    SHELVED = "shelved"
    CLOSED = "closed"


class CaseEventKind(StrEnum):
    """What the journal can say of a case."""

    LODGED = "lodged"
    SUPPLEMENTED = "supplemented"
    CLASSIFIED = "classified"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    TAKEN_UP = "taken_up"
    DISPOSED = "disposed"
    SUPERVISED = "supervised"
    URGED = "urged"
    ESCALATED = "escalated"
    RETURNED = "returned"
    CONCLUDED = "concluded"
    FED_BACK = "fed_back"
    SATISFACTION_RECORDED = "satisfaction_recorded"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    SENT_UPWARD = "sent_upward"
    IDENTITY_VERIFIED = "identity_verified"
    IDENTITY_OPENED = "identity_opened"
    IDENTITY_APPROVED = "identity_approved"
    CONFLICT_DECLARED = "conflict_declared"
    ATTACHMENT_OPENED = "attachment_opened"
    CASE_OPENED = "case_opened"
    PROFILE_SEPARATED = "profile_separated"
    CONTACT_REQUESTED = "contact_requested"
    DEADLINE_RECOMPUTED = "deadline_recomputed"


class Role(StrEnum):
    """Whom a staff account acts for. `Staff.body` names which group, office or township commission."""

    PETITION = "petition"
    CLUE = "clue"
    GROUP = "group"
    INSPECTION = "inspection"
    TOWNSHIP = "township"
    CADRE = "cadre"
    TRIAL = "trial"
    LEADER = "leader"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"


class Action(StrEnum):
    """What a member of staff may want to do. `domain/permissions.py` decides."""

    VIEW_WORKLIST = "view_worklist"
    VIEW_OVERVIEW = "view_overview"
    VIEW_CASE = "view_case"
    VIEW_STATEMENT = "view_statement"
    VIEW_JOURNAL = "view_journal"
    CLASSIFY = "classify"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    TAKE_UP = "take_up"
    DISPOSE = "dispose"
    CONCLUDE = "conclude"
    GIVE_FEEDBACK = "give_feedback"
    SUPERVISE = "supervise"
    URGE = "urge"
    RETURN = "return"
    SEND_UPWARD = "send_upward"
    VERIFY_IDENTITY = "verify_identity"
    OPEN_IDENTITY = "open_identity"
    APPROVE_IDENTITY = "approve_identity"
    DECLARE_CONFLICT = "declare_conflict"
    MANAGE_STAFF = "manage_staff"


class Rank(StrEnum):
    """Rank of a person complained of, as far as it decides who may hear it (`groups.yaml` rank_rules, e01 to e04)."""

    COMMISSION_HEAD = "commission_head"
    COUNTY_LEADER = "county_leader"
    COMMISSION_MEMBER = "commission_member"
    DISCIPLINE_STAFF = "discipline_staff"
    COUNTY_MANAGED = "county_managed"
    UNIT_MANAGED = "unit_managed"
    VILLAGE_CADRE = "village_cadre"
    PRIVATE_PERSON = "private_person"


class UnitKind(StrEnum):
    """Kinds of unit in `groups.yaml`."""

    PARTY_ORGAN = "party_organ"
    DEPARTMENT = "department"
    INSTITUTION = "institution"
    PEOPLE_ORG = "people_org"
    ZONE = "zone"
    COURT_PROCURATORATE = "court_procuratorate"
    ENTERPRISE_COUNTY = "enterprise_county"
    ENTERPRISE_PRIVATE = "enterprise_private"
    TOWNSHIP = "township"
    VERTICAL = "vertical"
    BANK = "bank"
    GRASSROOTS = "grassroots"


class RouteRule(StrEnum):
    """The rule that decided an owner: the ids of `groups.yaml` and the two conventions beside them."""

    OWN_PRINCIPAL = "e01_own_principal"
    COUNTY_LEADER = "e02_county_leader"
    COMMISSION_MEMBER = "e03_commission_member"
    DISCIPLINE_STAFF = "e04_discipline_staff"
    OUT_OF_SCOPE = "e05_out_of_scope"
    VERTICAL = "e06_vertical"
    PRIVATE_PARTY = "e07_private_party"
    EMBEDDED_STATION = "e08_embedded_station"
    COUNTY_MANAGED = "e09_county_managed"
    TOWNSHIP_OR_VILLAGE = "e10_township_or_village"
    JUDICIAL_STAFF = "e11_judicial_staff"
    DEFAULT_GROUP = "e12_default_group"
    CLARIFY = "clarify"
    NON_KIND_NEXT = "non_kind_next"


class DeadlineKind(StrEnum):
    """The clocks of a case (domain notes, section 2.2)."""

    ACCEPTANCE_NOTICE = "acceptance_notice"  # row 1
    FEEDBACK = "feedback"  # row 2
    SEND_UPWARD = "send_upward"  # row 4
    TOWNSHIP_REGISTRATION = "township_registration"  # row 6
    DISPOSAL_OPINION = "disposal_opinion"  # row 9
    OUT_OF_SCOPE_NOTICE = "out_of_scope_notice"  # internal target of groups.yaml e05
    DISCIPLINE_STAFF_INTAKE = "discipline_staff_intake"  # internal target of groups.yaml e04
    VERTICAL_NOTICE = "vertical_notice"  # internal target of groups.yaml e06
    SAME_DAY_CONTACT = "same_day_contact"  # groups.yaml x3
    HELP_REQUEST_REPLY = "help_request_reply"  # internal target, track of help requests
    HANDLING = "handling"  # row 8, or the leader's own date


class Satisfaction(StrEnum):
    """What the citizen said of the outcome."""

    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"


class InboundStatus(StrEnum):
    """What became of a pushed message."""

    STORED = "stored"  # committed, its turn has not come yet
    HANDLED = "handled"  # answered; the reply stands beside it
    IGNORED = "ignored"  # nothing to do for this type, answered with `success`
    WITHHELD = "withheld"  # its content was removed: not this level's to hear


class AttachmentKind(StrEnum):
    """What a citizen can attach."""

    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"


class AttachmentStatus(StrEnum):
    """Where the bytes of an attachment are."""

    PENDING = "pending"
    STORED = "stored"
    REFUSED = "refused"  # not what it said it was, or too large
    EXPIRED = "expired"  # the platform no longer has it


class OutboxStatus(StrEnum):
    """Where an outgoing message is."""

    WAITING = "waiting"
    PARKED = "parked"  # cannot succeed before the citizen writes again or a quota resets
    SENT = "sent"
    FAILED = "failed"


class OutboxChannel(StrEnum):
    """The ways out to a citizen on the platform."""

    CUSTOMER_SERVICE = "customer_service"
    TEMPLATE = "template"
    SUBSCRIBE = "subscribe"


class NoticeKind(StrEnum):
    """Why a citizen is written to. The text never says it (contract, section 4)."""

    PROGRESS = "progress"
    LATE_REPLY = "late_reply"
