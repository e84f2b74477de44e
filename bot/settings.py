"""The settings of the process: from the environment, then from .env. A wrong value stops the start with one line."""

import re
from datetime import datetime
from email.utils import parseaddr
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from babel import numbers
from pydantic import SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

BLANK = re.compile(r"[^!-~]")  # what stands in no address of the web
MAILBOX = re.compile(r"[^\s@<>\"]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


class WrongSetting(Exception):
    """A setting has a value that cannot work; the text names it and says what does."""


class Settings(BaseSettings):
    """What .env.example explains, checked and typed."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    owner_ids: Annotated[tuple[int, ...], NoDecode] = ()
    database_url: SecretStr = SecretStr("sqlite+aiosqlite:///data/regulars.db")
    shop_name: str = "Regulars"
    shop_timezone: str = "Asia/Shanghai"
    shop_currency: str = "CNY"
    shop_region: str = "CN"
    shop_locale: Literal["zh_CN", "zh_TW", "en"] = "zh_CN"
    web_host: str = "127.0.0.1"
    web_port: int = 8080
    web_secret: SecretStr | None = None
    public_url: str | None = None
    mail_from: str | None = None
    smtp_url: SecretStr | None = None
    playground_password: SecretStr | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    clock_start: datetime | None = None

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        number, colon, rest = value.get_secret_value().partition(":") if value else ("1", ":", "x")
        if not (colon and number.isascii() and number.isdigit() and rest and not rest.isspace()):
            raise ValueError("is no bot token; it looks like 123456:AAbb…, from @BotFather")
        return value

    @field_validator("telegram_api")
    @classmethod
    def _api(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is no web address such as https://api.telegram.org")
        return value.rstrip("/")

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _owners(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        words = [word.strip() for word in value.split(",") if word.strip()]
        if not all(word.isascii() and word.isdigit() and 0 < int(word) < 2**53 for word in words):
            raise ValueError("is no list of Telegram ids such as 7001,7002")
        return tuple(int(word) for word in words)

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if not url.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")) or url.endswith(("///", "//")):
            raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg:// and name a database")
        return value

    @field_validator("shop_name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not value.strip() or len(value) > 60:
            raise ValueError("must have 1 to 60 characters")
        return value.strip()

    @field_validator("shop_timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)  # a list of them all would cost a walk through thousands of files
        except (KeyError, OSError, ValueError):
            raise ValueError("is no time zone such as Asia/Shanghai") from None
        return value

    @field_validator("shop_currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if value not in numbers.list_currencies():
            raise ValueError("is no currency code such as CNY")
        return value

    @field_validator("shop_region")
    @classmethod
    def _region(cls, value: str) -> str:
        if not (len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()):
            raise ValueError("is no country code such as CN")
        return value

    @field_validator("web_port")
    @classmethod
    def _port(cls, value: int) -> int:
        if not 1 <= value <= 65535:
            raise ValueError("must be a port from 1 to 65535")
        return value

    @field_validator("web_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < 16:
            raise ValueError("must have at least 16 characters")
        return value

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "https://ok")
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
            or BLANK.search(value or "")
        ):
            raise ValueError("is no web address such as https://club.example.com")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        name, address = parseaddr(value or "ok@example.com")
        if not address.isascii() or not (name + address).isprintable() or not MAILBOX.fullmatch(address):
            raise ValueError("is no e-mail address such as club@example.com or Tea House <club@example.com>")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if value is None:
            return None
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.query not in ("", "starttls"):
            raise ValueError("is no mail server such as smtps://user:password@mail.example.com")
        hidden = parts.scheme == "smtps" or parts.query or parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.password and not hidden:
            raise ValueError("would send the password openly; write smtps://… or smtp://…?starttls")
        lacking = [each.upper() for each in ("mail_from", "public_url", "web_secret") if not others.data.get(each, "?")]
        if lacking:
            raise ValueError(f"needs {' and '.join(lacking)} too")
        return value

    @field_validator("playground_password")
    @classmethod
    def _password(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < 8:
            raise ValueError("must have at least 8 characters")
        return value

    @field_validator("clock_start")
    @classmethod
    def _instant(cls, value: datetime | None) -> datetime | None:
        if value and value.utcoffset() is None:
            raise ValueError("needs a zone, as in 2027-03-05T09:29:00+08:00")
        return value

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show: the token, and passwords, those in the addresses of database and mail server too."""
        given = (self.telegram_token, self.web_secret, self.playground_password)
        addresses = [each.get_secret_value() for each in (self.database_url, self.smtp_url) if each]
        passwords = [password for each in addresses if (password := urlsplit(each).password)]
        plain = (unquote(password) for password in passwords)
        return (*(secret.get_secret_value() for secret in given if secret), *dict.fromkeys([*passwords, *plain]))

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.shop_timezone)


def read_settings() -> Settings:
    """Read the settings once. Raises WrongSetting with one line for each wrong value; the value itself is not shown."""
    try:
        return Settings()
    except ValidationError as error:
        raise WrongSetting("\n".join(_line(wrong) for wrong in error.errors())) from None


def _line(wrong: Any) -> str:
    name = str(wrong["loc"][0]).upper() if wrong["loc"] else "settings"
    return f"{name}: {wrong['msg'].removeprefix('Value error, ').rstrip('.')}."
