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
    LETTER = "letter"  # on paper, entered by a clerk, as the next two
    VISIT = "visit"
    PHONE = "phone"


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
    """What the journal can say, of a case or of the installation."""

    LODGED = "lodged"
    SUPPLEMENTED = "supplemented"
    ASKED = "asked"
    MERGED = "merged"
    SPLIT = "split"
    CLUE_OPENED = "clue_opened"
    UNDONE = "undone"
    FACT_STRUCK = "fact_struck"
    FACT_RESTORED = "fact_restored"
    CLASSIFIED = "classified"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ASSIGNMENT_PROPOSED = "assignment_proposed"  # groups.yaml e09: the head approves before a body has the case
    ASSIGNMENT_APPROVED = "assignment_approved"
    ASSIGNMENT_SENT_BACK = "assignment_sent_back"
    ASSIGNMENT_WITHDRAWN = "assignment_withdrawn"
    ASSIGNMENT_LAPSED = "assignment_lapsed"
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
    HANDED_UPWARD = "handed_upward"  # what was sealed has reached the superior commission
    IDENTITY_VERIFIED = "identity_verified"
    IDENTITY_REQUESTED = "identity_requested"
    IDENTITY_REFUSED = "identity_refused"
    IDENTITY_OPENED = "identity_opened"
    IDENTITY_APPROVED = "identity_approved"
    CONFLICT_DECLARED = "conflict_declared"
    ATTACHMENT_OPENED = "attachment_opened"
    CASE_OPENED = "case_opened"
    PROFILE_SEPARATED = "profile_separated"
    CONTACT_REQUESTED = "contact_requested"
    CONTACTED = "contacted"  # staff spoke with the reporter, or tried to
    CODE_RENEWED = "code_renewed"
    DEADLINE_RECOMPUTED = "deadline_recomputed"
    KEYS_ROTATED = "keys_rotated"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_REOPENED = "account_reopened"
    ACCOUNT_LOCKED = "account_locked"
    RESET_REQUESTED = "reset_requested"
    RESET_APPROVED = "reset_approved"
    RESET_REFUSED = "reset_refused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  (a word of the journal)
    SECOND_FACTOR_SET = "second_factor_set"
    LETTER_ISSUED = "letter_issued"
    LETTER_ANSWERED = "letter_answered"
    LETTER_ACCEPTED = "letter_accepted"
    LETTER_SENT_BACK = "letter_sent_back"
    LETTER_WITHDRAWN = "letter_withdrawn"
    LETTER_LAPSED = "letter_lapsed"
    TALK_HELD = "talk_held"
    RECORDS_DESTROYED = "records_destroyed"
    STATEMENTS_SEARCHED = "statements_searched"
    LIST_EXPORTED = "list_exported"
    LEDGER_IMPORTED = "ledger_imported"
    TAKEN_OVER = "taken_over"  # came with a past, from a ledger kept elsewhere
    LETTER_PRODUCED = "letter_produced"
    REFERENCE_PROPOSED = "reference_proposed"
    REFERENCE_ACTIVATED = "reference_activated"
    REFERENCE_REFUSED = "reference_refused"
    RETRAINING_REQUESTED = "retraining_requested"
    CLASSIFIER_TRAINED = "classifier_trained"
    CLASSIFIER_PROPOSED = "classifier_proposed"
    CLASSIFIER_ACTIVATED = "classifier_activated"
    CLASSIFIER_REFUSED = "classifier_refused"
    CLASSIFIER_ROLLED_BACK = "classifier_rolled_back"


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
    WALL = "wall"


