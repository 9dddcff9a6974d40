"""One small function for each block type of the old export: the action it becomes and its parameters."""

from collections.abc import Callable, Mapping
from typing import Any

from flowlang.catalogue.model import CQ
from flowlang.convert_values import Block, Converted, path
from flowlang.document import whole_number

Make = Callable[[Block, str | None], Converted]


def _given(**parameters: Any) -> dict[str, Any]:
    """Return the parameters that have a value: the flow language knows no empty text."""
    return {name: value for name, value in parameters.items() if value not in ("", {}, [], None)}


def _prompt(block: Block) -> dict[str, Any]:
    recorded, spoken = block.resource("AudioPrompt"), block.text("Text")
    block.text("PromptSource")
    if recorded:
        return {"PromptId": recorded}
    if not spoken:
        return {}
    return {"SSML" if block.text("TextToSpeechType").casefold() == "ssml" else "Text": spoken}


def _play(block: Block, _kind: str | None) -> Converted:
    block.text("TextToSpeechType")
    return Converted("MessageParticipant", _prompt(block))


def _menu(block: Block, _kind: str | None) -> Converted:
    block.text("TextToSpeechType", "MaxDigits")
    timing = {"InputTimeLimitSeconds": block.text("Timeout") or "5"}
    return Converted("GetParticipantInput", {**_prompt(block), "StoreInput": "False", **timing})


def _lex(block: Block, _kind: str | None) -> Converted:
    block.text("TextToSpeechType", "LexVersion", "MaxDigits")
    alias = block.text("BotAliasArn")
    first = _given(Name=block.text("BotName"), Region=block.text("BotRegion"), Alias=block.text("BotAlias"))
    bot = {"LexV2Bot": {"AliasArn": alias}} if alias else {"LexBot": first}
    attributes = _given(LexSessionAttributes=block.map("Parameter"))
    return Converted("ConnectParticipantWithLexBot", {**_prompt(block), **bot, **attributes})


def _input(block: Block, kind: str | None) -> Converted:
    return _lex(block, kind) if block.text("BotAliasArn", "BotName") else _menu(block, kind)


def _store(block: Block, _kind: str | None) -> Converted:
    block.text("TextToSpeechType", "EncryptEntry")
    if block.text("CustomerInputType") == "PhoneNumber":
        number = _given(NumberFormat=block.text("PhoneNumberFormat") or "E164", CountryCode=block.text("CountryCode"))
        validation: dict[str, Any] = {"PhoneNumberValidation": number}
        block.text("MaxDigits")
    else:
        validation = {"CustomValidation": {"MaximumLength": block.text("MaxDigits") or "20"}}
        block.text("PhoneNumberFormat", "CountryCode")
    secret = _given(EncryptionKeyId=block.text("EncryptionKeyId"), Key=block.text("EncryptionKey"))
    keys = _given(
        InputTerminationSequence=block.text("TerminatorDigits"),
        DisableCancelKey=block.text("DisableCancel").capitalize(),
        InterdigitTimeLimitSeconds=block.text("InterdigitTimeout"),
    )
    parameters = {
        **_prompt(block),
        "StoreInput": "True",
        "InputTimeLimitSeconds": block.text("Timeout") or "5",
        "InputValidation": validation,
        **_given(InputEncryption=secret, DTMFConfiguration=keys),
    }
    return Converted("GetParticipantInput", parameters)


def _attributes(block: Block, _kind: str | None) -> Converted:
    return Converted("UpdateContactAttributes", {"Attributes": block.map("Attribute")})


def _data(block: Block, _kind: str | None) -> Converted:
    fields: dict[str, str] = {}
    for one in block.all("ContactData"):
        for key, value in one.items():
            if key not in {"name", "namespace", "value", "resourceName"} and value is not None:
                fields[key[0].upper() + key[1:]] = str(value)
    return Converted("UpdateContactData", fields)


def _compare(block: Block, _kind: str | None) -> Converted:
    from_name, key = block.text("Namespace"), block.text("Attribute")
    value = path(from_name, key) if from_name else key
    return Converted("Compare", {"ComparisonValue": value})


def _function(block: Block, _kind: str | None) -> Converted:
    parameters = _given(
        LambdaFunctionARN=block.text("FunctionArn"),
        InvocationTimeLimitSeconds=block.text("TimeLimit") or "8",
        LambdaInvocationAttributes=block.map("Parameter"),
    )
    return Converted("InvokeLambdaFunction", parameters)


def _place(block: Block) -> dict[str, Any]:
    queue, agent = block.resource("Queue"), block.resource("Agent")
    return _given(AgentId=agent) if agent and not queue else _given(QueueId=queue)


def _queue(block: Block, _kind: str | None) -> Converted:
    return Converted("UpdateContactTargetQueue", _place(block))


