"""Findings of cdk-nag (pack AwsSolutions) that are right about the rule and wrong about us, each with its reason."""

import json
import re
from collections.abc import Iterator

from aws_cdk import Acknowledgment, Validations, aws_connect
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secrets
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from infra.cdk.constructs.analytics_delivery import FOLDERS

_KEY = (
    "The stream is encrypted with the tenant's own key, so that disabling one key locks all of a tenant's data; the "
    "price of the key is accepted."
)
_DEAD_LETTERS = (
    "This queue is itself where failed records go: the failure destination of an event source mapping and of an "
    "asynchronous function, which the rule cannot see. A dead-letter queue of a dead-letter queue would hide the alarm."
)
_MFA = (
    "Every user may register an authenticator app. It is not required because the same pool serves wallboards and the "
    "client's systems, which are machines; they can read one tenant's figures. Only users of the group operations "
    "write, and what they write is an entry of the tenant's lifecycle in their name, which nobody can change."
)
_PLUS = (
    "The plus plan rates sign-ins from the internet by risk. Here operators create every user, nobody can sign up, and "
    "tokens live an hour; the price per user is not justified for 500 agents who sign in from known sites."
)
_FLOWS = (
    "The flows of one instance, which belongs to one tenant. The ARNs of flows that name each other cannot stand in "
    "the role: the flows wait for the function, and the function for its role."
)
_GATE = (
    "The gate judges every agent of the tenant's own instance; users and their profiles have no ids before deployment."
)
_COUNTED = "Counting what the tenant's own instance holds means listing all of each kind."
_CONTACTS = (
    "The contacts of one instance, which belongs to one tenant. They come into being with the calls; which of them an "
    "agent may record is decided by the agent's screen and the line's policy."
)
_RECORDINGS = (
    "The recordings of one tenant lie in a bucket of their own; their names come into being with the calls. Who may "
    "listen to which is decided by role and organisation, and every access is in the audit trail."
)
_PACKAGES = (
    "What was packed for persons who asked for their data lies here for a week; the names come into being with the "
    "requests. Few roles ask for it, and the trail has every fetch."
)
_FILES = (
    "Files that another system of the contract delivers, and those that it fetches, in its own two folders of the "
    "tenant's bucket; their names are instants."
)
_AGENTS = (
    "The agents, statuses and queues of one instance, which belongs to one tenant. Supervisors create agents and "
    "statuses while the system runs, so that no list of them can stand in the role."
)
_REFUSALS = (
    "CloudWatch grants GetMetricData for all metrics of the account or for none. The function asks for three counts of "
    "its own instance, from which the connection rate is made; metrics hold numbers and name no person."
)
_MARKS = (
    "The secret makes the marks that stand for callers in the analytics store. A rotated one would make every caller a "
    "new one, so that nobody is seen to call again; it is never sent anywhere, and deleting it cuts all marks loose."
)
_DELIVERED = (
    "The role of the delivery streams writes files whose names Firehose chooses, in the folders of the tenant's own "
    "bucket that are named before the asterisk."
)
_CALLS = "The calls that the function places in the tenant's own instance: a call has no id before it is placed."
_PLANNED = (
    "Callbacks of the tenant's own instance, which the function stops when the caller has an agent: they have "
    "no id before they are planned."
)
_RUNTIME = (
    "Python 3.13 is the version of the whole product: wheels, tests, emulator and Chalice's functions share it. AWS "
    "supports it until 2029; newer versions are taken for all functions at once."
)


_ALIAS = (
    "The SAM transform makes the alias; the check reads the template before the transform. Our own tests check every "
    "reference of the expanded template."
)


def acknowledge(stack: Construct) -> None:
    """Acknowledge the findings of `stack`, each on the resource that it is about and nowhere else."""
    Validations.of(stack).acknowledge(Acknowledgment(id="CloudFormation-Validate::F6101", reason=_ALIAS))
    for resource in stack.node.find_all():
        for rule, reason in _reasons(resource):
            Validations.of(resource).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


