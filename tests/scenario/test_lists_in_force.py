"""From a proposal to the chat: what two people put in force is what the bot finds and says, without a restart."""

import json

from domain.permissions import StaffFacts
from domain.terms import ReferenceList, Role

STORY = "红盾办的人到我店里检查，非要两条烟，不给就要罚款。"


def two_people(site):
    with site.system.transact() as services:
        return [
            StaffFacts(
                services.staff.create(
                    username=f"{role}-2", display_name="周立", role=role, body=None, password="a long password"
                ),
                role,
                None,
            )
            for role in (Role.PETITION, Role.LEADER)
        ]


def put_in_force(site, people, which, tables):
    clerk, leader = people
    with site.system.transact() as services:
        content = services.edited_lists.read(which, tables)
        version = services.reference_lists.propose(
            clerk, which, content=content, effective_from=services.reference_lists.today(), note="改名"
        )
    with site.system.transact() as services:
        services.reference_lists.decide(leader, which, version, is_confirmed=True)


def tables_of(site, which):
    with site.system.transact(read_only=True) as services:
        form = services.edited_lists.form(which)
        return form.tables(form.shipped)


def owner_of(site):
    with site.system.transact(read_only=True) as services:
        return services.suggestions.advise(STORY).route.owner


def test_a_unit_with_a_new_name_and_alias_is_found_and_a_letter_says_something_else(site):
    people = two_people(site)
    citizen = site.citizen()
    units = [
        {**row, "name": "县市场监管局", "aliases": f"{row['aliases']}、红盾办"}
        if row["key"] == "market_regulation"
        else row
        for row in tables_of(site, ReferenceList.DIRECTORY)["units"]
    ]
    before = owner_of(site), citizen.says("帮助")
    put_in_force(site, people, ReferenceList.DIRECTORY, {"units": units})
    letters = [{"key": "help", "text": "有事您说话，我们在听。"}]
    put_in_force(site, people, ReferenceList.WORDS, {"letters": letters})
    after = owner_of(site), citizen.says("帮助")
    with site.system.transact() as services:
        for which in (ReferenceList.DIRECTORY, ReferenceList.WORDS):
            services.reference_lists.go_back(people[1], which, 0, note="先用原来的")

    assert (before[0] == "g_market", after[0]) == (False, "g_market")
    assert after[1].startswith("有事您说话，我们在听。")
    assert (owner_of(site), citizen.says("帮助")) == before


def test_what_is_stored_of_a_version_is_the_list_and_nothing_else(site):
    people = two_people(site)
    put_in_force(site, people, ReferenceList.WORDS, {"letters": [{"key": "help", "text": "有事您说话。"}]})
    with site.system.transact(read_only=True) as services:
        content = services.reference_lists.in_force(ReferenceList.WORDS).content

    assert set(json.loads(content)) == {"letters", "choices", "statuses", "redirects"}
