"""The same money as plain-text journals: an income transaction for every event, for the peers that read such files."""

from pathlib import Path

from bench.workload.canonical import canonical_events

ENTRY = {
    "hledger": "{on} receipt {number}\n    {line}:available  USD {amount}\n    income:{kind}  USD -{amount}\n\n",
    "beancount": '{on} * "receipt {number}"\n  Assets:{line}:Available  {amount} USD\n  Income:{kind}\n\n',
}
OPEN = "2000-01-01 open Assets:{line}:Available\n2000-01-01 open Income:{kind}\n"
NAMES = {"project-overhead": "Overhead", "unearmarked-contribution": "Unearmarked", "interest": "Interest"}


def write_journal(path: Path, program: str, size: int) -> None:
    """One balanced transaction per event of the canonical history."""
    with path.open("w") as file:
        if program == "beancount":
            file.writelines(
                OPEN.format(line=line, kind=kind)
                for line, kind in zip(("Line1", "Line2", "Line3"), NAMES.values(), strict=True)
            )
        for number, (_, _, event) in enumerate(canonical_events(size)):
            data = event["data"]
            amount = data["amount"] if data.get("currency") == "USD" and "amount" in data else "1.00"
            on = data.get("received_on") or data.get("on") or "2010-12-31"
            line = "Line2" if data.get("line") == "line-2" else "Line1"
            kind = NAMES.get(data.get("kind", ""), "Overhead")
            file.write(ENTRY[program].format(on=on, number=number, line=line, amount=amount.lstrip("-"), kind=kind))
