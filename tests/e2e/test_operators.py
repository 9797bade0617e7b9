"""Operators and tenant admins at the control plane, signed in as people are."""

from typing import Any

from ananta.demo.client import Person, Session, Signup, choose_password, mail
from ananta.embedded.running import running_stack
from tests.support.platform import Platform, run


def test_operator_signs_in_at_master_and_sees_all_tenants(platform: Platform) -> None:
    async def check() -> None:
        async with platform.client() as http:
            tenant = await platform.sign_up(http, "watched")
            person = Person("Olga", "Operator", "olga@ananta.example")
            await running_stack(platform.state_dir).make_operator(person)
            letters = await mail(http, person.email, "password")
            olga = Session(http, "master", person.email, await choose_password(http, letters[0]))
            select = {"select": "key,status,workflows(status,workflow_steps(name,status))", "key": f"eq.{tenant.key}"}
            response = await olga.call("GET", "/api/control/rest/v1/tenants", params=select)
            found: list[dict[str, Any]] = response.json()
            assert found[0]["status"] == "active"
            assert [step["status"] for step in found[0]["workflows"][0]["workflow_steps"]] == ["completed"] * 4

    run(check())


def test_tenant_admin_sees_the_own_tenant_only(platform: Platform) -> None:
    async def check() -> None:
        async with platform.client() as http:
            await platform.sign_up(http, "other")
            signup: Signup = await platform.begin_signup(http, "mine")
            key = (await signup.finished())["key"]
            letters = await mail(http, signup.person.email, "password", count=2)
            letter = next(letter for letter in letters if "/realms/arc-saas/" in letter["links"][0])
            admin = Session(http, "arc-saas", signup.person.email, await choose_password(http, letter))
            for table in ("tenants", "subscriptions", "addresses", "contacts", "workflows"):
                response = await admin.call("GET", f"/api/control/rest/v1/{table}")
                assert len(response.json()) == 1, table
            assert (await admin.call("GET", "/api/control/rest/v1/tenants")).json()[0]["key"] == key
            refused = await admin.call("POST", "/api/control/rest/v1/rpc/cancel_workflow", json={"workflow_id": "x"})
            assert refused.status_code == 403

    run(check())
