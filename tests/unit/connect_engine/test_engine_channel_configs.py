"""What is set of a user for one channel: after-contact work and acceptance, of callbacks apart (14)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from localstack.connect.channel_configs import ChannelConfigs, read
from localstack.connect.directory import RoutingProfile
from tests.support.connect_world import one_queue

ACW = "AfterContactWorkTimeLimit"


def test_the_limit_of_the_channel_ends_after_contact_work_before_that_of_all_channels() -> None:
    small = one_queue()
    profile = small.instance.named(RoutingProfile, "support")
    assert profile is not None
    voice = {"Channel": "VOICE", "AfterContactWorkConfig": {ACW: 7}}
    own = ChannelConfigs(acw=(voice, {"Channel": "CHAT", "AfterContactWorkConfig": {ACW: 1}}))
    small.sign_in(small.user("li.na", profile, acw_limit_s=300, per_channel=own), acw_s=200)
    contact = small.call(talk_s=5)
    small.run()
    assert small.record_of(contact)["Agent"]["AfterContactWorkDuration"] == 7


def test_a_person_whose_channel_accepts_by_itself_is_not_asked() -> None:
    small = one_queue()
    profile = small.instance.named(RoutingProfile, "support")
    assert profile is not None
    own = ChannelConfigs(auto_accept=({"Channel": "VOICE", "AutoAccept": "true"},))
    small.sign_in(small.user("li.na", profile, per_channel=own), person=True)
    contact = small.call(talk_s=5)
    small.let_pass(30)
    assert contact.leg is not None


@given(
    usually=st.integers(0, 99),
    own=st.none() | st.integers(0, 99),
    first=st.none() | st.integers(0, 99),
    callback=st.booleans(),
)
def test_the_nearest_value_counts(*, usually: int, own: int | None, first: int | None, callback: bool) -> None:
    config: dict[str, Any] = {"Channel": "VOICE"}
    if own is not None:
        config["AfterContactWorkConfig"] = {ACW: own}
    if first is not None:
        config["AgentFirstCallbackAfterContactWorkConfig"] = {ACW: first}
    found = read({"AfterContactWorkConfigs": [config]})
    order = [first if callback else None, own, usually]
    nearest = next(one for one in order if one is not None)
    assert found.acw_limit_s("VOICE", callback=callback, usually=usually) == nearest
    assert found.acw_limit_s("CHAT", callback=callback, usually=usually) == usually
    accepts = read({"AutoAcceptConfigs": [{"Channel": "VOICE", "AgentFirstCallbackAutoAccept": True}]})
    assert accepts.accepts("VOICE", callback=callback, usually=False) is callback
