"""Which of two conditions a query begins with, where the engine cannot know (docs/performance.md)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import replacement_traverse

from models import Case


def beside(condition: ColumnElement[bool], only: Collection[str] = ()) -> ColumnElement[bool]:
    """The same condition on cases, for few that another one finds: they are read and compared. `only` in these columns.

    SQLite cannot know which of two indexes holds the few, with or without its statistics (docs/performance.md).
    """

    def compared(element: Any, **_: Any) -> Any:
        if not isinstance(element, Column) or element.table.name != Case.__tablename__:
            return None
        return Compared(element) if not only or element.name in only else None

    return replacement_traverse(condition, {}, compared)


class Compared(FunctionElement[Any]):
    """A column by which nothing is looked up."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Compared)
def _as_it_is(element: Compared, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.clauses, **how))


@compiles(Compared, "sqlite")
def _without_its_indexes(element: Compared, compiler: Any, **how: Any) -> str:
    return f"+{compiler.process(element.clauses, **how)}"
