"""Who may call the REST API: bearers of a token of the tenant's own user pool, verified by API Gateway."""

import os

from chalice.app import CognitoUserPoolAuthorizer

VARIABLE = "TRUNKLINE_USER_POOL_ARN"

_NOBODY = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/TRUNKLINE_USER_POOL_ARN-is-not-set"
"""Fails closed: no such pool exists, so a package that was built without the variable lets nobody in."""

AUTHORIZER = CognitoUserPoolAuthorizer("users", provider_arns=[os.environ.get(VARIABLE) or _NOBODY])
