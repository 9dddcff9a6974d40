"""Action types that work with Amazon Connect Cases."""

from flowlang.catalogue.model import NO_MATCHING_ERROR, ActionType, Shape, dynamic, static, structure, whole

_CASE_ERRORS = Shape(block="Cases", required=NO_MATCHING_ERROR, optional=frozenset({"ContactNotLinked"}))

CASE_ACTIONS = (
    ActionType(
        name="CreateCase",
        shape=_CASE_ERRORS,
        parameters=(
            static("LinkContactToCase", "true", "false", required=True),
            whole("CaseTemplateId", required=True),
            dynamic("CaseRequestFields.*"),
        ),
    ),
    ActionType(
        name="GetCase",
        shape=Shape(
            block="Cases",
            required=NO_MATCHING_ERROR,
            optional=frozenset({"ContactNotLinked", "MultipleFound", "NoneFound"}),
        ),
        parameters=(
            static("LinkContactToCase", "true", "false", required=True),
            static("GetLastUpdatedCase", "true", "false"),
            dynamic("CustomerId"),
            dynamic("CaseRequestFields.*"),
            structure("CaseResponseFields"),
        ),
    ),
    ActionType(
        name="UpdateCase",
        shape=_CASE_ERRORS,
        parameters=(
            static("LinkContactToCase", "true", "false", required=True),
            dynamic("CaseId", required=True),
            dynamic("CaseRequestFields.*"),
        ),
    ),
)
