"""Adapters: one customer of two systems, brought to the same: who changed, is new, is gone (INT-02, SEC-06)."""

from dataclasses import dataclass

from chalicelib.adapters import policy
from chalicelib.adapters.models import AdapterTerms, Document, Moved, Port, Refused, Told, Undecided
from chalicelib.adapters.store import Links
from chalicelib.audit.models import Actor
from chalicelib.customers.models import CUSTOMER_ID
from chalicelib.customers.registry import Customer, Facts, IdTaken, Outdated, Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """Compares customers of ours with those of one other system. `by` is who changes ours in its name."""

    terms: AdapterTerms
    port: Port
    links: Links
    registry: Registry

    @property
    def by(self) -> Actor:
        """Who the trail names when the other system's facts become ours."""
        return Actor(user=f"adapter:{self.terms.id}")

    def compare(self, id_: str) -> None:
        """Let both systems have the same facts of a customer.

        Theirs are written first and ours then, each over exactly what was read; what both agree on is kept last. So
        whatever fails in between, the next comparison comes to the same.

        Raises:
            Moved: one of them changed meanwhile. Undecided: one has forgotten the customer, and people decide.
            Refused, Unreachable: the other system. BadFacts: our contract does not allow what it has.

        """
        if not CUSTOMER_ID.fullmatch(id_):
            raise Refused("the id cannot be one of a customer of ours")
        theirs, base = self.port.find(id_), self.links.agreed(id_)
        record = self.registry.kept.family(id_).get(id_)
        if record is None and self.links.is_erased(id_):
            self.port.remove(id_, seen=theirs.version if theirs else None)
        elif record is None or record.deleted:
            self._without_ours(id_, theirs, base, was_ours=record is not None)
        elif record.merged_into is None:  # else the record that it is merged into is compared
            ours = self.registry.customer(id_)
            if theirs is None:
                self._without_theirs(ours, base)
            else:
                self._both(ours, theirs, base or {})

    def _both(self, ours: Customer, theirs: Document, base: Told) -> None:
        id_ = ours.record.id
        mine = policy.shared(ours.record.facts, self.terms.fields)
        newer = ours.record.changed_at >= theirs.changed_at
        both = policy.merged(base, mine, theirs.facts, self.terms.fields, ours_newer=newer)
        if both != theirs.facts:
            self.port.put(id_, both, seen=theirs.version)
        if both != mine:
            self._edit(ours, both)
        self.links.agree(id_, both)

    def _without_ours(self, id_: str, theirs: Document | None, base: Told | None, *, was_ours: bool) -> None:
        """Take in a customer of theirs, or carry over that ours was deleted."""
        if theirs is None:
            if base is not None:
                self.links.part(id_)
        elif not was_ours and base is None:
            self.links.agree(id_, self._create(id_, theirs))
        elif policy.is_carried(self.terms, base, theirs.facts):
            self.port.remove(id_, seen=theirs.version)
            self.links.part(id_)
        else:
            raise Undecided("the customer was forgotten here, and is not forgotten by itself on the other side")

    def _without_theirs(self, ours: Customer, base: Told | None) -> None:
        """Let them have a customer of ours, or carry over that theirs was deleted."""
        id_, mine = ours.record.id, policy.shared(ours.record.facts, self.terms.fields)
        if base is None:
            self.port.put(id_, mine, seen=None)
            self.links.agree(id_, mine)
        elif policy.is_carried(self.terms, base, mine):
            try:
                self.registry.delete(id_, self.by, revision=ours.record.revision)
            except Outdated as lost:
                raise Moved("our customer was changed meanwhile") from lost
            self.links.part(id_)
        else:
            raise Undecided("the customer was forgotten there, and is not forgotten by itself on the other side")

    def _create(self, id_: str, theirs: Document) -> Told:
        told = theirs.facts
        if not isinstance(told.get("name"), str):
            raise Refused("a customer without a name cannot be kept here")
        facts = policy.with_shared(Facts(name=str(told["name"])), told, self.terms.fields)
        try:
            self.registry.create(facts, self.by, id_=id_)
        except IdTaken as taken:
            raise Undecided("what callers type for the id belongs to another customer") from taken
        return policy.shared(facts, self.terms.fields)

    def _edit(self, ours: Customer, both: Told) -> None:
        facts = policy.with_shared(ours.record.facts, both, self.terms.fields)
        try:
            self.registry.edit(ours.record.id, facts, self.by, revision=ours.record.revision)
        except Outdated as lost:
            raise Moved("our customer was changed meanwhile") from lost
