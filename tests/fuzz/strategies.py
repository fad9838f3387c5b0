"""What is thrown at the doors: text nobody expects, and bytes that are almost right."""

from hypothesis import strategies as st

# Values that broke something somewhere before: each is tried beside what hypothesis thinks of.
NASTY = (
    "", " ", "\x00", "a\x00b", "\r\nX-Evil: 1", "../../etc/passwd", "%00", "'; DROP TABLE \"case\"; --", "{{ 7 * 7 }}",
    "<script>alert(1)</script>", "]]>", "&#0;", "\u202e\u200b", "\ud800", "\U0001f600" * 50, "９" * 40, "٣", "-1", "0",
    "9" * 30, "2147483648", "-9223372036854775809", "1e309", "NaN", "true", "[]", "None", "0001-01-01", "9999-12-31",
    "10000-01-01", "a" * 5000,
)  # fmt: skip

anything = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=()), max_size=60)
# What can travel in a form: lone surrogates cannot be encoded by any browser.
typed = anything.map(lambda text: text.encode("utf-8", "replace").decode())


def mutations(whole: bytes) -> st.SearchStrategy[bytes]:
    """`whole` with some bytes changed, cut out or put in."""
    change = st.tuples(st.integers(0, len(whole)), st.integers(0, 30), st.binary(max_size=30))

    def apply(changes: list[tuple[int, int, bytes]]) -> bytes:
        content = bytearray(whole)
        for start, length, put in changes:
            content[start : start + length] = put
        return bytes(content)

    return st.lists(change, max_size=6).map(apply)
