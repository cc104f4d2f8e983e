"""All settings, read from the environment (`DOMAIN_SCHEDULER_...`, groups joined by `__`) or given by value.

Every field has a default that works and a description that the reference is made of. Nothing in the
package holds a global settings object: whoever needs a setting gets it passed.
Not here: reading them at start (cli/, runtime.py), the rules between a setting and the world (cli `check`).
"""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network


def _split(value: object) -> object:
    """Comma-separated text as a list, anything else as it came."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class DatabaseSettings(_Group):
    """Connections to Postgres."""

    # `serve` under load with four dashboards, a download and two uploads: with 8 some waited for a second
    pool_size: Annotated[int, Field(ge=2, le=200)] = 16
    """Connections that one process keeps at most, opened when they are needed."""
    connect_timeout: Annotated[float, Field(gt=0)] = 5.0
    """Seconds until an attempt to connect is given up."""
    statement_timeout: Annotated[float, Field(gt=0)] = 60.0
    """Seconds after which the server ends a statement (set locally, per transaction)."""


class ApiSettings(_Group):
    """The HTTP service."""

    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback needs `key`."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on; 0 takes a free one."""
    key: SecretStr | None = None
    """API key, sent by clients as `Authorization: Bearer KEY` or `X-API-Key: KEY`."""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1", "localhost", "[::1]")
    """Host names that a request may name; stops DNS rebinding by a web page. `*` admits any."""
    max_list: Annotated[int, Field(ge=1)] = 100_000
    """Domains that one JSON request may hold; longer lists go through the upload."""
    max_json_bytes: Annotated[int, Field(ge=1024)] = 32 * 1024**2
    """Bytes of one JSON request."""
    max_upload_bytes: Annotated[int, Field(ge=1)] = 1024**3
    """Bytes of one uploaded file, also after decompression."""

    _split_hosts = field_validator("allowed_hosts", mode="before")(_split)


class QueueSettings(_Group):
    """Leases and attempts."""

    lease: Annotated[float, Field(gt=0)] = 180.0
    """Seconds that a claim holds; longer than everything that one domain may take."""
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """Attempts of a domain in a batch that does not say otherwise."""
    retry_scale: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Factor on the waits of the retry table; `scan` and `demo` use a small one, since somebody waits."""


class EngineSettings(_Group):
    """The part that works off the queue."""

    concurrency: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Domains in flight at the start; adapted while running."""
    max_concurrency: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    """Domains in flight at most."""
    extract_processes: Annotated[int, Field(ge=1, le=256)] = 2
    """Processes that read pages."""
    flush_rows: Annotated[int, Field(ge=1, le=5_000)] = 200
    """Answers that are written in one transaction."""
    flush_interval: Annotated[float, Field(gt=0, le=10)] = 0.25
    """Seconds after which a smaller group is written too."""
    poll_interval: Annotated[float, Field(gt=0, le=60)] = 1.0
    """Seconds between two looks at an empty queue."""
    grace: Annotated[float, Field(ge=0)] = 20.0
    """Seconds that domains in flight get at shutdown before they are released."""
    memory_limit_mb: Annotated[int, Field(ge=128)] = 2_048
    """Resident memory (MB) above which concurrency is taken back."""


class FetchSettings(_Group):
    """How sites are asked."""

    user_agent: str = "DomainScheduler/0.1 (+https://github.com/domain-scheduler/domain-scheduler)"
    """What the service calls itself; should name a page that explains it."""
    connect_to: Annotated[tuple[str, ...], NoDecode] = ()
    """curl's --connect-to form HOST1:PORT1:HOST2:PORT2 (empty = any): where connections go. Trusted."""
    allow_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    """Networks that may be reached although the deny list holds them."""
    deny_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    """Networks that are never reached, whatever else is allowed: your own on public addresses."""
    ports: Annotated[tuple[int, ...], NoDecode] = (80, 443)
    """Ports that may be reached."""
    resolvers: Annotated[tuple[str, ...], NoDecode] = ()
    """DNS servers (address or address:port); empty = the system's."""
    robots: bool = True
    """Whether robots.txt is asked and obeyed."""
    ca_file: Path | None = None
    """PEM file of certificate authorities to trust beside the system's, for staging and tests."""
    verify_tls_only: bool = False
    """Whether an invalid certificate is an error (otherwise it is noted and the page fetched unverified)."""
    block_list: Annotated[tuple[str, ...], NoDecode] = ()
    """Names and suffixes (`.example`) that are never asked."""
    dns_records: bool = True
    """Whether NS, MX, TXT and SOA records are looked up: for the report, technologies and parked domains."""
    dns_timeout: Annotated[float, Field(gt=0)] = 3.0
    """Seconds for one DNS query; two tries."""
    connect_timeout: Annotated[float, Field(gt=0)] = 5.0
    """Seconds to connect."""
    tls_timeout: Annotated[float, Field(gt=0)] = 5.0
    """Seconds for the TLS handshake."""
    first_byte_timeout: Annotated[float, Field(gt=0)] = 10.0
    """Seconds until the answer starts."""
    idle_timeout: Annotated[float, Field(gt=0)] = 5.0
    """Seconds of silence within an answer."""
    response_timeout: Annotated[float, Field(gt=0)] = 20.0
    """Seconds for one whole answer."""
    budget: Annotated[float, Field(gt=0)] = 45.0
    """Seconds for everything that is asked for one domain."""
    max_wire_bytes: Annotated[int, Field(ge=1024)] = 1024**2
    """Bytes read from the wire for one page."""
    max_body_bytes: Annotated[int, Field(ge=1024)] = 2 * 1024**2
    """Bytes of one page after decompression."""
    max_redirects: Annotated[int, Field(ge=0, le=50)] = 8
    """Redirects that are followed."""
    min_rate: Annotated[float, Field(ge=0)] = 100.0
    """Bytes a second below which an answer is too slow to wait for."""
    address_connections: Annotated[int, Field(ge=1)] = 2
    """Connections to one IP address at a time, per process."""
    address_rate: Annotated[float, Field(gt=0)] = 4.0
    """Requests a second to one IP address in the long run, per process."""
    group_rate: Annotated[float, Field(gt=0)] = 20.0
    """Requests a second to one /24 (IPv4) or /48 (IPv6) in the long run, per process."""
    burst: Annotated[int, Field(ge=1)] = 20
    """Requests that may come at once before the rates hold."""
    patience: Annotated[float, Field(ge=0)] = 10.0
    """Seconds that a domain waits for its turn at a crowded address; then it is put off."""

    _split_lists = field_validator(
        "connect_to", "allow_networks", "deny_networks", "ports", "resolvers", "block_list", mode="before"
    )(_split)


