"""The tree of errors that Domain Scheduler raises, each with a stable code.

    DomainSchedulerError            unexpected_error
    x SettingsError                 settings_invalid
    x InputError                    input_invalid
      x NoDomainsError              no_domains
      x NoDomainColumnError         no_domain_column
      x UnreadableFileError         file_unreadable
      x TooLargeError               input_too_large
      x BadCursorError              cursor_invalid
      x RequestInvalidError         request_invalid
    x RefusedError                  refused
      x KeyInvalidError             api_key_invalid
      x TooManyKeysError            too_many_keys
      x HostRefusedError            host_refused
      x CrossSiteError              cross_site_refused
    x NotFoundError                 not_found
      x BatchNotFoundError          batch_not_found
      x DomainNotFoundError         domain_not_found
      x PathUnknownError            path_unknown
      x MethodNotAllowedError       method_not_allowed
    x ConflictError                 conflict
      x BatchSealedError            batch_sealed
      x BatchCancelledError         batch_cancelled
      x BatchStandingError          batch_standing
      x IdempotencyConflictError    idempotency_conflict
    x UnavailableError              unavailable
      x DatabaseUnavailableError    database_unavailable
      x DatabaseSchemaError         database_schema
      x EmbeddedPostgresError       embedded_postgres
      x MissingExtraError           extra_missing

A failed scan is not an exception: it is a stored result with an error kind (core/error_kinds.py).
The message is for people: what happened and what to do. Not here: HTTP status codes (api/problems.py).
"""


class DomainSchedulerError(Exception):
    """Something went wrong that nobody foresaw.

    Base of all errors raised on purpose, which say more; `code` never changes once released.
    """

    code = "unexpected_error"


class SettingsError(DomainSchedulerError):
    """A setting has a value that cannot work."""

    code = "settings_invalid"


class InputError(DomainSchedulerError):
    """What the caller sent cannot be used as it is."""

    code = "input_invalid"


class NoDomainsError(InputError):
    """A list without a single entry."""

    code = "no_domains"


class NoDomainColumnError(InputError):
    """A table in which no column holds domains."""

    code = "no_domain_column"


class UnreadableFileError(InputError):
    """A file that is not text, CSV, JSON or gzip of these."""

    code = "file_unreadable"


class TooLargeError(InputError):
    """More than a bound of the service admits."""

    code = "input_too_large"


class BadCursorError(InputError):
    """A page cursor that this service did not hand out."""

    code = "cursor_invalid"


class RequestInvalidError(InputError):
    """A request whose fields do not fit; `fields` names each with what is wrong."""

    code = "request_invalid"

    def __init__(self, message: str, fields: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.fields = fields


class RefusedError(DomainSchedulerError):
    """A request from someone who may not make it."""

    code = "refused"


class KeyInvalidError(RefusedError):
    """The API key is missing or not the right one."""

    code = "api_key_invalid"


class TooManyKeysError(RefusedError):
    """Too many wrong keys came from this address; `seconds` says when the next may come."""

    code = "too_many_keys"

    def __init__(self, message: str, seconds: int = 60) -> None:
        super().__init__(message)
        self.seconds = seconds


class HostRefusedError(RefusedError):
    """The request names a host that this service does not answer for."""

    code = "host_refused"


class CrossSiteError(RefusedError):
    """A web page of another site tried to change something."""

    code = "cross_site_refused"


class NotFoundError(DomainSchedulerError):
    """No such thing."""

    code = "not_found"


class BatchNotFoundError(NotFoundError):
    """No batch has this id."""

    code = "batch_not_found"


class DomainNotFoundError(NotFoundError):
    """No domain has this id."""

    code = "domain_not_found"


class PathUnknownError(NotFoundError):
    """Nothing is served at this path."""

    code = "path_unknown"


class MethodNotAllowedError(NotFoundError):
    """The path exists, but not for this method."""

    code = "method_not_allowed"


class ConflictError(DomainSchedulerError):
    """The thing exists, but its state does not allow this."""

    code = "conflict"


class BatchSealedError(ConflictError):
    """A sealed batch takes no more domains."""

    code = "batch_sealed"


class BatchCancelledError(ConflictError):
    """A cancelled batch cannot be changed any more."""

    code = "batch_cancelled"


class BatchStandingError(ConflictError):
    """The standing batch `inbox` can be neither sealed nor cancelled."""

    code = "batch_standing"


class IdempotencyConflictError(ConflictError):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_conflict"


class UnavailableError(DomainSchedulerError):
    """Something that the service needs does not answer at the moment."""

    code = "unavailable"


class DatabaseUnavailableError(UnavailableError):
    """The database cannot be reached or dropped the connection."""

    code = "database_unavailable"


class DatabaseSchemaError(UnavailableError):
    """The database's schema is not the one that this version needs."""

    code = "database_schema"


class EmbeddedPostgresError(UnavailableError):
    """The embedded Postgres cannot be started or used."""

    code = "embedded_postgres"


class MissingExtraError(UnavailableError):
    """Something was asked for that needs an optional package; the message says how to install it."""

    code = "extra_missing"
