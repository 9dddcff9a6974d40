"""What happens by the clock: a rule of EventBridge that invokes a function of the app."""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lam
from constructs import Construct

from chalicelib.reliability.models import LOOK
from infra.cdk.names import logical

MORNING = "cron(0 1 * * ? *)"
"""One o'clock UTC: nine in the morning in China."""
REFUSED_DAYS = 2
"""Of refused calls, which the clock lets send after midnight: today's, and what is left of the day before."""
EVERY_MINUTE = "cron(0/1 * * * ? *)"
EVERY_FIVE_MINUTES = "cron(0/5 * * * ? *)"
"""On the full hour too, so at every time zone's midnight, when a day's validity ends."""


class Scheduled(Construct):
    """Invokes the function `function_arn` at `when`. Lambda itself tries a failed invocation twice again.

    `told` is the event that it gets instead of the clock's own.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        what: str,
        function_arn: str,
        when: str = MORNING,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(scope, id_)
        input_ = json.dumps(dict(told)) if told else None
        self._targets = [events.CfnRule.TargetProperty(arn=function_arn, id="function", input=input_)]
        self._rule = rule = events.CfnRule(
            self,
            "Rule",
            description=what,
            schedule_expression=when,
            targets=self._targets,
        )
        lam.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function_arn,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )

    def also(self, id_: str, *, function_arn: str, told: Mapping[str, Any]) -> None:
        """Invoke another function at the same times: a rule may have five, and a stack has no room for a rule each."""
        target = events.CfnRule.TargetProperty(arn=function_arn, id=id_, input=json.dumps(dict(told)))
        self._targets.append(target)
        self._rule.targets = list(self._targets)
        lam.CfnPermission(
            self,
            logical(id_),
            action="lambda:InvokeFunction",
            function_name=function_arn,
            principal="events.amazonaws.com",
            source_arn=self._rule.attr_arn,
        )


def by_the_clock(
    scope: Construct, *, tenant: str, papers_arn: str, qualifications_arn: str, privacy_arn: str, export_arn: str
) -> None:
    """Make a tenant's schedules: papers, refused calls, dependencies, qualifications, what persons ask for."""
    morning = Scheduled(
        scope,
        "PapersDaily",
        what=f"Looks whether licences and numbers of {tenant} are in order; sends refused calls to its analytics store",
        function_arn=papers_arn,
    )
    morning.also("refused", function_arn=export_arn, told={"refused": {"days": REFUSED_DAYS}})
    Scheduled(
        scope,
        "DependenciesClock",
        what=f"Looks whether all that {tenant} depends on answers, and how near limits are",
        function_arn=papers_arn,
        when=EVERY_FIVE_MINUTES,
        told={"look": LOOK},
    )
    Scheduled(
        scope,
        "QualificationsClock",
        what=f"Takes the queues from agents of {tenant} whose qualification has run out",
        function_arn=qualifications_arn,
        when=EVERY_FIVE_MINUTES,
    )
    Scheduled(
        scope,
        "PrivacyClock",
        what=f"Gives out and erases what persons of {tenant} asked for",
        function_arn=privacy_arn,
        when=EVERY_FIVE_MINUTES,
    )
