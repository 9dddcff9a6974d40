"""A real token of a tenant's Cognito user pool for the person at the terminal."""

from typing import Any, Final

from cli import aws

USERNAME: Final = "trunkline-cli"
OPERATOR: Final = "trunkline-operator"
OFFICER: Final = "trunkline-officer"
ADMINISTRATOR: Final = "trunkline-administrator"
_PASSWORD: Final = "Local-cloud-0nly!"  # noqa: S105 - a user of the local cloud's pool, which ends with its process


def token(
    stack: aws.Stack, url: str, *, username: str = USERNAME, tenant: str | None = None, group: str | None = None
) -> str:
    """Return the id token of `username`, who is made where missing, with `custom:tenant` set to the stack's tenant.

    `tenant` writes another claim, so that a test can show that it is refused. `group` is one of the pool's groups into
    which the user is put.
    """
    cognito = aws.client("cognito-idp", url)
    pool, client_id = stack.output("UserPoolId"), stack.output("UserPoolClientId")
    _make_user(cognito, pool, username, tenant or stack.tenant)
    if group:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=group)
    flows = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client_id)["UserPoolClient"].get(
        "ExplicitAuthFlows", []
    )
    secret = {"USERNAME": username, "PASSWORD": _PASSWORD}
    if "ALLOW_ADMIN_USER_PASSWORD_AUTH" in flows:
        answer = cognito.admin_initiate_auth(
            UserPoolId=pool, ClientId=client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=secret
        )
    else:
        answer = cognito.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=secret)
    return str(answer["AuthenticationResult"]["IdToken"])


def _make_user(cognito: Any, pool: str, username: str, tenant: str) -> None:
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=username,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "custom:tenant", "Value": tenant}],
        )
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=_PASSWORD, Permanent=True)
