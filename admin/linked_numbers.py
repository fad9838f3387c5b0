"""Numbers that lead to the list of what they count. A page of pictures has a thousand: their addresses are put together here,
because to build each anew takes longer than to count the cases."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote_plus

from markupsafe import Markup, escape

_NONE = Markup('<span class="none">0</span>')


class LinkedNumbers:
    """Links into the list at `address`, each within what `within` asks for.

    Safe as markup: the address is escaped, every field quoted (`_field`), and a number is a number.
    """

    def __init__(self, address: str, within: Mapping[str, object]) -> None:
        self._begin = f"{escape(address)}?"
        self._within = within
        self._begin_within = "".join((self._begin, *(f"{_field(*field)}&amp;" for field in within.items())))

    def to(self, **wanted: object) -> Markup:
        """The address, ready to stand in an attribute. What is asked here takes the place of what `within` asks."""
        return Markup(self._address(wanted))  # noqa: S704  # nosec B704  (above)

    def __call__(self, cases: int, **wanted: object) -> Markup:
        """The number as a link; none counted, nothing to follow."""
        return Markup(f'<a href="{self._address(wanted)}">{cases:d}</a>') if cases else _NONE  # noqa: S704  # nosec B704  (above)

    def _address(self, wanted: dict[str, object]) -> str:
        begin = self._begin_within
        if not self._within.keys().isdisjoint(wanted):
            begin, wanted = self._begin, {**self._within, **wanted}
        return begin + "&amp;".join([_field(*field) for field in wanted.items()])


@lru_cache(4_096, typed=True)
def _field(name: str, value: object) -> str:
    """As it stands in an address: letters, digits, signs without meaning in a page, and the rest by its number."""
    return f"{quote_plus(name)}={quote_plus(str(value))}"
