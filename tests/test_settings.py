"""What an operator may set, and what is said to one who set it wrong."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, transaction

from upturn import settings


def reading(monkeypatch: pytest.MonkeyPatch, **values: str) -> settings.Environment:
    for name in [name for name in os.environ if name.startswith("UPTURN_")]:
        monkeypatch.delenv(name)
    for name, value in values.items():
        monkeypatch.setenv(f"UPTURN_{name}", value)
    return settings.read_environment()


def complaints(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    with pytest.raises(ImproperlyConfigured) as refused:
        reading(monkeypatch, **values)
    return str(refused.value).splitlines()[1:]


def test_with_nothing_set_the_data_are_in_the_persons_folder_and_the_database_is_sqlite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/home/ada/.data")
    found = reading(monkeypatch)
    assert (found.data, found.database_url, found.demo) == (Path("/home/ada/.data/upturn"), None, False)


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reading(monkeypatch, DATABASE_URL="", SMTP_URL=" ").database_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://db/upturn"),
        ("DATABASE_URL", "postgresql://db"),
        ("DATABASE_URL", "postgresql://db:port/upturn"),
        ("BASE_URL", "http://plans.example.org"),
        ("BASE_URL", "https://plans.example.org/upturn"),
        ("BASE_URL", "plans.example.org"),
        ("BASE_URL", "https://[broken"),
        ("SECRET_KEY", "short"),
        ("DEMO", "perhaps"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org?ssl"),
        ("MAIL_FROM", "Plans"),
        ("MAIL_FROM", "a@b.org\nBcc: c@d.org"),
        ("PROXIES", "-1"),
        ("TSA_URL", "timestamp.example.org"),
        ("TSA_URL", "ftp://timestamp.example.org"),
    ],
)
def test_a_value_that_cannot_be_right_is_named_with_what_would_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    right = settings.Environment.model_fields[name.lower()].description
    assert complaints(monkeypatch, **{name: value}) == [f"  UPTURN_{name}: {right}"]


def test_every_wrong_value_is_named_at_once_and_none_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    said = complaints(monkeypatch, DATABASE_URL="mysql://ada:hunter2@db/x", SECRET_KEY="hunter2", PROXIES="many")
    assert [line.split(":")[0].strip() for line in said] == [
        "UPTURN_DATABASE_URL",
        "UPTURN_SECRET_KEY",
        "UPTURN_PROXIES",
    ]
    assert "hunter2" not in "".join(said)


def test_a_misspelt_variable_is_named_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    (said,) = complaints(monkeypatch, DATABSE_URL="postgresql://db/upturn")
    assert said.startswith(
        "  UPTURN_DATABSE_URL: There is no such setting. There are: UPTURN_DATA, UPTURN_DATABASE_URL"
    )


def test_http_is_enough_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reading(monkeypatch, BASE_URL="http://localhost:8001/").base_url == "http://localhost:8001"
    assert reading(monkeypatch, BASE_URL="http://[::1]:8001").https is False
    assert reading(monkeypatch, BASE_URL="https://plans.example.org").https is True


def test_hosts_are_separated_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reading(monkeypatch, HOSTS="a.example, b.example c.example").hosts == ("a.example", "b.example", "c.example")


def test_a_postgresql_address_may_name_a_socket_and_a_password_with_any_character() -> None:
    found = settings.postgresql("postgresql://ada:p%40ss%2Fword@/upturn?host=/run/pg&sslmode=disable")
    assert (found["NAME"], found["USER"], found["PASSWORD"], found["HOST"]) == ("upturn", "ada", "p@ss/word", "")
    assert found["OPTIONS"] == {"host": "/run/pg", "sslmode": "disable"}


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = settings.key_file(tmp_path)
    assert (settings.key_file(tmp_path), len(first) > 50) == (first, True)
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_key_and_leave_nothing_else_behind(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(settings.key_file, [tmp_path] * 64))
    assert (len(keys), [each.name for each in tmp_path.iterdir()]) == (1, ["secret.key"])


def test_a_data_folder_that_cannot_be_written_to_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ImproperlyConfigured, match=r"^UPTURN_DATA: .*/file/data cannot be written to \(Not a directory\)"
    ):
        settings.secret_key(settings.Environment(data=tmp_path / "file" / "data"))


@pytest.mark.django_db(transaction=True)
def test_on_sqlite_readers_never_wait_and_a_transaction_takes_its_turn_at_its_start() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other = connection.copy()
    other.settings_dict["OPTIONS"]["timeout"] = 0
    with transaction.atomic(), closing(other), pytest.raises(OperationalError, match="locked"):
        other.cursor().execute("BEGIN IMMEDIATE")
