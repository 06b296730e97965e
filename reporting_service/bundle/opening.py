"""A file to be verified, a bundle or a receipt, with what is given beside it; what does not apply is refused."""

from pathlib import Path

from reporting_service.bundle.findings import Found
from reporting_service.bundle.receipts import RECEIPT_BYTES_MAX, Receipt, check_receipt, is_receipt
from reporting_service.bundle.verifying import Progress, verify_bundle
from shared.log_format.checkpoints import Checkpoint, open_checkpoint
from shared.log_format.notes import BadNote, Verifier
from shared.log_format.witnesses import Policy


class WrongUse(Exception):
    """Something given beside the file that does not apply to it or cannot be used; the sentence says what."""


def verify_file(
    file: Path,
    verifier: Verifier,
    policy: Policy | None,
    progress: Progress,
    *,
    seen: Path | None = None,
    entry: Path | None = None,
) -> Found | Receipt:
    """Check a receipt, with the entry beside it if one is given, or a bundle, which must continue what was seen.

    Differs names what does not hold; WrongUse and NoEntry what else should be given.
    """
    if policy is not None and policy.logs and verifier.vkey not in {log.verifier.vkey for log in policy.logs}:
        raise WrongUse("The witness policy is of other logs: none of its `log` lines has the key given.")
    with file.open("rb") as opened:
        if is_receipt(opened.read(64)):
            if seen is not None:
                raise WrongUse(f"{file.name} is a proof file: --seen is for bundles, a receipt shows no earlier log.")
            opened.seek(0)
            given = entry.read_bytes() if entry else None
            return check_receipt(opened.read(RECEIPT_BYTES_MAX), verifier, given, policy)
        if entry is not None:
            raise WrongUse(f"{file.name} is no proof file: --entry is for one, a bundle holds its entries.")
        return verify_bundle(opened, verifier, policy, progress, _kept(seen, verifier) if seen else None)


def _kept(seen: Path, verifier: Verifier) -> Checkpoint:
    try:
        return open_checkpoint(seen.read_text("utf-8"), verifier)
    except (BadNote, OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"The checkpoint that you kept cannot be used: {error}.") from error
