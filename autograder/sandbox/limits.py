"""What a student's kernel may use."""

from dataclasses import dataclass

MB = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds for one kernel and all that it starts; 0 switches one off.

    cell_seconds, test_seconds and notebook_seconds are wall time: of a student's cell, of one observation by a test, of
    the whole notebook. cpu_seconds is processor time. memory_mb comes on top of what a fresh kernel has. file_mb is the
    size of one file, disk_mb of all that the kernel writes, output_mb of what its cells show.
    """

    cell_seconds: float = 60
    test_seconds: float = 20
    notebook_seconds: float = 600
    cpu_seconds: int = 600
    memory_mb: int = 2048
    processes: int = 64
    file_mb: int = 64
    disk_mb: int = 128
    output_mb: int = 8
    open_files: int = 512
