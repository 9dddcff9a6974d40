"""The survey after a call (K15, K16): a line opts in. Authoring side only."""

from pydantic import Field

from chalicelib.tenancy.contract_base import Model


class Survey(Model):
    """Callers who stay when the agent has left are asked for one key: 1 to `kpis.survey_classes`, most satisfied last.

    `share_percent` of them are asked, by chance: neither callers nor agents choose. The words are the line's prompts
    `survey_question` and `survey_thanks`, else the prompt catalogue's.
    """

    share_percent: int = Field(default=100, ge=1, le=100)