class Action(StrEnum):
    """What a member of staff may want to do. `domain/permissions.py` decides."""

    VIEW_WORKLIST = "view_worklist"
    VIEW_OVERVIEW = "view_overview"
    VIEW_SUPERVISION = "view_supervision"
    VIEW_WALL = "view_wall"
    VIEW_CASE = "view_case"
    VIEW_STATEMENT = "view_statement"
    VIEW_JOURNAL = "view_journal"
    CLASSIFY = "classify"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASSIGN = "assign"
    APPROVE_ASSIGNMENT = "approve_assignment"
    WITHDRAW_ASSIGNMENT = "withdraw_assignment"
    TRANSFER = "transfer"
    TAKE_UP = "take_up"
    DISPOSE = "dispose"
    CONCLUDE = "conclude"
    GIVE_FEEDBACK = "give_feedback"
    ASK_REPORTER = "ask_reporter"
    CORRECT_FACTS = "correct_facts"
    MERGE = "merge"
    OPEN_CLUE = "open_clue"
    SUPERVISE = "supervise"
    URGE = "urge"
    ANSWER_LETTER = "answer_letter"
    DECIDE_LETTER = "decide_letter"
    HOLD_TALK = "hold_talk"
    RETURN = "return"
    SEND_UPWARD = "send_upward"
    HAND_UPWARD = "hand_upward"
    VERIFY_IDENTITY = "verify_identity"
    OPEN_IDENTITY = "open_identity"
    APPROVE_IDENTITY = "approve_identity"
    DECLARE_CONFLICT = "declare_conflict"
    EXPORT_LISTS = "export_lists"
    ENTER_PAPER = "enter_paper"
    VIEW_REFERENCE = "view_reference"
    PROPOSE_REFERENCE = "propose_reference"
    CONFIRM_REFERENCE = "confirm_reference"
    MANAGE_STAFF = "manage_staff"
    APPROVE_RESET = "approve_reset"
    OWN_ACCOUNT = "own_account"


class ReferenceList(StrEnum):
    """What staff change in the console, version by version. The first five are templates of letters, the others sheets."""

    ACCEPTANCE_LETTER = "acceptance_letter"
    ASSIGNMENT_SLIP = "assignment_slip"
    SUPERVISION_LETTER = "supervision_letter"
    FEEDBACK_LETTER = "feedback_letter"
    MONTHLY_REPORT = "monthly_report"
    DIRECTORY = "directory"
    KINDS = "kinds"
    WORDS = "words"
    CALENDAR = "calendar"


class VersionStatus(StrEnum):
    """Where a version of a list stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    REFUSED = "refused"


class TrainingStatus(StrEnum):
    """Where a training run of the classifier stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TrainingStage(StrEnum):
    """What a training run is at."""

    READING = "reading"
    TRAINING = "training"
    MEASURING = "measuring"


class TriageStep(StrEnum):
    """What is next with a new case."""

    TAKE_IN = "take_in"  # confirm the kind, accept, assign
    ACCEPT = "accept"  # confirm the kind, accept; who assigns is somebody else
    DECLINE = "decline"  # confirm the kind, do not take it in, say where to go
    ASK = "ask"  # confirm the kind, ask the reporter what is missing
    CHOOSE = "choose"  # the classifier is not sure: somebody chooses the kind
    LOOK = "look"  # the kind alone does not say it
    WAIT = "wait"  # the reporter was asked and has not answered


class Fact(StrEnum):
    """What is read out of a statement and can be read wrongly; the values are the names of `domain.values.Slots`."""

    PERSON = "person"
    WHEN = "when"
    WHERE = "where"
    AMOUNT = "amount_cny"
    GOODS = "goods"
    DEMAND = "demand"
    EVIDENCE = "evidence"


class SecondLook(StrEnum):
    """Why somebody has to look at a new case whose kind is known."""

    NAMES_FACTS = "names_facts"
    DANGER = "danger"
    SEVERAL = "several"
    CONFLICT = "conflict"
    ANSWERED = "answered"
    NAMES_OFFICIAL = "names_official"
    NO_OFFICIAL = "no_official"
    NO_BODY = "no_body"


