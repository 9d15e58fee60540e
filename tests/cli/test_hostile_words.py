"""Whatever is typed ends in an answer or in a plain error, and shows no secret."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from specplan.cli import main
from specplan.cli.program import program
from specplan.secrets import shown_url, without_secrets
from tests.small_caches import environment, index, lock, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXAMPLES = Path(__file__).parents[2] / "examples"

#: Unexpected values for options and arguments.
WORDS = (
    "",
    " ",
    "-",
    "--",
    "-1",
    "0",
    "1.5",
    "nan",
    "inf",
    "1e999999999",
    "1e-999999999",
    "18446744073709551616",
    "9" * 5000,
    "x" * 5000,
    "a\nb",
    "\udcff\udcfe",
    "\u202egnp",
    "\x1b[31m",
    "\u0663",
    "/dev/null",
    "/proc/self/mem",
    "~",
    "..",
    "a=b",
    "=",
    "*",
    "[",
    "[!",
    "(((",
    "@",
    "hdf5@",
    "hdf5 ^^",
    "/a",
    "{hash.x}",
    "{",
    "http://[::1",
    "http://a..b/",
    "http://:80/",
    "http://h:99999/",
    "http://h:-1/",
    "http://h:0/",
    "http://",
    "http:///x",
    "http://h\udcff/\udcff",
    "http://%00/",
    "http://a b/",
    "http://\u2488com/",
    "http://" + "a" * 70 + "/",
    "https://[v1.x]/",
    "file:///nowhere",
    "file://host/x",
    "ftp://127.0.0.1:1/x",
    "tar://x",
    "zip://x",
    "nothing://x",
    "oci+http://127.0.0.1:1/x",
    "oci://",
    "memory://x",
    "s3://",
    "e4s=http://[::1",
)

#: The command lines in which only one word is odd.
COMMANDS = {
    "gaps": ["--cache", "mirror", "--want", "locks/radiuss/spack.lock"],
    "coverage": ["--cache", "cache", "--stack", "e4s"],
    "rebuild": ["--cache", "mirror", "--want", "locks/radiuss/spack.lock"],
    "why": ["cmake", "--cache", "mirror", "--want", "locks/radiuss/spack.lock"],
    "diff": ["cache", "cache"],
    "find": ["hdf5", "--cache", "mirror"],
    "check": ["mirror"],
    "init": ["."],
    "trend": ["cache", "--stack", "e4s"],
    "export": ["make", "--cache", "mirror", "--want", "locks/radiuss/spack.lock", "--no-config"],
    "has": ["mirror", "zlib-ng@2.3.2/v6ar5e2r5nqrgwt63ak6bhmrghh2viqi"],
}

#: Options that write: their words name files here.
WRITES = {"-o", "--output", "--write-unplannable", "--write-lock"}


def options_of(command: click.Command) -> Iterator[str]:
    """The options of a command that take a word."""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.is_flag:
            yield parameter.opts[-1]


#: The options of each command that take a word.
OPTIONS = {command: [*options_of(program.commands[command])] for command in COMMANDS}


def pairs_of(command: str, words: Sequence[str]) -> list[tuple[str, str]]:
    """Return options of a command with words, so that each option and each word is among them.

    All pairs take many minutes. Each command starts at another word, so that an option that
    commands share meets other words in each.
    """
    options = OPTIONS[command]
    start = 7 * [*COMMANDS].index(command)
    return [
        (options[at % len(options)], words[(start + at) % len(words)])
        for at in range(max(len(options), len(words)))
    ]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, as some words name files that are written."""
    folder = tmp_path_factory.mktemp("examples") / "here"
    shutil.copytree(EXAMPLES, folder)
    return folder


