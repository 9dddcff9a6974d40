"""Action types that ask another system: functions, customer profiles, data tables."""

from flowlang.catalogue.model import (
    NO_MATCHING_ERROR,
    ActionType,
    Shape,
    Status,
    dynamic,
    static,
    structure,
)


def _profile(name: str, *more_errors: str, required: frozenset[str] = NO_MATCHING_ERROR) -> ActionType:
    return ActionType(
        name=name,
        shape=Shape(block="CustomerProfiles", required=required, optional=frozenset(more_errors)),
        parameters=(
            structure("ProfileRequestData", required=True),
            structure("ProfileRequestData.SearchCriteria", most=5),
            structure("ProfileResponseData"),
        ),
    )


def _data_table(name: str) -> ActionType:
    return ActionType(
        name=name,
        shape=Shape(block="DataTable", optional=NO_MATCHING_ERROR),
        parameters=(dynamic("DataTableId"), structure("Queries")),
        status=Status.UNDOCUMENTED,
    )


INTERACTION_ACTIONS = (
    ActionType(
        name="InvokeLambdaFunction",
        shape=Shape(
            block="InvokeExternalResource",
            required=NO_MATCHING_ERROR,
            # The 2026 designer's branch for a synchronous call that took too long.
            optional=frozenset({"TimeLimitExceeded"}),
        ),
        parameters=(
            dynamic("LambdaFunctionARN", required=True),
            # 8 for a call that is waited for, which is a rule of its own (P26).
            static("InvocationTimeLimitSeconds", required=True, least=1, most=60),
            static("InvocationType", "SYNCHRONOUS", "ASYNCHRONOUS"),
            structure("LambdaInvocationAttributes"),
            dynamic("LambdaInvocationAttributes.*"),
            static("ResponseValidation.ResponseType", "STRING_MAP", "JSON"),
        ),
    ),
    _profile("CreateCustomerProfile"),
    _profile("UpdateCustomerProfile"),
    _profile("GetCustomerProfile", required=NO_MATCHING_ERROR | {"MultipleFoundError", "NoneFoundError"}),
    _profile("GetCustomerProfileObject", "NoneFoundError"),
    _profile("GetCalculatedAttributesForCustomerProfile", "NoneFoundError"),
    _profile("AssociateContactToCustomerProfile"),
    _data_table("EvaluateDataTableValues"),
    _data_table("ListDataTableValues"),
    _data_table("UpsertDataTableValues"),
)
