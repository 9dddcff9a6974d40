"""The whole system, once a test run: both tenants deployed with the CDK command line into a local cloud."""

import datetime as dt
from collections.abc import Iterator

import pytest

from cli import agents, api, customers, deploy, options, worlds
from cli.control import Control
from cli.http import JsonClient
from tests.support.cloud_fixture import Cloud
from tests.support.deployed_system import System

TENANTS = ("hrgroup", "taxihotline")
A_MONDAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="session")
def system(cloud: Cloud) -> Iterator[System]:
    """Yield the system; it is deployed and staffed once for all tests that ask for it."""
    url = cloud.endpoint_url
    control = Control(JsonClient(url))
    contracts = {tenant: options.contract(tenant) for tenant in TENANTS}
    deployed = deploy.deploy(list(contracts), url, lambda who, text: print(f"{who}: {text}"))
    stacks = {one.stack.tenant: one.stack for one in deployed}
    worlds.begin(control, list(contracts.values()), today=A_MONDAY)
    for tenant, contract in contracts.items():
        customers.import_demo(contract, stacks[tenant], url)
        agents.sign_in(contract, stacks[tenant], control, url)
    apis = {tenant: api.connect(stack, url) for tenant, stack in stacks.items()}
    yield System(url, control, contracts, stacks, apis)
    for tenant in TENANTS:
        deploy.forget(tenant, url)
    for client in [control.http, *(connected.http for connected in apis.values())]:
        client.pool.clear()