_OF_ROLES = (
    ("Linker", ("contact-flow",), _FLOWS),
    ("/Agents/", ("agent", "agent-state", "queue"), _AGENTS),
    ("/Roles/Qualifications/", ("agent", "routing-profile"), _GATE),
    ("/Roles/Notices/", ("contact",), _CALLS),
    ("/Roles/Papers/", ("contact-flow", "phone-number", "queue"), _COUNTED),
    ("/Roles/Api/", ("agent", "routing-profile"), _GATE),
    ("/Roles/Api/", ("contact",), _CONTACTS),
    ("/Roles/Promise/", ("contact",), _PLANNED),
)
"""Part of a role's path, the kinds of resource of which it may touch all, and why."""


def _reasons(resource: IConstruct) -> Iterator[tuple[str, str]]:
    match resource:
        case kinesis.CfnStream():
            yield "KDS3", _KEY
        case sqs.CfnQueue():
            yield "SQS3", _DEAD_LETTERS
        case cognito.CfnUserPool():
            yield "COG2", _MFA
            yield "COG8", _PLUS
        case lam.CfnFunction():
            yield "L1", _RUNTIME
        case secrets.CfnSecret():
            yield "SMG4", _MARKS
        case iam.CfnRole():
            yield from _of_role(resource)
        case iam.CfnPolicy() if "/Adapters/Files/" in resource.node.path:
            yield from _of_files(resource)
        case _:
            return


def _of_role(role: iam.CfnRole) -> Iterator[tuple[str, str]]:
    """Yield what a role may do to everything of a kind in the tenant's own instance or buckets, with the reason."""
    if "/Analytics/Delivery/" in role.node.path:
        for folder in FOLDERS:
            yield f"IAM5[Resource::<{_bucket_id(role, '/Analytics/Bucket/Resource')}.Arn>/{folder}/*]", _DELIVERED
    if any(part in role.node.path for part in ("/Roles/Api/", "/Analytics/Access/")):
        yield "IAM5[Resource::*]", _REFUSALS
    yield from _of_recordings(role)
    for part, kinds, reason in _OF_ROLES:
        if part in role.node.path:
            for kind in kinds:
                yield f"IAM5[Resource::<{_instance_id(role)}.Arn>/{kind}/*]", reason


_OF_RECORDINGS = (
    ("connect/*", ("/Roles/Api/", "/Recordings/Access/", "/Roles/Privacy/"), _RECORDINGS),
    ("held/*", ("/Roles/Api/", "/Roles/Privacy/"), _RECORDINGS),
    ("privacy/packages/*", ("/Roles/Api/", "/Roles/Privacy/"), _PACKAGES),
)
"""Folders of the bucket of recordings, the parts of the paths of the roles that touch all of one, and why."""


def _of_recordings(role: iam.CfnRole) -> Iterator[tuple[str, str]]:
    """Yield what a role may do to all objects of a folder in the bucket of recordings, with the reason."""
    for folder, parts, reason in _OF_RECORDINGS:
        if any(part in role.node.path for part in parts):
            yield f"IAM5[Resource::<{_bucket_id(role, '/Recordings/Resource')}.Arn>/{folder}]", reason


def _of_files(policy: iam.CfnPolicy) -> Iterator[tuple[str, str]]:
    """Yield what the API may do to the files of the contract's systems."""
    bucket = _bucket_id(policy, "/Recordings/Resource")
    document = json.dumps(policy.stack.resolve(policy.policy_document))
    for folder in sorted(set(re.findall(r"/(adapters/[a-z0-9-]+/(?:in|out)/\*)", document))):
        yield f"IAM5[Resource::<{bucket}.Arn>/{folder}]", _FILES


def _bucket_id(resource: IConstruct, path: str) -> str:
    """Return the logical id of the stack's bucket whose path ends so, by which the finding names it."""
    root = resource.node.scopes[1]
    found = (item for item in root.node.find_all() if isinstance(item, s3.CfnBucket))
    bucket = next(item for item in found if item.node.path.endswith(path))
    name: str = bucket.stack.resolve(bucket.logical_id)
    return name


def _instance_id(resource: IConstruct) -> str:
    """Return the logical id of the stack's instance, by which the finding names it."""
    root = resource.node.scopes[1]
    instance = next(item for item in root.node.find_all() if isinstance(item, aws_connect.CfnInstance))
    name: str = instance.stack.resolve(instance.logical_id)
    return name
