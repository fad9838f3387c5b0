"""Draws the table of the machine as a Mermaid diagram; `docs/dialogue.mmd` is its output."""

from bot.dialogue.machine import NODES
from bot.dialogue.states import FOLLOWING_UP, StateName

_SIDE = frozenset({StateName.RESUMING, StateName.PLACING, StateName.CONFIRMING_UPWARD, StateName.REFERRED_UPWARD})
_GROUPS = {
    "Telling": tuple(n for n in StateName if n not in FOLLOWING_UP | _SIDE and n is not StateName.IDLE),
    "Side_questions": tuple(n for n in StateName if n in _SIDE),
    "Following_up": tuple(n for n in StateName if n in FOLLOWING_UP),
}
_EVERYWHERE = """\
    note right of idle
        From everywhere, not drawn:
        submit leads to reviewing, then lodges and ends in idle;
        track leads to viewing_case, choosing_case or finding_case;
        cancel leads to idle, back right after it restores;
        a menu entry leads to telling, or to resuming when something was told;
        a text that accuses a county leader leads to referred_upward,
        one that leaves it in doubt to confirming_upward;
        a day of silence leads to resuming.
    end note
"""


def as_mermaid() -> str:
    """The diagram, one line a state and one an arrow, in the order of the table."""
    lines = [
        "%% Generated from bot/dialogue/machine.py by: python -m bot.dialogue > docs/dialogue.mmd",
        "stateDiagram-v2",
        "    [*] --> idle",
        f'    state "idle: {NODES[StateName.IDLE].meaning}" as idle',
    ]
    for group, names in _GROUPS.items():
        lines.append(f"    state {group} {{")
        lines += [f'        state "{name}: {NODES[name].meaning}" as {name}' for name in names]
        lines.append("    }")
    for name in StateName:
        lines += [f"    {name} --> {after}" for after in StateName if after in NODES[name].leads_to]
    return "\n".join(lines) + "\n" + _EVERYWHERE