def _to_queue(block: Block, kind: str | None) -> Converted:
    place = _place(block)
    return Converted("DequeueContactAndTransferToQueue" if kind == CQ else "TransferContactToQueue", place)


def _to_flow(block: Block, _kind: str | None) -> Converted:
    return Converted("TransferToFlow", _given(ContactFlowId=block.resource("ContactFlowId")))


def _to_number(block: Block, _kind: str | None) -> Converted:
    blind = block.text("BlindTransfer").casefold() == "true"
    on = "False" if blind or not any(b.get("condition") == "Success" for b in block.branches) else "True"
    caller = _given(Number=block.resource("CallerIdNumber"), Name=block.text("CallerIdName"))
    parameters = _given(
        ThirdPartyPhoneNumber=block.text("PhoneNumber"),
        ThirdPartyConnectionTimeLimitSeconds=block.text("TimeLimit") or "30",
        ContinueFlowExecution=on,
        ThirdPartyDTMFDigits=block.text("DTMF", "DtmfDigits"),
        CallerId=caller,
    )
    return Converted("TransferParticipantToThirdParty", parameters)


def _loop_prompts(block: Block, _kind: str | None) -> Converted:
    block.text("TextToSpeechType")
    kinds = {"text": "Text", "ssml": "SSML"}
    block.all("Text")
    block.all("AudioPrompt")
    messages: list[dict[str, str]] = []
    for one in block.parameters:
        if one.get("name") == "Text" and one.get("value"):
            messages.append({kinds.get(str(one.get("key")).casefold(), "Text"): str(one["value"])})
        elif one.get("name") == "AudioPrompt":
            messages.append({"PromptId": str(one.get("value") or one.get("resourceName") or "")})
    every = block.text("InterruptFrequencySeconds", "InterruptSeconds", "Timeout", "TimeoutSeconds")
    return Converted("MessageParticipantIteratively", _given(Messages=messages, InterruptFrequencySeconds=every))


def _hook(block: Block, _kind: str | None) -> Converted:
    hook = block.text("Type") or "CustomerQueue"
    return Converted("UpdateContactEventHooks", {"EventHooks": {hook: block.resource("ContactFlowId")}})


def _hours(block: Block, _kind: str | None) -> Converted:
    hours = block.resource("Hours") or block.resource("HoursOfOperation")
    return Converted("CheckHoursOfOperation", _given(HoursOfOperationId=hours))


def _staffing(block: Block, _kind: str | None) -> Converted:
    status = block.text("Status") or "Available"
    return Converted("CheckMetricData", {"MetricType": f"NumberOfAgents{status}", **_place(block)})


def _queue_status(block: Block, _kind: str | None) -> Converted:
    sized = any(b.get("condition") in {"CheckQueueCapacity", "CheckQueueSize"} for b in block.branches)
    metric = "NumberOfContactsInQueue" if sized else "OldestContactInQueueAgeSeconds"
    return Converted("CheckMetricData", {"MetricType": metric, **_place(block)})


def _metrics(block: Block, _kind: str | None) -> Converted:
    return Converted("GetMetricData", {**_place(block), **_given(QueueChannel=block.text("Channel"))})


def _logging(block: Block, _kind: str | None) -> Converted:
    off = block.text("LoggingBehavior").casefold().startswith("disable")
    return Converted("UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Disabled" if off else "Enabled"})


def _recording(block: Block, _kind: str | None) -> Converted:
    who = block.text("RecordingParticipantOption") or "Both"
    both = {"Both": ["Agent", "Customer"], "Agent": ["Agent"], "Customer": ["Customer"]}.get(who, [who])
    recorded = both if block.text("RecordingBehaviorOption").casefold().startswith("enable") else []
    parameters: dict[str, Any] = {"RecordingBehavior": {"RecordedParticipants": recorded}}
    if block.text("AnalyticsBehaviorOption").casefold().startswith("enable"):
        redacts = block.text("AnalyticsRedactionOption").casefold().startswith("enable")
        parameters["AnalyticsBehavior"] = _given(
            Enabled="True",
            AnalyticsLanguage=block.text("AnalyticsLanguageLocaleCode"),
            AnalyticsRedactionBehavior="Enabled" if redacts else "Disabled",
            AnalyticsRedactionResults=block.text("AnalyticsRedactionPolicy"),
            ChannelConfiguration=_given(Voice=_given(AnalyticsModes=[block.text("AnalyticsMode") or "RealTime"])),
        )
    return Converted("UpdateContactRecordingBehavior", parameters)


