"""Customers whom one of two systems deletes: carried over where the contract says so, and never brought back."""

import pytest

from chalicelib.adapters.models import Decision, FileTerms, Unreachable
from chalicelib.customers.registry import erasing
from chalicelib.platform.dynamo import encode
from tests.support.crm_pair import Pair
from tests.support.customer_registry import WANG, facts
from tests.support.fake_dynamo import FakeDynamo
from tests.support.file_pair import FilePair


@pytest.fixture
def both() -> Pair:
    """Two systems that carry deletions and agree on two customers."""
    pair = Pair(FakeDynamo(), deletions="carry")
    pair.enter("c-1", facts())
    pair.theirs.keep("c-2", {"name": "Wu"})
    pair.rest()
    return pair


def erase(pair: Pair | FilePair, id_: str) -> None:
    """Let everything of a customer go as an erasure does, and what it leaves stay."""
    tenant = pair.ours.tenant.id
    home = erasing.file_partition(tenant, id_)
    for key in [key for key in pair.client.items if key[0] == home]:
        del pair.client.items[key]
    for item in erasing.left_of(tenant, ["crm"], id_, pair.now()):
        pair.client.items[item["pk"], item["sk"]] = encode(item)


@pytest.mark.parametrize("id_", ["c-1", "c-2"])
def test_who_is_deleted_here_is_deleted_there_and_a_stale_word_brings_nobody_back(id_: str, both: Pair) -> None:
    both.forget(id_)
    both.rest()
    assert id_ not in both.theirs.customers
    both.theirs.feed += both.theirs.feed
    both.rest()
    assert both.our_facts(id_) is None
    assert both.errors() == {}


@pytest.mark.parametrize("id_", ["c-1", "c-2"])
def test_who_is_deleted_there_is_deleted_here_in_the_other_system_s_name(id_: str, both: Pair) -> None:
    both.theirs.forget(id_)
    both.rest()
    assert both.our_facts(id_) is None
    assert both.errors() == {}
    trail = [item for key, item in both.client.items.items() if "#AUDIT#" in key[0]]
    assert ("customer.delete", "adapter:crm") in {(item["action"]["S"], item["actor"]["S"]) for item in trail}


def test_a_change_on_the_other_side_wins_over_a_deletion_until_people_decide(both: Pair) -> None:
    both.forget("c-1")
    both.theirs.keep("c-1", {"name": "Changed there"})
    both.enter("c-2", facts("Changed here"))
    both.theirs.forget("c-2")
    both.rest()
    assert both.errors() == {"c-1": "undecided", "c-2": "undecided"}
    assert both.theirs.customers["c-1"].facts == {"name": "Changed there"}
    assert both.our_facts("c-2") is not None


def test_who_is_entered_again_there_after_a_deletion_is_for_people_to_decide(both: Pair) -> None:
    both.forget("c-2")
    both.rest()
    both.theirs.keep("c-2", {"name": "Wu"})
    both.rest()
    assert both.errors() == {"c-2": "undecided"}
    assert "c-2" in both.theirs.customers


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_deletion_whose_answer_is_lost_is_carried_by_the_next_try(when: str, both: Pair) -> None:
    def lost(call: str) -> None:
        if call == "remove":
            setattr(both.theirs, when, lambda _call: None)
            raise Unreachable("no answer")

    setattr(both.theirs, when, lost)
    both.forget("c-1")
    both.rest()
    assert "c-1" not in both.theirs.customers
    assert both.errors() == {}


def test_who_was_erased_is_deleted_there_whatever_was_changed_and_however_often_it_comes_back() -> None:
    pair = Pair(FakeDynamo())
    pair.enter("c-1", facts())
    pair.rest()
    pair.theirs.keep("c-1", {"name": "Changed there"})
    erase(pair, "c-1")
    pair.rest()
    assert "c-1" not in pair.theirs.customers
    pair.theirs.keep("c-1", {"name": "From an old backup"})
    pair.rest()
    assert "c-1" not in pair.theirs.customers
    assert pair.our_facts("c-1") is None


def test_a_file_of_ours_says_who_was_erased_and_a_file_of_theirs_brings_nobody_back() -> None:
    pair = FilePair()
    pair.deliver("c-1,false,Li Na,,,", kind="full")
    pair.rest()
    erase(pair, "c-1")
    pair.rest()
    assert [(row["id"], row["gone"], row["name"]) for row in pair.sent()] == [("c-1", "true", "")]
    pair.deliver("c-1,false,Li Na,,,suzhou", kind="full")
    pair.rest()
    assert pair.our_facts("c-1") is None
    assert pair.copies.read(["c-1"])["c-1"].facts == {}
    assert {row["gone"] for row in pair.sent()} == {"true"}


def test_a_file_that_was_made_before_they_took_in_a_deletion_of_ours_brings_nobody_back() -> None:
    pair = FilePair(deletions="carry")
    li, wu = "c-1,false,Li Na,,,", "c-2,false,Wu,,,"
    pair.deliver(li, wu, kind="full")
    pair.rest()
    pair.ours.delete("c-1", WANG, revision=1)
    pair.rest()
    assert [(row["id"], row["gone"]) for row in pair.sent()] == [("c-1", "true")]
    pair.deliver(li, wu + "\r\n", kind="full")
    pair.rest()
    assert pair.our_facts("c-1") is None
    pair.deliver(wu, kind="full")
    pair.rest()
    assert pair.copies.read(["c-1"])["c-1"].is_gone
    pair.deliver(wu, li, kind="full")
    pair.rest()
    assert pair.errors() == {"c-1": "the customer was forgotten here, and is not forgotten by itself on the other side"}


def test_who_is_missing_in_a_full_file_or_marked_in_a_delta_is_deleted_here() -> None:
    pair = FilePair(deletions="carry")
    pair.deliver("c-1,false,Li Na,,,", "c-2,false,Wu,,,", "c-3,false,Zoe,,,", kind="full")
    pair.rest()
    pair.deliver("c-3,true,,,,")
    pair.rest()
    pair.deliver("c-2,false,Wu,,,", kind="full")
    pair.rest()
    assert [pair.our_facts(id_) is not None for id_ in ("c-1", "c-2", "c-3")] == [False, True, False]
    assert pair.errors() == {}


def test_a_system_whose_files_have_no_column_for_it_is_told_of_no_deletion_and_people_see_it() -> None:
    pair = FilePair(form=FileTerms(), deletions="carry")
    pair.deliver("c-1,x,Li Na,,,")
    pair.rest()
    pair.ours.delete("c-1", WANG, revision=1)
    pair.rest()
    assert pair.errors() == {"c-1": "the contract names no column of its files that says who is deleted"}
    pair.adapter.decide("c-1", Decision.DISMISS, WANG)
    assert pair.errors() == {}
