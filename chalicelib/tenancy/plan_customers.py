"""What the contract says of customers, compiled: fields, the tenant's own page, the other systems."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerField:
    """A field of the tenant's own customers, who are sorted by it when it is `listed`; see `contract_customers.py`."""

    id: str
    title: str
    kind: Literal["text", "number", "date", "choice", "flag"]
    choices: tuple[str, ...] = ()
    listed: bool = False
    classification: Literal["plain", "personal", "sensitive"] = "personal"


PAGE_KEYS = ("contact_id", "number", "entry_number", "customer_id", "line", "region")
"""What the URL of a tenant's own page may name of a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPage:
    """A page of the tenant's own CRM, opened for callers whom we do not know (`unmatched`) or for all."""

    url: str
    when: Literal["unmatched", "always"] = "unmatched"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedField:
    """A fact that both systems keep: by our name, by theirs (`theirs`), and who wins when both changed it (`rule`)."""

    field: str
    theirs: str
    rule: Literal["ours", "theirs", "newest"] = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterTerms:
    """Another system that keeps the tenant's customers too (INT-02); see `contract_adapters.py`."""

    id: str
    url: str
    secret: str
    sign: Literal["bearer", "hmac"] = "bearer"
    timeout_ms: int = 1_500
    fields: tuple[SharedField, ...] = ()
