"""To mediation and back: referring a tip, its join code, and what the conclusion of mediation does to it."""

from datetime import datetime

from services.tips.mediation import domain
from services.tips.mediation.domain import Consent, ScopeAnswers
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases import identifiers
from services.tips.tip.usecases.access import Command, carry_out
from services.tips.tip.usecases.bench import Bench
from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.vocabulary import TipState
from shared.decision import Decision
from shared.errors import NotFound, NotYet
from shared.join_code import join_hash, spell
from shared.outbox import Cause, Loaded

SETTLED_REPLY = (
    "Các bên đã hòa giải thành ở cơ sở, nên tin báo của bạn được ghi nhận là đã giải quyết. "
    "Nội dung thỏa thuận do các bên và tổ hòa giải giữ, công an không biết; tổ hòa giải theo dõi thực hiện. "
    "Nếu thấy vụ việc chưa được giải quyết, bạn có thể đề nghị xem xét lại trong thời hạn ghi ở đây; "
    "một cán bộ khác sẽ xem lại."
    "\n\n"
    "The parties settled in neighbourhood mediation, so your report is recorded as resolved. "
    "What they agreed stays with them and the mediators, who follow it up; the police do not know it. "
    "If it is not resolved, you may contest this within the time shown here; another officer will look again."
)


def join_code(bench: Bench, tip_id: str, referral: int) -> str:
    """The single-use code of one referral. Whoever holds the receipt code may see it, nobody else."""
    return spell(identifiers.join_entropy(bench.secrets, tip_id, referral))


async def refer(
    bench: Bench, command: Command, *, scope: ScopeAnswers, reporter_is_party: bool, consent: Consent | None
) -> Loaded[Tip]:
    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        code = join_code(bench, command.tip_id, tip.referral + 1)
        return domain.refer(
            tip,
            scope,
            reporter_is_party=reporter_is_party,
            consent=consent,
            join_hash=join_hash(code),
            by=command.caller.id,
            rules=bench.rules,
            now=now,
        )

    return await carry_out(bench, command, decide)


async def conclude(
    bench: Bench, tip_id: str, referral: int, outcome: MediationOutcome, cause: Cause
) -> Loaded[Tip]:
    """mediation.concluded for one referral. A conclusion that no longer fits is refused into the history.

    Raises NotYet while the tip, or that referral of it, is not here; Unavailable.
    """

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        if tip.referral < referral and tip.status is not TipState.ERASED:
            raise NotYet("This referral has not been made here yet.", code="referral_not_yet")
        if outcome is not MediationOutcome.SUCCESSFUL:
            return domain.take_back(tip, referral, outcome, now=now)
        reply = bench.seal(tip_id, tip, "reply", SETTLED_REPLY)
        return domain.settle(tip, referral, reply=reply, rules=bench.rules, now=now)

    try:
        return await bench.outbox.update(tip_id, decide, cause)
    except NotFound:
        raise NotYet("This tip is not here yet.", code="tip_not_yet") from None
