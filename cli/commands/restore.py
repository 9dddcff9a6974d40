"""`trunkline restore`: what comes back after a loss, rehearsed on the local cloud (REL-06)."""

from pathlib import Path
from typing import Annotated

import typer

from cli import aws, options, people_copies, rehearsal, terminal
from cli.rehearsal import Rehearsal
from cli.showcase import first_call

app = typer.Typer(no_args_is_help=True, help="Bring data back after a loss (docs/runbooks/restore.md).")

PeopleFile = Annotated[Path, typer.Option("--file", dir_okay=False, help="One JSON object a line and user.")]


@app.command()
def rehearse(
    tenant: options.Tenant,
    report: Annotated[Path | None, typer.Option("--report", dir_okay=False, help="Write the report here too.")] = None,
    port: options.Port = aws.PORT,
) -> None:
    """Empty the tenant's table, restore it and compare; one call comes before the loss and one while all is gone.

    Status 1 when something did not come back, or not in the time that the contract promises.
    """
    url = aws.endpoint(port)
    contract, control = options.contract(tenant), options.control(url)

    def one_call() -> None:
        control.call(first_call(contract))
        control.run()

    promised = contract.security.recovery
    done = rehearsal.Rehearsing(aws.stack(tenant, url), url, promised).run(after_backup=one_call, while_gone=one_call)
    text = told(done)
    terminal.console().print(text, markup=False, soft_wrap=True)
    if report:
        report.write_text(text + "\n", encoding="utf-8")
    if done.problems:
        raise typer.Exit(1)


@app.command("people-copy")
def people_copy(tenant: options.Tenant, file: PeopleFile, port: options.Port = aws.PORT) -> None:
    """Write the users of the tenant's pool with their roles into a file; it holds no password."""
    url = aws.endpoint(port)
    people = list(people_copies.read(aws.client("cognito-idp", url), aws.stack(tenant, url).output("UserPoolId")))
    file.write_text(people_copies.as_text(people), encoding="utf-8")
    terminal.console().print(f"{tenant}: {len(people)} users")


@app.command("people-back")
def people_back(tenant: options.Tenant, file: PeopleFile, port: options.Port = aws.PORT) -> None:
    """Make the users of such a file whom the pool lacks, with their roles; each needs a new password."""
    url = aws.endpoint(port)
    people = people_copies.from_text(file.read_text(encoding="utf-8"))
    made = people_copies.restore(aws.client("cognito-idp", url), aws.stack(tenant, url).output("UserPoolId"), people)
    terminal.console().print(f"{tenant}: {len(made)} of {len(people)} users made again")


def told(done: Rehearsal) -> str:
    """Return the report of a rehearsal, a line for each finding."""
    promised = done.promised
    copies = [
        f"- {copy.table}: {copy.items} items restored; {len(copy.difference.missing)} missing, "
        f"{len(copy.difference.changed)} changed, {len(copy.difference.extra)} too many"
        for copy in done.copies
    ]
    lost = ", ".join(f"{count} {kind}" for kind, count in done.lost.items()) or "nothing"
    lines = [
        f"# Rehearsed loss of {done.tenant}",
        f"- emptied: {done.emptied} items; put back: {done.put_back}; newer ones kept: {done.newer_kept}",
        *copies,
        f"- records, events and recordings told once more: {done.told_again}; lost for good: {lost}",
        f"- arrivals counted at the loss: {done.totals_before.get('KPI.arrivals', 0)}, "
        f"at the end: {done.totals_after.get('KPI.arrivals', 0)}",
        f"- recovery time: {done.recovery_s:.1f} s, promised {promised.time_min} min",
        f"- recovery point: {done.point_s:.1f} s, promised {promised.point_min} min",
        *(f"- PROBLEM: {problem}" for problem in done.problems),
        "- passed" if not done.problems else "- not passed",
    ]
    return "\n".join(lines)
