"""Privacy: what is done. Take requests and holds, and carry them out step by step while there is time (SEC-06)."""

import functools
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor
from chalicelib.customers import registry as customers
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import NotFound
from chalicelib.privacy import package, policy
from chalicelib.privacy.aging import CLOCK, Aging
from chalicelib.privacy.finding import Finding
from chalicelib.privacy.holding import EVERY, Holding
from chalicelib.privacy.models import PACKAGE_DAYS, PACKAGES, Changed, Ended, Hold, Kind, Person, Request, State, terms
from chalicelib.privacy.objects import Bucket, Objects
from chalicelib.privacy.people import People, Who
from chalicelib.privacy.store import Desk, Places
from chalicelib.privacy.units import Units
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant

VALID_S: Final = 120
PASSES: Final = 4
"""Looks at a person in one go. The second finds nothing, unless something arrived during the first."""

__all__ = ["Privacy", "Who", "wired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Requests and holds of one tenant. `bucket` is the name of the tenant's, `draw` gives a random text."""

    tenant: Tenant
    desk: Desk
    people: People
    objects: Bucket
    bucket: str
    now: Callable[[], datetime]
    draw: Callable[[], str]

    # ------------------------------------------------------------------ what people ask

    def ask(self, kind: Kind, who: Who, reason: str, by: Actor) -> Request:
        """Take a request; it is carried out within minutes. The trail names the request, not the person.

        Raises:
            NotFound: nothing is kept of such a person. Ambiguous: several customers have the number or address.
            StoreUnavailable, Throttled: nothing was written.

        """
        at = self.now()
        request = Request(
            id=self._id(at), kind=kind, asked_at=at, asked_by=by.user, reason=reason, person=self.people.person(who)
        )
        act = Act(action=f"privacy.{kind}", resource=f"privacy/requests/{request.id}", facts={"reason": reason})
        self.desk.save(request, by=by, act=act)
        return request

    def request(self, id_: str) -> Request:
        """Return a request.

        Raises:
            NotFound: there is none. StoreUnavailable, Throttled: the store could not answer.

        """
        found = next((one for one in self.desk.requests() if one.id == id_), None)
        if found is None:
            raise NotFound("no such request")
        return found

    def fetch(self, id_: str) -> str:
        """Return an address of the package of an export, good for VALID_S seconds.

        Raises:
            NotFound: there is no such package, not yet, or no more.

        """
        request = self.request(id_)
        if request.package is None or request.expires_at is None or request.expires_at <= self.now():
            raise NotFound("no package: not yet, or no more")
        return self.objects.signed(request.package, valid_s=VALID_S)

    def hold(self, who: Who, reason: str, by: Actor, *, until: datetime | None) -> Hold:
        """Put a legal hold on a person: from now on nothing of them is erased.

        Raises:
            NotFound, Ambiguous: as `ask`. StoreUnavailable, Throttled: nothing was written.

        """
        at = self.now()
        person = self.people.person(who)
        hold = Hold(id=self._id(at), person=person, reason=reason, by=by.user, at=at, until=until)
        after = {"reason": reason, "until": until.isoformat() if until else None}
        act = Act(action="privacy.hold", resource=f"privacy/holds/{hold.id}", after=after)
        self.desk.save_hold(hold, by=by, act=act)
        return hold

    def end_hold(self, id_: str, by: Actor) -> Hold:
        """End a hold: what it kept gets its end back, and requests that it stopped go on.

        Raises:
            NotFound: there is no such hold. Ended: it has ended.
            Changed: it changed at this moment. StoreUnavailable, Throttled: nothing was written.

        """
        hold = next((one for one in self.desk.holds() if one.id == id_), None)
        if hold is None:
            raise NotFound("no such hold")
        if not hold.holds(self.now()):
            raise Ended("the hold has ended")
        over = replace(hold, ended_at=self.now(), ended_by=by.user, revision=hold.revision + 1)
        self.desk.save_hold(over, by=by, act=Act(action="privacy.hold.end", resource=f"privacy/holds/{id_}"))
        return over

    # ------------------------------------------------------------------ carrying out

    def carry_out(self, until: datetime) -> Mapping[str, int]:
        """Do what holds and requests ask for, as long as it is before `until`; return how many of each were dealt with.

        With the time that is left, ask for the erasure of customers whose period is over.
        Whoever is stopped, at whatever step, leaves what the next look goes on with.

        Raises:
            StoreUnavailable, Throttled: the store could not answer; the next look goes on.

        """
        done = {"kept": 0, "released": 0, "ended": 0, "held": 0, "left": 0}
        for hold in self.desk.holds():
            if hold.released_at is None and self.now() < until:
                done[self._walk(hold)] += 1
        holds = self.desk.holds()
        for request in self.desk.requests():
            if request.state is not State.DONE or self._is_over(request):
                done[self._go_on(request, holds, until)] += 1
        self._aging().look(until)
        return done

    def _walk(self, hold: Hold) -> str:
        """Keep what is held from expiring, once a day; after the hold let it go."""
        now = self.now()
        holding = Holding(places=self.desk.places, objects=self.objects, person=lambda: self._finding(hold.person, now))
        if not hold.holds(now):
            holding.release(now)
            over = replace(hold, person=Person(), released_at=now, revision=hold.revision + 1)
            self.desk.save_hold(over)
            return "released"
        if hold.walked_at is None or hold.walked_at + EVERY <= now:
            holding.keep()
            self.desk.save_hold(replace(hold, walked_at=now, revision=hold.revision + 1))
        return "kept"

    def _go_on(self, request: Request, holds: tuple[Hold, ...], until: datetime) -> str:
        if request.person is None or self.now() >= until:
            return "left"
        if request.state is State.DONE:
            return self._forget(request)
        try:
            if request.kind is Kind.EXPORT:
                self._export(request, request.person)
                return "ended"
            return self._go_on_erasing(request, request.person, holds, until)
        except Changed:
            return "left"

    def _go_on_erasing(self, request: Request, person: Person, holds: tuple[Hold, ...], until: datetime) -> str:
        if (hold := policy.hold_on(person, holds)) is not None:
            if request.held_by != hold.id:
                self.desk.save(policy.stopped(request, hold))
            return "held"
        if self._aging().is_heard_of_again(request):
            self._end(policy.ended(request, self.now()))
            return "ended"
        return "ended" if self._erase(request, person, until) else "left"

    def _is_over(self, request: Request) -> bool:
        """Return whether the package of an export has ended: nobody needs to know any more of whom it was."""
        return request.person is not None and request.expires_at is not None and request.expires_at <= self.now()

    def _forget(self, request: Request) -> str:
        self.desk.save(replace(request, person=None, revision=request.revision + 1))
        return "ended"

    def _export(self, request: Request, person: Person) -> None:
        at = self.now()
        packed = package.package(self._finding(person, request.asked_at), at)
        body = json.dumps(packed, ensure_ascii=False, indent=1, default=str).encode()
        key = f"{PACKAGES}{request.id}.json"
        self.objects.pack(key, body)
        counted = policy.counted(request, package.counts(packed), body.decode(), at)
        over = policy.ended(counted, at, package=key, expires_at=at + timedelta(days=PACKAGE_DAYS))
        # The person stays with an export as long as its package: an erasure takes the package away, too.
        self._end(replace(over, revision=request.revision + 1, person=person))

    def _erase(self, request: Request, person: Person, until: datetime) -> bool:
        """Do steps until nothing is left, and return whether it is so; False when the time is over."""
        for _ in range(PASSES):
            any_left = False
            for unit in self._units(person, request.asked_by, request.asked_at).all():
                if self.now() >= until:
                    return False
                any_left = True
                for bucket, key in unit.objects:
                    self.objects.erase(bucket, key)
                told = [name for name, _ in unit.steps]
                request = policy.counted(request, unit.counts, [told, list(unit.objects)], self.now())
                self.desk.save(request, unit.steps)
            if not any_left:
                self._end(policy.ended(self._without_packages(request, person), self.now()))
                return True
        return False

    def _without_packages(self, request: Request, person: Person) -> Request:
        """Take away what was packed for the same person, and return the request that counts it."""
        for export in self.desk.requests():
            if export.kind is Kind.EXPORT and export.person is not None and export.person.meets(person):
                if export.package is not None:
                    self.objects.erase(self.bucket, export.package)
                gone = policy.ended(export, self.now(), package=None, expires_at=None)
                self.desk.save(replace(gone, ended_at=export.ended_at or gone.ended_at))
                request = policy.counted(request, {"packages": 1}, export.id, self.now())
                self.desk.save(request)
        return request

    def _end(self, request: Request) -> None:
        """Write the end of a request, with its certificate in the trail."""
        after = {"counts": dict(request.counts), "proof": request.proof, "kept": dict(request.kept)}
        resource = f"privacy/requests/{request.id}"
        act = Act(action=f"privacy.{request.kind}.done", resource=resource, after=after)
        if request.asked_by == CLOCK.user:  # they are as many as customers: the certificate in the trail is enough
            self.desk.drop(request, by=CLOCK, act=act)
        else:
            self.desk.save(request, by=Actor(user=request.asked_by), act=act)

    def _aging(self) -> Aging:
        days = terms(self.tenant.privacy).retention.customers_days
        return Aging(
            desk=self.desk, people=self.people, finding=self._finding, days=days, now=self.now, new_id=self._id
        )

    def _finding(self, person: Person, at: datetime) -> Finding:
        return Finding(
            places=self.desk.places, tenant=self.tenant.id, days=self.tenant.contacts_days, person=person, at=at
        )

    def _units(self, person: Person, by: str, at: datetime) -> Units:
        return Units(
            places=self.desk.places,
            tenant=self.tenant.id,
            days=self.tenant.contacts_days,
            bucket=self.bucket,
            person=person,
            by=by,
            at=at.replace(microsecond=0),
            # What ends here by age ends here alone: only a person who asks is forgotten everywhere.
            adapters=() if by == CLOCK.user else tuple(one["id"] for one in self.tenant.adapters),
        )

    def _id(self, at: datetime) -> str:
        return f"{at:%Y%m%dT%H%M%S}-{self.draw()}"

    def left_behind(self) -> tuple[tuple[str, int | None, str], ...]:
        """Return what an erasure cannot reach, for the certificate."""
        return policy.left_behind(terms(self.tenant.privacy).retention)


@functools.cache
def wired() -> Privacy:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    bucket = settings.required(os.environ, "TRUNKLINE_RECORDING_BUCKET")
    return Privacy(
        tenant=tenancy.current(),
        desk=Desk(_places(os.environ), tenancy.current().id, audit.trail()),
        people=People(customers.wired().kept, _places(os.environ), tenancy.current().id),
        objects=Objects(aws.client("s3", aws.A_PERSON_WAITS), bucket),
        bucket=bucket,
        now=clock.from_environment(),
        draw=lambda: secrets.token_hex(4),
    )


def _places(environment: Mapping[str, str]) -> Places:
    client: Any = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Places(client, settings.StoreSettings.load(environment).table)
