"""The API may be called from any thread, while calls run."""

import threading

from tests.support.connect_world import CALLER, NUMBER
from tests.support.live_connect import Live

THREADS, EACH = 8, 15


def test_changes_from_many_threads_are_all_kept_while_a_burst_runs(live: Live) -> None:
    contact_id = live.queued_call()
    calls = [{"at_s": n, "to": NUMBER, "from": CALLER, "patience_s": 20, "script": [{"press": "1"}]} for n in range(60)]
    live.api.ok("POST", "/connect/bursts", {"seed": 1, "calls": calls})
    barrier, refusals = threading.Barrier(THREADS), []

    def change(thread: int) -> None:
        barrier.wait(timeout=10)
        for n in range(EACH):
            try:
                live("UpdateContactAttributes", InitialContactId=contact_id, Attributes={f"t{thread}n{n}": "x"})
            except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
                refusals.append(error)

    threads = [threading.Thread(target=change, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert refusals == []
    assert len(live("GetContactAttributes", InitialContactId=contact_id)["Attributes"]) == THREADS * EACH


def test_one_client_token_used_at_once_by_many_starts_one_task(live: Live) -> None:
    flow, ids, barrier = live.queue_flow(), [], threading.Barrier(THREADS)

    def start() -> None:
        barrier.wait(timeout=10)
        made = live("StartTaskContact", Name="Task", ContactFlowId=flow.id, ClientToken="same")
        ids.append(made["ContactId"])

    threads = [threading.Thread(target=start) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (len(ids), len(set(ids))) == (THREADS, 1)
