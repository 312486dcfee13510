"""What a process is told by its environment; nothing else in the product reads it (but clock and logs)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    service: str
    database_url: str
    keys_dir: Path
    amqp_url: str | None = None
    #: What the queues of this installation are called by on a broker that others use too.
    house: str = ""
    #: Embedded carrier: the inbox database of each reading service.
    inboxes: dict[str, str] = field(default_factory=dict)
    #: Where each service's API answers inside the house.
    urls: dict[str, str] = field(default_factory=dict)
    public_url: str = "http://127.0.0.1:8080"
    sandbox_clock: Path | None = None
    #: Where each service keeps, outside its database, how often something has left it.
    marks_dir: Path | None = None
    zone: str = "Asia/Vientiane"
    #: What pages speak to people who have chosen nothing and whose browser asks for nothing we know.
    language: str = "en"
    secure_cookies: bool = True

    def cookie(self, name: str) -> str:
        """What a cookie of this installation is called: browsers tell no ports apart, so that a name is not shared by
        houses on one machine."""
        return f"{name}_{self.house}" if self.house else name

    @classmethod
    def from_environment(cls, service: str) -> Settings:
        """Read DATABASE_URL, KEYS_DIR, AMQP_URL, INBOX_<SERVICE>, <SERVICE>_URL, PUBLIC_URL, SANDBOX_CLOCK, …

        Raises `SystemExit` with one clear sentence when something needed is missing.
        """
        env = os.environ
        for name in ("DATABASE_URL", "KEYS_DIR"):
            if not env.get(name):
                raise SystemExit(f"{service}: {name} is not set; see docs/house.md for the environment of a service.")
        services = ("benefits", "payments", "notifications")
        return cls(
            service=service,
            database_url=env["DATABASE_URL"],
            keys_dir=Path(env["KEYS_DIR"]),
            amqp_url=env.get("AMQP_URL") or None,
            house=env.get("HOUSE_NAME", ""),
            inboxes={s: env[f"INBOX_{s.upper()}"] for s in services if env.get(f"INBOX_{s.upper()}")},
            urls={s: env[f"{s.upper()}_URL"] for s in services if env.get(f"{s.upper()}_URL")},
            public_url=env.get("PUBLIC_URL", "http://127.0.0.1:8080"),
            sandbox_clock=Path(env["SANDBOX_CLOCK"]) if env.get("SANDBOX_CLOCK") else None,
            marks_dir=Path(env["MARKS_DIR"]) if env.get("MARKS_DIR") else None,
            zone=env.get("TIME_ZONE", "Asia/Vientiane"),
            language=env.get("HOUSE_LANGUAGE", "en"),
            secure_cookies=env.get("INSECURE_COOKIES") != "1",
        )
