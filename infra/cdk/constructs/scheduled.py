"""What happens by the clock: a rule of EventBridge that invokes a function of the app."""

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lam
from constructs import Construct

MORNING = "cron(0 1 * * ? *)"
"""One o'clock UTC: nine in the morning in China."""
EVERY_MINUTE = "cron(0/1 * * * ? *)"
EVERY_FIVE_MINUTES = "cron(0/5 * * * ? *)"
"""On the full hour too, so at every time zone's midnight, when a day's validity ends."""


class Scheduled(Construct):
    """Invokes the function `function_arn` at `when`. Lambda itself tries a failed invocation twice again."""

    def __init__(self, scope: Construct, id_: str, *, what: str, function_arn: str, when: str = MORNING) -> None:
        super().__init__(scope, id_)
        rule = events.CfnRule(
            self,
            "Rule",
            description=what,
            schedule_expression=when,
            targets=[events.CfnRule.TargetProperty(arn=function_arn, id="function")],
        )
        lam.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function_arn,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )
