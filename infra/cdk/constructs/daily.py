"""What happens once a day: a rule of EventBridge that invokes a function of the app."""

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lam
from constructs import Construct

MORNING = "cron(0 1 * * ? *)"
"""One o'clock UTC: nine in the morning in China."""


class Daily(Construct):
    """Invokes the function `function_arn` every morning. Lambda itself tries a failed invocation twice again."""

    def __init__(self, scope: Construct, id_: str, *, what: str, function_arn: str) -> None:
        super().__init__(scope, id_)
        rule = events.CfnRule(
            self,
            "Rule",
            description=what,
            schedule_expression=MORNING,
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
