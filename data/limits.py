"""How large a source file may be, and what reading it may take."""

from typing import Final

from pydantic import Field

from data.mapping import Setting

MB: Final = 1024 * 1024


class Limits(Setting):
    """Bounds that ordinary extracts never meet; beyond them a file is refused."""

    file_mb: int = Field(default=50_000, ge=1)
    expanded_mb: int = Field(default=50_000, ge=1)  # after decompression
    expansion: int = Field(default=200, ge=1)  # times the compressed size
    columns: int = Field(default=2_000, ge=1)
    memory_mb: int = Field(default=4_096, ge=256)  # of the process that parses
    seconds: int = Field(default=900, ge=1)  # of its computing time

    def within(self, expanded: int, size: int, floor: int) -> bool:
        """Whether a file of `size` bytes may expand so far; below `floor` any may."""
        most = max(floor, size * self.expansion)
        return expanded <= min(self.expanded_mb * MB, most)
