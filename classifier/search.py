"""What a statement can be found by: its jieba words. Knows nothing of cases or keys."""

from classifier.text import Reading, has_sound, normalise, shorter_words

_SHORTEST = 2


class StatementWords:
    """Cuts statements, and what somebody looks for in them."""

    def fold(self, text: str) -> str:
        """`text` in the form in which two that say the same are the same: one width, one script, one case."""
        return normalise(text.casefold())

    def of(self, text: str) -> frozenset[str]:
        """What `text` can be found by: its words of two characters and more, the shorter words inside long ones, and
        the pairs of characters that stand together and are no word, as in names."""
        found: set[str] = set()
        last = ""
        for token in Reading(text.casefold()).tokens:
            if len(token) >= _SHORTEST and has_sound(token):
                found.add(token)
                found.update(shorter_words(token))
            elif len(last) == 1 and has_sound(token) and has_sound(last):
                found.add(last + token)
            last = token
        return frozenset(found)

    def needed_for(self, phrase: str) -> frozenset[str]:
        """What must be among the words of a text in which `phrase` stands: what it is cut into, no parts of that."""
        whole = {token for token in Reading(phrase.casefold()).words if len(token) >= _SHORTEST}
        return frozenset(whole) or self.of(phrase)
