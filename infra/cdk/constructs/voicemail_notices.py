"""What tells people of new messages (VML-02): a topic a person for SMS, the address that e-mails come from, and where
notices go that the function could not even look at.
"""

from collections.abc import Callable

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from chalicelib.tenancy.contract import Contract
from infra.cdk.constructs.post_call import DeadLetters, StreamMapping
from infra.cdk.constructs.roles import allow
from infra.cdk.constructs.scheduled import EVERY_FIVE_MINUTES, Scheduled
from infra.cdk.later import later
from infra.cdk.names import logical

NEW_NOTICE = '{"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": ["NOTICE"]}}}}'
"""Of all that changes in the table, the notices that are new."""


class VoicemailNotices(Construct):
    """The ways of the contract, and what a function needs to be allowed to use them.

    SMS go through topics because a telephone number has no ARN: so the role names every topic, and can write to nobody
    else's telephone. The sender's address is an identity of SES: somebody confirms it once by the link that SES sends.
    """

    def __init__(self, scope: Construct, id_: str, *, contract: Contract, key: kms.IKey, instance_arn: str) -> None:
        super().__init__(scope, id_)
        self.ways = contract.voicemail.ways
        self._tenant = contract.tenant
        self._instance_arn = instance_arn
        self.dead_letters = DeadLetters(self, "DeadLetters", contract=contract, key=key)
        phones = {person.id: person.phone for person in contract.voicemail.people}
        self.topics = {name: self._topic(name, phones[name] or "", key) for name in self.ways.get("sms", ())}
        self._sender = contract.voicemail.notices.sender if "email" in self.ways else None
        if self._sender is not None:
            self._identity = ses.CfnEmailIdentity(self, "Sender", email_identity=self._sender)

    def variables(self, flow_arn: Callable[[], str]) -> dict[str, str]:
        """Return the function's variables: the topic of each person, and the flow of calls, which is made later."""
        found = {}
        if self.topics:
            arns = {name: topic.topic_arn for name, topic in self.topics.items()}
            found["TRUNKLINE_NOTICE_TOPICS"] = Stack.of(self).to_json_string(arns)
        if "call" in self.ways:
            found["TRUNKLINE_NOTICE_FLOW_ARN"] = later(flow_arn)
        return found

    def connect(self, *, stream_arn: str, function_name: str, function_arn: str) -> None:
        """Have the function invoked for each new notice and every five minutes, where anybody is told of anything."""
        if not self.ways:
            return
        StreamMapping(
            self,
            "Stream",
            stream_arn=stream_arn,
            dead_letters=self.dead_letters,
            function_name=function_name,
            window_s=0,
            only=(NEW_NOTICE,),
        )
        Scheduled(
            self,
            "Clock",
            what=f"Tells people of {self._tenant} of messages whose notice has come due",
            function_arn=function_arn,
            when=EVERY_FIVE_MINUTES,
        )

    def statements(self) -> dict[str, iam.PolicyStatement]:
        """Return what the function may do to tell people: only in the ways of the contract."""
        allowed = {}
        if self.topics:
            allowed["Sms"] = allow(("sns:Publish",), [topic.topic_arn for topic in self.topics.values()])
        if self._sender is not None:
            identity = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/{self._identity.ref}"
            allowed["Email"] = allow(("ses:SendEmail",), [identity])
        if "call" in self.ways:
            calls = [self._instance_arn, f"{self._instance_arn}/contact/*"]
            allowed["Call"] = allow(("connect:StartOutboundVoiceContact",), calls)
        return allowed

    def _topic(self, person: str, phone: str, key: kms.IKey) -> sns.Topic:
        topic = sns.Topic(self, f"Topic{logical(person)}", master_key=key, enforce_ssl=True)
        sns.CfnSubscription(self, f"Sms{logical(person)}", topic_arn=topic.topic_arn, protocol="sms", endpoint=phone)
        return topic
