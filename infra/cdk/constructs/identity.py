"""Who may call the REST API: the tenant's own user pool. Operators set the tenant in a token, never its user."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from chalicelib.access.models import Role
from chalicelib.tenancy.contract import Contract

TENANT_CLAIM = "tenant"
"""The custom attribute; in a token it is called custom:tenant."""

NODE_CLAIM = "node"
"""The part of the organisation that a user sees; operators move users, so it may change. Its users cannot write it."""


class Identity(Construct):
    """A user pool that nobody can sign up to, and a client for the desktop, the wallboard and the command line."""

    def __init__(self, scope: Construct, id_: str, *, contract: Contract) -> None:
        super().__init__(scope, id_)
        kept = contract.protection.deletion_protection
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True, email=True),
            # The tenant is not mutable: what an operator wrote when the user was made stays for ever.
            custom_attributes={
                TENANT_CLAIM: cognito.StringAttribute(min_len=3, max_len=31, mutable=False),
                NODE_CLAIM: cognito.StringAttribute(min_len=2, max_len=31, mutable=True),
            },
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
                temp_password_validity=Duration.days(3),
            ),
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            account_recovery=cognito.AccountRecovery.NONE,
            deletion_protection=kept,
            removal_policy=RemovalPolicy.RETAIN if kept else RemovalPolicy.DESTROY,
        )
        for role in Role:
            cognito.CfnUserPoolGroup(self, role.value, group_name=role.value, user_pool_id=self.pool.user_pool_id)
        self.client = self.pool.add_client(
            "Client",
            auth_flows=cognito.AuthFlow(admin_user_password=True, user_srp=True),
            prevent_user_existence_errors=True,
            access_token_validity=Duration.hours(1),
            id_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.hours(12),
            # A user reads the own tenant and writes nothing but the own e-mail address.
            read_attributes=cognito.ClientAttributes()
            .with_standard_attributes(email=True)
            .with_custom_attributes(TENANT_CLAIM, NODE_CLAIM),
            write_attributes=cognito.ClientAttributes().with_standard_attributes(email=True),
        )
