"""What the simulator has to be told: the account it plays the platform for."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """One official account. An empty `aes_key` means that pushes travel in plaintext."""

    webhook_url: str
    token: str = field(repr=False)
    app_id: str
    app_secret: str = field(repr=False)
    aes_key: str = field(repr=False)
    account: str
    store_path: Path