class WorklistView(StrEnum):
    """The questions that members of staff bring to the worklist. `domain/worklist_views.py` says who brings which."""

    TRIAGE = "triage"  # it waits for us: new, and its reporter was not asked anything that he has not answered
    LOW_CONFIDENCE = "low_confidence"  # the classifier abstained and nobody decided
    DUE_TODAY = "due_today"
    SUPERVISED = "supervised"
    AWAITING_FEEDBACK = "awaiting_feedback"  # somebody waits to be told
    ANSWERED = "answered"  # the reporter answered a question and nobody has opened the case since
    AWAITING_ANSWER = "awaiting_answer"  # the reporter was asked something
    CONTACT = "contact"  # the reporter asked to speak to a person
    AWAITING_APPROVAL = "awaiting_approval"  # groups.yaml e09: whom it goes to is proposed, the head has not answered
    SENT_BACK = "sent_back"  # the head did not approve: whom it goes to must be proposed anew
    COUNTY_CADRES = "county_cadres"  # groups.yaml e09: handed on by the clue office alone
    RECUSED = "recused"  # somebody of the desk that has it must keep away (x1): the clue office arranges who takes it
    ALIKE = "alike"  # another report that one may see says nearly the same
    REPEATED = "repeated"  # others were merged into it


class SimilarReason(StrEnum):
    """Why two cases may be the same story. Never that the same person sent them."""

    SAME_TEXT = "same_text"  # copied or reworked
    SAME_EVENT = "same_event"  # told in other words
    PERHAPS_SAME_EVENT = "perhaps_same_event"
    SAME_PERSON = "same_person"  # the same unit and name
    SAME_TITLE = "same_title"  # the same unit and title: perhaps the same person


class WorklistSort(StrEnum):
    """In which order a list is shown. In the first two what is dangerous or late comes before everything else."""

    URGENT = "urgent"
    WAITING = "waiting"
    NEWEST = "newest"
    DUE = "due"


class SignInStep(StrEnum):
    """What is still to be done before a sign-in opens the console."""

    CODE = "code"
    PASSWORD = "password"  # noqa: S105  (a step, not a secret)
    ENROL = "enrol"


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
    # e04 about people of the very office that e04 names: kept apart, so that this office does not read it (x1).
    CADRE_OFFICE_STAFF = "e04_cadre_office_staff"
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


class Light(StrEnum):
    """What the clocks of a case say."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class LadderStep(StrEnum):
    """How hard a case is pressed, from a nudge to a talk."""

    URGED = "urged"
    ESCALATED = "escalated"
    SUPERVISED = "supervised"
    TALKED = "talked"


class LetterKind(StrEnum):
    """A letter that wants a written answer by a date."""

    URGING = "urging"
    SUPERVISION = "supervision"


class LetterStatus(StrEnum):
    """Where such a letter stands."""

    AWAITED = "awaited"
    ANSWERED = "answered"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"  # by whoever may write such a letter: a slip, or the matter has settled itself
    LAPSED = "lapsed"  # the body gave the case back: nobody is left to answer


class ProposalStatus(StrEnum):
    """Where it stands with a body that the clue office proposed for a case (groups.yaml e09)."""

    WAITING = "waiting"
    APPROVED = "approved"
    SENT_BACK = "sent_back"


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
    DOCUMENT = "document"  # a PDF; never opened in a browser, its first pages are shown as pictures


class AttachmentStatus(StrEnum):
    """Where the bytes of an attachment are."""

    PENDING = "pending"
    STORED = "stored"
    REFUSED = "refused"  # not what it said it was, or too large
    EXPIRED = "expired"  # the platform no longer has it


class CopyStatus(StrEnum):
    """Whether there is a copy of a recording that a browser plays, or of the pages of a document as pictures."""

    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"  # cannot be decoded or drawn: the original can be downloaded


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


class RecordKind(StrEnum):
    """What is kept for a limited time (`data/retention.yaml`)."""

    RAW_PUSHES = "raw_pushes"
    SIGN_INS = "sign_ins"
    CASE_CONTENT = "case_content"


class SharedTrait(StrEnum):
    """What two messages have in common that may tell of one event."""

    UNIT = "unit"
    PLACE = "place"
    KIND = "kind"
    SUM = "sum"
    FIGURES = "figures"
    PERSON = "person"
    MOMENT = "moment"
    WORDING = "wording"
