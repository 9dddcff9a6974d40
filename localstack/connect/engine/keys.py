"""Keys of what is kept in buckets (9)."""

from datetime import datetime


def dated(prefix: str, kind: str, contact_id: str, at: datetime, ending: str) -> str:
    """<kind>/YYYY/MM/DD/<contactId>_YYYYMMDDThh:mm_UTC.<ending> below the prefix; `at` is in UTC."""
    name = f"{contact_id}_{at:%Y%m%dT%H:%M}_UTC.{ending}"
    return "/".join(part for part in (prefix.strip("/"), kind, f"{at:%Y/%m/%d}", name) if part)