def _voice(block: Block, _kind: str | None) -> Converted:
    parameters = _given(
        TextToSpeechVoice=block.text("GlobalVoice", "Voice") or "Joanna",
        TextToSpeechEngine=block.text("GlobalEngine").casefold(),
        TextToSpeechStyle=block.text("SpeakingStyle"),
    )
    return Converted("UpdateContactTextToSpeechVoice", parameters)


def _streaming(state: str) -> Make:
    def make(block: Block, _kind: str | None) -> Converted:
        tracks = [str(one.get("value")) for one in block.all("Track")]
        ways = [way for way, track in (("From", "FromCustomer"), ("To", "ToCustomer")) if track in tracks]
        customer = {"ParticipantType": "Customer", "MediaDirections": ways or ["From"]}
        stream = block.text("MediaStreamTypes") or "Audio"
        return Converted(
            "UpdateContactMediaStreamingBehavior",
            {"MediaStreamingState": state, "Participants": [customer], "MediaStreamType": stream},
        )

    return make


def _wait(block: Block, _kind: str | None) -> Converted:
    events = ["CustomerReturned"] if any("CustomerReturn" in str(b.get("condition")) for b in block.branches) else []
    return Converted("Wait", _given(TimeLimitSeconds=block.text("TimeoutSeconds", "Timeout"), Events=events))


def _callback(block: Block, _kind: str | None) -> Converted:
    retries = block.text("MaxRetryAttempts")
    # The designer counts retries, the flow language attempts.
    count = whole_number(retries)
    attempts = retries or "1" if count is None else str(count + 1)
    parameters = _given(
        InitialCallDelaySeconds=block.text("InitialDelaySeconds") or "1",
        MaximumConnectionAttempts=attempts,
        RetryDelaySeconds=block.text("RetryDelaySeconds") or "600",
        ContactFlowId=block.resource("ContactFlowId"),
    )
    return Converted("CreateCallbackContact", {**_place(block), **parameters})


def _callback_number(block: Block, _kind: str | None) -> Converted:
    return Converted("UpdateContactCallbackNumber", _given(CallbackNumber=block.text("CallBackNumber")))


def _priority(block: Block, _kind: str | None) -> Converted:
    absolute, age = block.text("AbsolutePosition"), block.text("QueueTimeAdjustment", "TimeAdjustment")
    return Converted("UpdateContactRoutingBehavior", _given(QueuePriority=absolute, QueueTimeAdjustmentSeconds=age))


def _loop(block: Block, _kind: str | None) -> Converted:
    return Converted("Loop", {"LoopCount": block.text("LoopCount") or "1"})


def _bare(kind: str) -> Make:
    return lambda _block, _kind: Converted(kind)


BLOCKS: Mapping[tuple[str, str], Make] = {
    ("PlayPrompt", ""): _play,
    ("PlayAudio", ""): _play,
    ("GetUserInput", "Digits"): _menu,
    ("GetUserInput", "Lex"): _lex,
    ("GetUserInput", ""): _input,
    ("PlayAudioAndFetchInput", "Lex"): _lex,
    ("PlayAudioAndFetchInput", ""): _input,
    ("StoreUserInput", ""): _store,
    ("SetAttributes", ""): _attributes,
    ("SetContactData", ""): _data,
    ("CheckAttribute", ""): _compare,
    ("CheckCallAttribute", ""): _compare,
    ("InvokeExternalResource", ""): _function,
    ("InvokeExternal", ""): _function,
    ("SetQueue", ""): _queue,
    ("Transfer", "Queue"): _to_queue,
    ("Transfer", "Flow"): _to_flow,
    ("TransferToFlow", ""): _to_flow,
    ("Transfer", "PhoneNumber"): _to_number,
    ("Transfer", "Agent"): _bare("TransferContactToAgent"),
    ("Disconnect", ""): _bare("DisconnectParticipant"),
    ("Resume", ""): _bare("EndFlowExecution"),
    ("Loop", ""): _loop,
    ("LoopPrompts", ""): _loop_prompts,
    ("SetEventHook", ""): _hook,
    ("SetContactFlow", ""): _hook,
    ("CheckHoursOfOperation", ""): _hours,
    ("CheckStaffing", ""): _staffing,
    ("CheckQueueStatus", ""): _queue_status,
    ("GetMetricData", ""): _metrics,
    ("SetLoggingBehavior", ""): _logging,
    ("SetRecordingBehavior", ""): _recording,
    ("SetVoice", ""): _voice,
    ("StartMediaStreaming", ""): _streaming("Enabled"),
    ("StopMediaStreaming", ""): _streaming("Disabled"),
    ("Wait", ""): _wait,
    ("CreateCallback", ""): _callback,
    ("SetCallBackNumber", ""): _callback_number,
    ("PercentileBranching", ""): _bare("DistributeByPercentage"),
    ("UpdateRoutingPriority", ""): _priority,
}
"""Block types by their name and target; '' is any target."""
