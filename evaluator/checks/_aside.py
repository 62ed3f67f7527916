"""Work that was set aside: it counts, and is shown when nothing else can be."""

from __future__ import annotations

import re
from functools import lru_cache

_PATHS = 2_000  # a project has no more that are shown
# Words by which a folder or a file says that it is not what was handed in, but what came before it.
_SET_ASIDE = re.compile(
    r"(?:^|[^a-z])(?:archives?|archiv[eé]e?s?|old|ancien(?:ne)?s?|backups?|bak|sauvegardes?|brouillons?|drafts?|deprecated"
    r"|obsol[eè]tes?|templates?|checkpoints?|copies|copy|copie|poubelle|trash|tmp|temp)(?:$|[^a-z])"
)


@lru_cache(maxsize=_PATHS)
def is_set_aside(path: str) -> bool:
    """Whether a path names an archive, a draft, a template or a copy of something that stands elsewhere."""
    return _SET_ASIDE.search(path.lower()) is not None
