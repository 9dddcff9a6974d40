"""Action types that speak with the participant."""

from flowlang.catalogue.model import (
    AH,
    AT,
    AW,
    BOTH,
    CH,
    CQ,
    CW,
    EQUALS,
    IN,
    MOD,
    NO_MATCHING_ERROR,
    OW,
    PROMPT,
    PROMPT_CHOICE,
    PROMPT_NEEDS,
    QT,
    VOICE_ONLY,
    ActionType,
    ChannelRule,
    Effect,
    Form,
    Kind,
    Parameter,
    Result,
    Shape,
    Status,
    dynamic,
    static,
    structure,
    whole,
)

_KEY = Result(operators=EQUALS, pattern=r"[0-9*#]")
_STORE_FORBIDS = frozenset({"NoMatchingCondition", "InputTimeLimitExceeded"})
_STORED = Shape(block="StoreUserInput", required=NO_MATCHING_ERROR, forbidden=_STORE_FORBIDS | {"InvalidPhoneNumber"})
_STORED_NUMBER = Shape(
    block="StoreUserInput", required=NO_MATCHING_ERROR | {"InvalidPhoneNumber"}, forbidden=_STORE_FORBIDS
)

PARTICIPANT_ACTIONS = (
    ActionType(
        name="MessageParticipant",
        shape=Shape(block="PlayPrompt", optional=NO_MATCHING_ERROR),
        parameters=(*PROMPT, static("SkipWhenDTMFBufferEnabled", "true", "false")),
        exactly_one=(PROMPT_CHOICE,),
        needs=PROMPT_NEEDS,
        interactive=True,
        flow_types=frozenset({IN, CQ, CW, OW, AW, AT, QT, MOD}),
        effects={"TASK": Effect.NOTHING, "EMAIL": Effect.NOTHING},
        channel_rules=tuple(
            ChannelRule(channels=frozenset({"CHAT"}), effect=Effect.ERROR, parameter=spoken)
            for spoken in ("PromptId", "SSML", "Media")
        ),
    ),
    ActionType(
        name="GetParticipantInput",
        shape=Shape(block="GetUserInput", result=_KEY, required=BOTH | {"InputTimeLimitExceeded"}),
        forms=(
            Form("InputValidation.PhoneNumberValidation", frozenset(), _STORED_NUMBER),
            Form("StoreInput", frozenset({"True"}), _STORED, needs=("InputValidation",)),
        ),
        parameters=(
            *PROMPT,
            static("StoreInput", "True", "False"),
            static("InputTimeLimitSeconds", required=True, least=1, most=180),
            static("InputValidation.PhoneNumberValidation.NumberFormat", "Local", "E164"),
            static("InputValidation.PhoneNumberValidation.CountryCode"),
            static("InputValidation.CustomValidation.MaximumLength", least=1),
            dynamic("InputEncryption.EncryptionKeyId"),
            dynamic("InputEncryption.Key"),
            static("DTMFConfiguration.InputTerminationSequence"),
            static("DTMFConfiguration.DisableCancelKey", "True", "False"),
            static("DTMFConfiguration.InterdigitTimeLimitSeconds", least=1, most=20),
            static("EnableDTMFBuffer", "True", "False"),
        ),
        at_most_one=(
            PROMPT_CHOICE,
            ("InputValidation.PhoneNumberValidation", "InputValidation.CustomValidation"),
        ),
        needs=(
            *PROMPT_NEEDS,
            ("InputValidation.PhoneNumberValidation", "InputValidation.PhoneNumberValidation.NumberFormat"),
            ("InputValidation.CustomValidation", "InputValidation.CustomValidation.MaximumLength"),
            ("InputEncryption", "InputEncryption.EncryptionKeyId"),
            ("InputEncryption", "InputEncryption.Key"),
        ),
        interactive=True,
        flow_types=frozenset({IN, CQ, AT, QT, OW, MOD}),
        effects=VOICE_ONLY,
    ),
    ActionType(
        name="ConnectParticipantWithLexBot",
        shape=Shape(
            block="GetUserInput",
            result=Result(operators=EQUALS),
            required=BOTH,
            optional=frozenset({"InputTimeLimitExceeded"}),
        ),
        parameters=(
            *PROMPT,
            dynamic("LexV2Bot.AliasArn"),
            structure("LexBot"),
            structure("LexSessionAttributes"),
            dynamic("LexSessionAttributes.*"),
            dynamic("LexInitializationData.InitialMessage"),
            static("LexTimeoutSeconds.Text", least=60, most=604_800),
        ),
        exactly_one=(("LexV2Bot", "LexBot"),),
        at_most_one=(PROMPT_CHOICE,),
        needs=(*PROMPT_NEEDS, ("LexV2Bot", "LexV2Bot.AliasArn")),
        interactive=True,
        flow_types=frozenset({IN, CQ, AT, QT, MOD}),
        effects={"TASK": Effect.ERROR, "EMAIL": Effect.ERROR},
    ),
    ActionType(
        name="DisconnectParticipant",
        shape=Shape(block="Disconnect"),
        terminal=True,
        flow_types=frozenset({IN, CQ, AT, QT, MOD}),
    ),
    ActionType(
        name="MessageParticipantIteratively",
        shape=Shape(
            block="LoopPrompts",
            result=Result(operators=EQUALS, values=("MessagesInterrupted",)),
            optional=NO_MATCHING_ERROR,
        ),
        parameters=(
            structure("Messages", required=True, least=1),
            *(Parameter(name=f"Messages[].{part.name}", kind=part.kind, values=part.values) for part in PROMPT),
            static("InterruptFrequencySeconds", least=1),
            static("ContinueMessagingDuringInterrupt", "true", "false"),
        ),
        interactive=True,
        flow_types=frozenset({CQ, CH, AH}),
        effects=VOICE_ONLY,
    ),
    ActionType(
        name="ShowView",
        shape=Shape(block="ShowView", result=Result(operators=EQUALS), required=BOTH | {"TimeLimitExceeded"}),
        parameters=(
            Parameter(name="ViewResource.Id", kind=Kind.WHOLE, required=True),
            static("ViewResource.Version"),
            static("InvocationTimeLimitSeconds", required=True, least=1),
            structure("ViewData"),
            structure("SensitiveDataConfiguration"),
        ),
        interactive=True,
        flow_types=frozenset({IN, CQ, MOD}),
        effects={"VOICE": Effect.ERROR, "TASK": Effect.ERROR},
    ),
    ActionType(
        name="AuthenticateParticipant",
        shape=Shape(optional=NO_MATCHING_ERROR),
        interactive=True,
        effects={"VOICE": Effect.ERROR, "TASK": Effect.ERROR, "EMAIL": Effect.ERROR},
        status=Status.UNDOCUMENTED,
    ),
    ActionType(
        name="LoadContactContent",
        shape=Shape(optional=NO_MATCHING_ERROR),
        parameters=(whole("ContentType"),),
        effects={"VOICE": Effect.ERROR, "CHAT": Effect.ERROR, "TASK": Effect.ERROR},
        status=Status.UNDOCUMENTED,
    ),
)