class ExtractSettings(_Group):
    """How pages are read."""

    timeout: Annotated[float, Field(gt=0)] = 5.0
    """Seconds that one page may take; then its process is killed."""
    max_bytes: Annotated[int, Field(ge=16_384)] = 512 * 1024
    """Bytes of a page that are read; of a longer one the end is kept too."""


class TechnologiesSettings(_Group):
    """Which technologies are known."""

    fingerprints: Path | None = None
    """A file or folder with technology data in Wappalyzer's format, beside the built-in rules."""


class LogSettings(_Group):
    """What a running process says on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is said."""
    format: Literal["auto", "plain", "json"] = "auto"
    """`plain` for people, `json` for machines; `auto` is plain on a terminal and json elsewhere."""


class SchedulerSettings(_Group):
    """The recurring jobs."""

    enabled: bool = True
    """Whether this process runs the recurring jobs."""
    process_pending_seconds: Annotated[float, Field(gt=0)] = 300.0
    """Seconds between two passes of `process_pending_domains`."""
    reap_seconds: Annotated[float, Field(gt=0)] = 5.0
    """Seconds between two looks for expired leases."""
    fold_seconds: Annotated[float, Field(gt=0)] = 2.0
    """Seconds between two folds of the ledger (each also finishes batches)."""
    audit_seconds: Annotated[float, Field(gt=0)] = 60.0
    """Seconds between two comparisons of the ledger with the domains."""


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="DOMAIN_SCHEDULER_",
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    database_url: Annotated[
        SecretStr | None,
        Field(validation_alias=AliasChoices("DOMAIN_SCHEDULER_DATABASE_URL", "DATABASE_URL")),
    ] = None
    """Postgres to use, `postgresql://user:password@host:port/name`; without it an embedded one is started."""
    data_dir: Path = Field(default_factory=lambda: user_data_path("domain-scheduler"))
    """Folder for the embedded Postgres and other files that outlive a process."""
    processor: str | None = None
    """`package.module:function`, an async function of the report that adds your own work per domain."""
    processor_timeout: Annotated[float, Field(gt=0)] = 30.0
    """Seconds that the processor may take for one domain."""
    database: DatabaseSettings = DatabaseSettings()
    api: ApiSettings = ApiSettings()
    queue: QueueSettings = QueueSettings()
    engine: EngineSettings = EngineSettings()
    fetch: FetchSettings = FetchSettings()
    extract: ExtractSettings = ExtractSettings()
    technologies: TechnologiesSettings = TechnologiesSettings()
    scheduler: SchedulerSettings = SchedulerSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _lease_outlives_a_domain(self) -> Self:
        needed = self.fetch.budget + self.extract.timeout + self.processor_timeout + 10
        if self.queue.lease < needed:
            raise ValueError(
                f"queue.lease is {self.queue.lease:g} s, but one domain may take {needed:g} s "
                "(fetch.budget + extract.timeout + processor_timeout + 10 s): raise queue.lease"
            )
        return self

    @model_validator(mode="after")
    def _concurrency_is_within_its_bound(self) -> Self:
        if self.engine.concurrency > self.engine.max_concurrency:
            raise ValueError(
                "engine.concurrency is above engine.max_concurrency: lower one or raise the other"
            )
        return self
