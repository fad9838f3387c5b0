"""The YAML that is shipped: PyYAML takes a key that stands twice without a word, and the first one is lost."""

import pytest
import yaml

from app.settings import PROJECT

FILES = sorted(path for folder in ("data", "words") for path in (PROJECT / folder).rglob("*.yaml"))


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"twice: {sorted(map(str, twice))}", node.start_mark)
        return super().construct_mapping(node, deep)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_key_stands_twice(path):
    yaml.load(path.read_text(encoding="utf-8"), Loader=Strict)


def test_a_key_that_stands_twice_would_be_seen():
    with pytest.raises(yaml.constructor.ConstructorError):
        yaml.load("a: 1\na: 2\n", Loader=Strict)
