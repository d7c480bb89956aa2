"""What the compiled part holds."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, TypeVar

_Same = TypeVar("_Same", bound="Held")


class Held:
    """An object of the compiled part. It never changes, so a copy of it is itself; it cannot be sent to another process."""

    #: What to send instead.
    _instead: ClassVar[str]

    def __copy__(self: _Same) -> _Same:
        return self

    def __deepcopy__(self: _Same, memo: Any) -> _Same:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(f"a {type(self).__module__}.{type(self).__qualname__} cannot be pickled; {self._instead}")
