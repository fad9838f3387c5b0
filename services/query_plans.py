"""Which of two conditions a query begins with, where the engine cannot know (docs/performance.md)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, CompoundSelect, Select
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


def among(ids: Select[int] | CompoundSelect[int]) -> ColumnElement[bool]:
    """Cases whose ids a query gives, which are few: every engine then begins with them.

    PostgreSQL takes a list that it has read first for short, a joined query for as long as its tables are.
    """
    return Among(Case.id, ids.scalar_subquery())


class Among(FunctionElement[bool]):
    """`among` for the compiler."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:
        """As it is: it compares already, and SQLite would be told to compare the outcome with 1."""
        return self


@compiles(Among)
def _in(element: Among, compiler: Any, **how: Any) -> str:
    case_id, ids = element.clauses
    return f"{compiler.process(case_id, **how)} IN {compiler.process(ids, **how)}"


@compiles(Among, "postgresql")
def _of_a_list(element: Among, compiler: Any, **how: Any) -> str:
    case_id, ids = element.clauses
    return f"{compiler.process(case_id, **how)} = ANY (ARRAY({compiler.process(ids, **how)}))"


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