@pytest.fixture
def here(examples: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(examples)
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # What is asked again of a server that is gone need not wait.
    monkeypatch.setattr("time.sleep", lambda _: None)
    # A busy disk takes long to keep each line that thousands of runs write.
    monkeypatch.setattr("os.fsync", lambda _: None)
    return examples


def assert_is_an_end(code: int, words: list[str], err: str) -> None:
    assert code in {0, 1, 2, 3}, (words, err[-2000:])
    assert "Traceback" not in err, words


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", COMMANDS)
def test_no_word_of_an_option_is_a_fault_of_specplan(
    command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for option, word in pairs_of(command, WORDS):
        if option in WRITES and word in {"-", "/proc/self/mem"}:
            continue
        words = [command, *COMMANDS[command], "--no-config", option, word]
        if command == "init":
            words = [each for each in words if each != "--no-config"]
        code = main(words)
        assert_is_an_end(code, words, capfd.readouterr().err)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", [*COMMANDS, ""])
def test_no_argument_is_a_fault_of_specplan(
    command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for word in WORDS:
        words = [command, word] if command else [word]
        if word == "-" and command == "check":
            continue
        code = main(words)
        assert_is_an_end(code, words, capfd.readouterr().err)


@pytest.mark.usefixtures("here")
def test_a_limit_beyond_a_machine_word_lists_all() -> None:
    words = ["gaps", *COMMANDS["gaps"], "--no-config", "--limit"]
    assert main([*words, "18446744073709551616"]) == main([*words, "1"])


@pytest.mark.usefixtures("here")
def test_a_number_beyond_all_counts_stands_in_documents(capfd: pytest.CaptureFixture[str]) -> None:
    words = ["rebuild", *COMMANDS["rebuild"], "--no-config", "--fail-over-builds", "1" + "0" * 400]
    for form in ("list", "table", "json", "csv", "openmetrics"):
        assert main([*words, "--format", form]) == 0, capfd.readouterr().err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("option", ["--fail-over-cost", "--max-cost", "--time-limit"])
@pytest.mark.parametrize("amount", ["1e400", "inf", "nan"])
def test_an_amount_that_is_not_finite_is_refused(
    option: str, amount: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["rebuild", *COMMANDS["rebuild"], "--no-config", option, amount]) == 2
    assert f"`{amount}` is not a finite number" in capfd.readouterr().err
    (tmp_path / "specplan.toml").write_text(f"{option.removeprefix('--')} = {amount}\n")
    config = str(tmp_path / "specplan.toml")
    assert main(["rebuild", *COMMANDS["rebuild"], "--config", config]) in {2, 3}


@pytest.mark.usefixtures("here")
def test_a_source_of_the_configuration_may_have_any_name(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "specplan.toml").write_text(f"cache = ['{'x' * 5000}']\n")
    assert main(["trend", "mirror", "mirror", "--config", str(tmp_path / "specplan.toml")]) in {
        0,
        1,
        3,
    }
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("option", ["--cache", "--baseline", "--upstream"])
def test_a_url_that_cannot_be_split_is_an_input_that_cannot_be_read(option: str) -> None:
    words = ["coverage", *COMMANDS["coverage"], "--no-config", option]
    assert main([*words, "http://[::1"]) in {2, 3}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is UTF-8")
def test_no_path_that_is_not_utf8_is_a_fault_of_specplan(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    mirror, cache, lock, folder = (
        os.fsdecode(b"\xff." + each) for each in (b"mirror", b"cache", b"lock", b"folder")
    )
    shutil.copytree(here / "mirror", mirror)
    shutil.copytree(here / "cache", cache)
    shutil.copytree(here / "locks" / "radiuss", folder)
    shutil.copy(here / "locks" / "radiuss" / "spack.lock", lock)
    for words in (
        ["gaps", "--cache", mirror, "--want", lock, "--format", "json"],
        ["gaps", "--cache", mirror, "--want", folder],
        ["gaps", "--cache", lock, "--want", lock],
        ["coverage", "--cache", cache],
        ["check", "--cache", mirror, "--verify", "blobs"],
        ["check", "--cache", cache, "-o", f"{lock}.json", "--format", "json"],
        ["rebuild", "--want", lock, "--cache", mirror, "--candidates", folder, "-o", f"{lock}.txt"],
        ["diff", lock, lock],
        ["diff", cache, cache],
        ["find", "hdf5", "--cache", folder],
        ["rebuild", "--want", lock, "--cache", "none", "--changed-from", f"{lock}.list"],
        ["rebuild", "--want", lock, "--cache", "none", "--costs", f"{lock}.csv"],
    ):
        assert_is_an_end(main([*words, "--no-config"]), words, capfd.readouterr().err)


#: The commands that read something, with `?` for its place.
PLACES = (
    "has ? aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "index ? -o out",
    "index mirror -o ?",
    "trend ?",
    "trend ? --want locks/radiuss/spack.lock",
    "report --from ? -o out.html",
    "report --cache ? -o out.html",
    "export list --plan ?",
    "trim ? --want locks/radiuss/spack.lock --cache mirror -o out.yml",
    "recipes --hashes --packages recipes --want ?",
    "recipes --since HEAD --packages ?",
    "review --since HEAD --packages ? --cache mirror",
    "gaps --cache cache --baseline ?",
    "gaps --cache cache --known-gaps ?",
    "gaps --cache cache --carry-forward ?",
    "diff ? mirror",
    "doctor --config ?",
    "init --output ?",
)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is UTF-8")
@pytest.mark.parametrize("place", ["", "folder.json", "cut.json", "\udcff.lock"])
def test_no_place_is_a_fault_of_specplan(
    here: Path, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "folder.json").mkdir(exist_ok=True)
    (here / "cut.json").write_text('{"schema": "specplan.')
    shutil.copy(here / "locks" / "radiuss" / "spack.lock", here / "\udcff.lock")
    for pattern in PLACES:
        words = [place if word == "?" else word for word in pattern.split()]
        assert_is_an_end(main(words), words, capfd.readouterr().err)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere it cannot be removed while it is used")
@pytest.mark.parametrize("words", ["gaps --cache x", "check x", "init", "--help", "diff a b"])
def test_a_working_directory_that_is_gone_is_no_fault(tmp_path: Path, words: str) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    command = f"rmdir {folder} && {sys.executable} -m specplan {words}"
    answer = subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert_is_an_end(answer.returncode, [words], answer.stderr)


@pytest.mark.parametrize(
    "value",
    ["1e-999999999", "1e999999999", "nan", "inf", "9" * 5000, "0." + "1" * 5000],
)
@pytest.mark.parametrize("key", ["fail-under", "fail-under-roots"])
def test_a_percentage_of_too_many_digits_is_refused(
    here: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], key: str, value: str
) -> None:
    """To compare with it exactly takes a number of a billion digits."""
    words = ["gaps", "--cache", str(here / "mirror"), "--want", "locks/radiuss/spack.lock"]
    assert main([*words, "--no-config", f"--{key}", value]) == 2
    config = tmp_path / "specplan.toml"
    config.write_text(f"{key} = {value}\n")
    assert main([*words, "--config", str(config)]) in {2, 3}
    assert "Traceback" not in capfd.readouterr().err


USER, WORD, SIGNATURE = "someuser", "PASSW0RD", "S1GNATURE"

URLS = (
    f"http://{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"http://{USER}:{WORD}@127.0.0.1:1/x#{SIGNATURE}",
    f"HTTP://{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"http:/{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"http:{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"http:///{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"http:\\\\{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"http://{USER}:{WORD}/@127.0.0.1:1/x?sig={SIGNATURE}",
    f"http://{USER}:a@{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"http://{USER}%3A{WORD}%40127.0.0.1:1/x%3Fsig={SIGNATURE}",
    f"http://{USER}:{WORD}@[::1/x?sig={SIGNATURE}",
    f"http://{USER}:{WORD}@a..b/x?sig={SIGNATURE}",
    f"http://{USER}:{WORD}@h:99999/x?sig={SIGNATURE}",
    f"s3://{USER}:{WORD}@bucket/x?sig={SIGNATURE}",
    f"ftp://{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"nothing://{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"oci://{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    f"e4s=http://{USER}:{WORD}@127.0.0.1:1/x?sig={SIGNATURE}",
    # Where the scheme was forgotten.
    f"{USER}:{WORD}@127.0.0.1:1/x",
    f"//{USER}:{WORD}@127.0.0.1:1/x",
    f"e4s={USER}:{WORD}@127.0.0.1:1/x",
    f"{USER}:{WORD}/@127.0.0.1:1/x",
)


def assert_is_hidden(said: str, words: object) -> None:
    for secret in (WORD, SIGNATURE):
        assert secret not in said, (words, said)


@pytest.mark.parametrize("url", URLS)
def test_what_is_shown_of_a_url_is_no_secret(url: str) -> None:
    assert_is_hidden(shown_url(url), url)
    assert_is_hidden(without_secrets(f"`{url}` cannot be read: {url}"), url)


@pytest.mark.parametrize(
    "text",
    [
        "`hdf5@1.12:1.14 %gcc@12` is not a spec",
        "zlib target=x86_64:^hdf5@1",
        "`zlib-ng cflags:=-O2 @2:`",
        "spack.yaml:3: hdf5@1.12: no such package",
        "git@github.com:spack/spack.git@develop",
        "/work/a:b@c/spack.lock",
        "e4s=/work/x@y",
    ],
)
def test_what_only_looks_like_a_password_stays(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", COMMANDS)
def test_no_option_shows_what_is_secret_in_a_url(
    command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for option, url in pairs_of(command, URLS):
        words = [command, *COMMANDS[command], option, url]
        code = main(words)
        said = capfd.readouterr()
        assert_is_an_end(code, words, said.err)
        # A template is what the lines are, and what is exported runs with what was typed.
        is_said = option == "--line" or command == "export"
        assert_is_hidden(said.err if is_said else said.out + said.err, words)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", [*COMMANDS, ""])
def test_no_argument_shows_what_is_secret_in_a_url(
    command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for url in URLS:
        words = [command, url] if command else [url]
        assert_is_an_end(main(words), words, "")
        said = capfd.readouterr()
        assert_is_hidden(said.out + said.err, words)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("key", ["cache", "want", "baseline", "costs", "tag", "stack", "system"])
def test_no_configuration_shows_what_is_secret_in_a_url(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], key: str
) -> None:
    config = tmp_path / "specplan.toml"
    commands = ("gaps", "rebuild", "check", "find hdf5")
    for at, url in enumerate(URLS):
        escaped = url.replace("\\", "\\\\")
        config.write_text(f'{key} = "{escaped}"\n')
        words = [*commands[at % len(commands)].split(), "--config", str(config)]
        assert_is_an_end(main(words), words, "")
        said = capfd.readouterr()
        assert_is_hidden(said.out + said.err, words)


def test_no_name_in_a_file_shows_what_is_secret_in_a_url(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"https://{USER}:{WORD}@h.invalid/x?sig={SIGNATURE}"
    locked = lock(["a"]).replace('"spec": "a"', f'"spec": "{url}"')
    written(tmp_path, spack_lock=locked, i_json=index(["a"]))
    written(tmp_path, spack_yaml=environment("a", more=f"mirrors: {{'{url}': '{url}'}}"))
    for words in (
        ["init", ".", "-o", "-"],
        ["gaps", "--want=spack.lock", "--cache=i.json", "--explain-left-out"],
        ["gaps", "--want=spack.yaml", "--explain-left-out"],
    ):
        assert_is_an_end(main(words), words, "")
        said = capfd.readouterr()
        assert_is_hidden(said.out + said.err, words)
