"""The words of the platform as enumerations (tests/contracts/test_vocabulary.py has them
in words). Standard library only.
"""

from enum import StrEnum


class Category(StrEnum):
    """What a tip is about: an act, a place, a time. Never speech, belief, assembly, nationality or
    lifestyle.
    """

    THEFT_BURGLARY = "theft_burglary"
    ROBBERY_SNATCHING = "robbery_snatching"
    ASSAULT = "assault"
    DOMESTIC_VIOLENCE = "domestic_violence"
    CHILD_ABUSE = "child_abuse"
    FRAUD_ONLINE = "fraud_online"
    FRAUD_OFFLINE = "fraud_offline"
    ILLEGAL_LENDING = "illegal_lending"
    DRUGS = "drugs"
    GAMBLING = "gambling"
    WEAPONS_FIREWORKS = "weapons_fireworks"
    TRAFFICKING = "trafficking"
    FIRE_HAZARD = "fire_hazard"
    TRAFFIC_DANGER = "traffic_danger"
    NOISE = "noise"
    VANDALISM = "vandalism"
    ENVIRONMENTAL_DUMPING = "environmental_dumping"
    SIDEWALK_ENCROACHMENT = "sidewalk_encroachment"
    WORKPLACE_ACCIDENT = "workplace_accident"
    MISSING_PERSON = "missing_person"
    LOST_FOUND = "lost_found"
    INFRASTRUCTURE_HAZARD = "infrastructure_hazard"
    NEIGHBOUR_DISPUTE = "neighbour_dispute"
    OFFICER_MISCONDUCT = "officer_misconduct"
    OTHER_INCIDENT = "other_incident"


class DisputeType(StrEnum):
    BOUNDARY = "boundary"
    SHARED_PATH = "shared_path"
    NOISE = "noise"
    HOUSEHOLD_WASTE = "household_waste"
    ANIMALS = "animals"
    WATER_DRAINAGE = "water_drainage"
    DEBT_SMALL = "debt_small"
    PROPERTY_DAMAGE = "property_damage"
    FAMILY_NONVIOLENT = "family_nonviolent"
    INHERITANCE = "inheritance"
    CONDOMINIUM = "condominium"
    OTHER = "other"


class Channel(StrEnum):
    WEB = "web"
    PHONE = "phone"
    IN_PERSON = "in_person"
    MEETING = "meeting"
    HOME_VISIT = "home_visit"
    ZALO_OA = "zalo_oa"
    ZALO_GROUP = "zalo_group"
    SOCIAL_POST = "social_post"
    SMS = "sms"
    EMAIL = "email"
    LOUDSPEAKER = "loudspeaker"
    LEAFLET = "leaflet"
    NOTICE_BOARD = "notice_board"
    PUBLIC_SERVICES_PORTAL = "public_services_portal"
    OPEN311 = "open311"
    KAFKA = "kafka"
    OTHER = "other"


class IdentityMode(StrEnum):
    ANONYMOUS = "anonymous"
    PROTECTED = "protected"
    OPEN = "open"


class OccurredPrecision(StrEnum):
    EXACT = "exact"
    APPROX = "approx"
    DAY = "day"
    UNKNOWN = "unknown"


class AttachmentKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class TipState(StrEnum):
    RECEIVED = "received"
    CLASSIFIED = "classified"
    REFERRED = "referred"
    HANDED_OVER = "handed_over"
    RESOLVED = "resolved"
    UNFOUNDED = "unfounded"
    OUT_OF_SCOPE = "out_of_scope"
    REPLIED = "replied"
    CLOSED = "closed"
    REOPENED = "reopened"
    ERASED = "erased"


class TipOutcome(StrEnum):
    """How a tip ended before the reply; the four never share a figure."""

    HANDED_OVER = "handed_over"
    RESOLVED = "resolved"
    UNFOUNDED = "unfounded"
    OUT_OF_SCOPE = "out_of_scope"


class Classification(StrEnum):
    CRIME_REPORT = "crime_report"
    ADMIN_VIOLATION = "admin_violation"
    DISPUTE = "dispute"
    EMERGENCY = "emergency"
    INFORMATION = "information"


class Harm(StrEnum):
    ATTEMPTED = "attempted"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


class DeclineReason(StrEnum):
    """Why a tip is out of scope; the wording for the reporter stays in the sealed reply."""

    NOT_AN_INCIDENT = "not_an_incident"
    OTHER_AREA = "other_area"
    OTHER_AUTHORITY = "other_authority"
    CIVIL_MATTER = "civil_matter"
    NOT_UNDERSTANDABLE = "not_understandable"
    SPAM = "spam"
    OTHER = "other"


class UnfoundedReason(StrEnum):
    NOTHING_FOUND = "nothing_found"
    CANNOT_BE_VERIFIED = "cannot_be_verified"
    LAWFUL_ACT = "lawful_act"
    MISTAKEN = "mistaken"
    OTHER = "other"


class Authority(StrEnum):
    """To whom a tip is handed over."""

    INVESTIGATION_AGENCY = "investigation_agency"
    PROCURACY = "procuracy"
    PROVINCIAL_POLICE = "provincial_police"
    PEOPLES_COMMITTEE = "peoples_committee"
    INSPECTORATE = "inspectorate"
    FIRE_POLICE = "fire_police"
    TRAFFIC_POLICE = "traffic_police"
    MARKET_MANAGEMENT = "market_management"
    ENVIRONMENT_AUTHORITY = "environment_authority"
    SOCIAL_SERVICES = "social_services"
    HEALTH_AUTHORITY = "health_authority"
    LABOUR_AUTHORITY = "labour_authority"
    OTHER = "other"


class HandoverResult(StrEnum):
    CASE_OPENED = "case_opened"
    SANCTIONED = "sanctioned"
    NO_CASE = "no_case"


class MessageAuthor(StrEnum):
    REPORTER = "reporter"
    OFFICER = "officer"


class ClosedBy(StrEnum):
    OFFICER = "officer"
    APPEAL_WINDOW = "appeal_window"


class ErasureReason(StrEnum):
    RETENTION = "retention"
    REQUEST = "request"


class AccessPurpose(StrEnum):
    """Why an identity was opened; the reasoning in words stays in the vault's audit."""

    CONTACT_REPORTER = "contact_reporter"
    PROTECT_REPORTER = "protect_reporter"
    INVESTIGATION = "investigation"
    COURT_ORDER = "court_order"
    OTHER = "other"


class Qualifier(StrEnum):
    """How sure a reported figure is; shown with it ("trên 15.000"), never dropped."""

    EXACT = "exact"
    MORE_THAN = "more_than"
    APPROX_BELOW = "approx_below"
    APPROX = "approx"
    ORDER_OF_MAGNITUDE = "order_of_magnitude"


class Origin(StrEnum):
    COMPUTED = "computed"
    ATTESTED = "attested"
    DERIVED = "derived"
