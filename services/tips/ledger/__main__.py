"""`python -m services.tips.ledger verify <proof>` checks a kept proof; `new-key <name>` makes a log's key."""

import argparse
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import httpx

from services.tips.ledger.domain.notes import Checkpoint, Malformed
from services.tips.ledger.keys import SigningKey, VerifierKey
from services.tips.ledger.shapes import ConsistencyProof
from services.tips.ledger.verify import (
    Findings,
    Unreadable,
    check_growth,
    check_receipt,
    key_of,
    opened,
    read_consistency,
    read_receipt,
)

_SECONDS = 20.0


def main(arguments: Sequence[str]) -> int:
    """0 when everything holds, 1 when something speaks against the log, 2 when it cannot be told."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except UnicodeDecodeError:
        print("Không đọc được tệp. / A checkpoint cannot be read.", file=sys.stderr)
    except Unreadable as fault:
        print(f"Không đọc được tệp. / {fault} cannot be read.", file=sys.stderr)
    except OSError as fault:
        print(f"Không mở được tệp. / {fault}", file=sys.stderr)
    except httpx.HTTPError as fault:
        print(f"Không hỏi được sổ. / The log does not answer ({type(fault).__name__}).", file=sys.stderr)
    except Malformed as fault:
        print(fault, file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.tips.ledger", description=__doc__)
    commands = parser.add_subparsers(required=True)
    verify = commands.add_parser("verify", help="check a kept proof, offline unless --against is given")
    verify.add_argument("proof", type=Path, help="the file that /ledger or GET /reporter/proof gave")
    verify.add_argument("--key", help="the log's public key, kept elsewhere; else the proof's own")
    verify.add_argument("--earlier", type=Path, metavar="FILE", help="a checkpoint kept before the proof")
    verify.add_argument("--later", type=Path, metavar="FILE", help="a checkpoint fetched after the proof")
    verify.add_argument(
        "--consistency",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what GET /ledger/consistency gave; may be repeated",
    )
    verify.add_argument("--against", metavar="URL", help="ask the log itself for what is missing")
    verify.set_defaults(run=_verify)
    make = commands.add_parser("new-key", help="print a private key for TIPS_LEDGER_KEY")
    make.add_argument("name", help="the log's name, such as ledger.example.org/tips")
    make.set_defaults(run=_new_key)
    return parser


def _verify(given: argparse.Namespace) -> int:
    receipt = read_receipt(given.proof.read_bytes())
    key = key_of(receipt, given.key)
    findings = Findings()
    proofs = [read_consistency(file.read_bytes()) for file in given.consistency]
    kept = check_receipt(receipt, key, findings)
    heads = [
        None if given.earlier is None else opened(given.earlier.read_text(), key, findings),
        kept,
        None if given.later is None else opened(given.later.read_text(), key, findings),
    ]
    if given.against:
        with httpx.Client(base_url=given.against, timeout=_SECONDS) as log:
            heads.append(opened(log.get("/ledger/checkpoint").raise_for_status().text, key, findings))
            proofs += _fetched(log, [head for head in heads if head is not None])
    known = [head for head in heads if head is not None]
    for old, new in pairwise(known):
        check_growth(old, new, proofs, findings)
    return _tell(findings, key)


def _fetched(log: httpx.Client, heads: Sequence[Checkpoint]) -> list[ConsistencyProof]:
    """What joins each head to the next; of one that the log says it never had there is none."""
    found = []
    for old, new in pairwise(heads):
        if old.size < new.size:
            asked = log.get("/ledger/consistency", params={"from": old.size, "to": new.size})
            if asked.is_success:
                found.append(read_consistency(asked.content))
    return found


def _tell(findings: Findings, key: VerifierKey) -> int:
    for vi, en in findings.lines:
        print(f"{vi}\n  {en}")
    if not findings.fine:
        print(
            "\nKHÔNG ĐÚNG. Hãy giữ các tệp này và đưa cho người bạn tin."
            "\n  It does NOT hold. Keep these files and show them to somebody you trust."
        )
        return 1
    if not findings.whole:
        print(
            "\nCHƯA ĐỦ. Hãy lấy lại bằng chứng sau thời gian đã hứa; nếu vẫn vậy, hãy giữ các tệp và hỏi."
            "\n  NOT YET. Fetch it again after the time promised; if it stays so, keep the files and ask."
        )
        return 2
    print(f"\nĐÚNG. Mọi điều trên đều khớp với sổ {key.name}.\n  All of it holds.")
    return 0


def _new_key(given: argparse.Namespace) -> int:
    print(SigningKey.fresh(given.name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
