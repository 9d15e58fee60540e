"""Escaping of untrusted text, by medium.

Labels, package names, paths and messages come from files that anyone may have written. A terminal
executes escape sequences in them, the log of a CI job executes commands such as ``::error::`` and
``##[group]``, Markdown renders their links and tables, a spreadsheet evaluates their formulas. Each
function here takes such a text and returns one line that its medium shows as plain characters.
Because lines are joined and wrapped afterwards, the writer of a whole report ends with
:func:`for_logs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan import log_commands
from specplan.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "csv_cell",
    "csv_cells",
    "excerpt",
    "for_logs",
    "html_page",
    "json_text",
    "markdown_code",
    "markdown_text",
    "metric_label",
    "terminal",
    "terminal_each",
    "visible",
    "workflow_message",
    "workflow_property",
    "xml_comment",
    "xml_text",
]

#: The replacement.
_BROKEN: Final = r"#\\#"

#: Commands at the beginning of a line: ``::error::`` (GitHub), and the words that open a group
#: (Buildkite). After wrapping, a line may begin with any word.
_COMMAND_WORD: Final = pattern(r"(?<![^ ])(?=::|(?:---|\+\+\+|~~~|\^\^\^)(?![^ ]))")

#: The printable ASCII characters that may have to be escaped on a terminal.
_DOUBTFUL: Final = ("##", "::", "---", "+++", "~~~", "^^^")

#: Characters that count as printable but are invisible, so that two names would look alike.
_INVISIBLE: Final = pattern(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)

#: The characters that a code span between backticks may contain without any escape, in a table cell
#: as well.
_PLAIN_IN_CODE: Final = pattern(
    r"[A-Za-z0-9@.+=~%^/:,_()\[\]{}#*!?;'-]+( [A-Za-z0-9@.+=~%^/:,_()\[\]{}#*!?;'-]+)*"
)

#: ASCII without a special meaning inside a Markdown sentence; everything else becomes an entity.
_PLAIN_IN_SENTENCE: Final = pattern(r"[A-Za-z0-9 ,;()'/.%-]|[^\x00-\x7f]")

#: A spreadsheet takes a cell that starts with one of these as a formula; the last four are the
#: full-width forms that some accept as well.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")

#: The special characters of XML and their replacements, in the order of replacement.
_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"))


def terminal(text: str) -> str:
    r"""Return the text as one line that moves no cursor, changes no colour and runs no command.

    Every invisible character is escaped: control characters, line ends, directional and zero-width
    marks, unusual spaces, lone surrogates. A backslash breaks commands in the log of a CI job.

    Example:
        >>> print(terminal("red \x1b[31m"))
        red \x1b[31m
        >>> print(terminal("::error::x"), terminal("##[group]x"))
        \::error::x #\#[group]x
    """
    if _is_harmless(text):
        return text
    return _COMMAND_WORD.sub(r"\\", log_commands.ANYWHERE.sub(_BROKEN, _one_line(text)))


def terminal_each(texts: Sequence[str]) -> Sequence[str]:
    """Return :func:`terminal` of each text; the column of a long table is examined once.

    Example:
        >>> terminal_each(["zlib", "hdf5"])
        ['zlib', 'hdf5']
    """
    # A letter between two texts does not affect the check.
    if _is_harmless("a".join(texts)):
        return texts
    return list(map(terminal, texts))


def _is_harmless(text: str) -> bool:
    """Return whether a terminal may get the text unchanged, as in nearly all cases."""
    return text.isascii() and text.isprintable() and not any(map(text.__contains__, _DOUBTFUL))


def visible(text: str) -> str:
    r"""Return the text as one line in which everything is visible, and no two texts look alike.

    Control characters, line ends, directional and zero-width marks, unusual spaces and lone
    surrogates are written as their escapes. Special characters of the medium remain.

    Example:
        >>> print(visible("a\u202eb <c>"))
        a\u202eb <c>
    """
    return _one_line(text)


def excerpt(text: str) -> str:
    """Return a line of a source after a margin, so that marks below stay aligned.

    Example:
        >>> print(excerpt("::error::x"))
          | ::error::x
    """
    return f"  | {log_commands.ANYWHERE.sub(_BROKEN, _one_line(text))}"


def for_logs(report: str) -> str:
    r"""Return a report without a line that is a command of a CI runner.

    Its texts are already escaped; this is for commands that only result from their position.

    Example:
        >>> print(for_logs("  ::error::x"))
          \::error::x
    """
    return log_commands.AT_LINE_START.sub(r"\1\\", log_commands.ANYWHERE.sub(_BROKEN, report))


def _one_line(text: str) -> str:
    """Return the text with an escape for each invisible character."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if _shows(each) else _escaped(each) for each in text)


def _shows(character: str) -> bool:
    return character.isprintable() and _INVISIBLE.match(character) is None


def _escaped(character: str) -> str:
    code = ord(character)
    if character in "\t\n\r":
        return {"\t": r"\t", "\n": r"\n", "\r": r"\r"}[character]
    if code <= 0xFF:  # noqa: PLR2004 - the last code that two digits can write
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - as above, four digits


def csv_cell(text: str) -> str:
    """Return the text as a cell that no spreadsheet evaluates.

    A text that would start a formula gets an apostrophe in front, which marks it as text in
    spreadsheets. A single dash, which stands for an unknown value, is not a formula. Quoting is
    left to the CSV writer.

    Example:
        >>> csv_cell("=cmd|' /C calc'!A0")
        "'=cmd|' /C calc'!A0"
    """
    return _no_formula(terminal(text))


def csv_cells(texts: Sequence[str]) -> Sequence[str]:
    """Return :func:`csv_cell` of each text; the column of a long table is examined once.

    Example:
        >>> csv_cells(["zlib", "=cmd"])
        ['zlib', "'=cmd"]
    """
    shown = terminal_each(texts)
    firsts = {text[:1] for text in shown}
    if firsts.isdisjoint(_FORMULA_STARTS) and " " not in firsts:
        return shown
    return list(map(_no_formula, shown))


def _no_formula(shown: str) -> str:
    starts_formula = shown != "-" and shown.lstrip(" ").startswith(_FORMULA_STARTS)
    return f"'{shown}" if starts_formula else shown


def json_text(document: str) -> str:
    """Return a document of ASCII JSON that runs no command, with DEL escaped.

    The encoder escapes everything outside of ASCII and all other control characters. A line of JSON
    never begins with a word of a value, and a ``#`` only occurs in texts.
    """
    return log_commands.ANYWHERE.sub(r"\\u0023#", document.replace("\x7f", "\\u007f"))


def markdown_code(text: str) -> str:
    """Return the text as a code span, suitable for a table cell.

    Most names go between backticks. A text that could end the span or the cell goes into a ``code``
    element, with each special character as an entity, which is never syntax.

    Example:
        >>> markdown_code("hdf5@1.14")
        '`hdf5@1.14`'
        >>> markdown_code("a|b")
        '<code>a&#124;b</code>'
    """
    shown = _one_line(text)
    if _PLAIN_IN_CODE.fullmatch(shown) and log_commands.ANYWHERE.search(shown) is None:
        return f"`{shown}`"
    entities = "".join(
        each if each.isalnum() or each in " .-" else f"&#{ord(each)};" for each in shown
    )
    return f"<code>{entities}</code>"


def markdown_text(text: str) -> str:
    """Return the text as words of a sentence: no link, no emphasis, no element.

    It must not start a line, where even a digit or a dash is special.

    Example:
        >>> markdown_text("see [here](x) <b>")
        'see &#91;here&#93;(x) &#60;b&#62;'
    """
    return "".join(
        each if _PLAIN_IN_SENTENCE.fullmatch(each) else f"&#{ord(each)};"
        for each in _one_line(text)
    )


def html_page(page: str) -> str:
    """Return an equivalent page of HTML without commands for the log of a CI job.

    Its texts are already escaped. The styles and scripts contain no such marker.

    Example:
        >>> html_page("<td>##[group]x</td>")
        '<td>#&#35;[group]x</td>'
    """
    return log_commands.WORKFLOW.sub(r"\1&#58;", log_commands.ANYWHERE.sub("#&#35;", page))


def xml_text(text: str) -> str:
    r"""Return the text as content of XML, in an element or in an attribute with double quotes.

    It is one line. Characters that XML 1.0 cannot contain, and invisible ones, are escaped.

    Example:
        >>> xml_text('<a> & "b" \x1b')
        '&lt;a&gt; &amp; &quot;b&quot; \\x1b'
    """
    shown = terminal(text)
    for character, entity in _ENTITIES:
        shown = shown.replace(character, entity)
    return shown


def xml_comment(text: str) -> str:
    """Return the text as content of an XML comment, without two dashes that would end it early.

    Example:
        >>> xml_comment("of a--b <c>")
        'of a- -b &lt;c&gt;'
    """
    shown = xml_text(text)
    while "--" in shown:
        shown = shown.replace("--", "- -")
    return shown


def workflow_message(text: str) -> str:
    """Return the text as the message of a GitHub workflow command: one line, escaped.

    Example:
        >>> workflow_message("100%0A")
        '100%250A'
    """
    return terminal(text).replace("%", "%25")


def workflow_property(text: str) -> str:
    """Return the text as a property of a GitHub workflow command.

    Example:
        >>> workflow_property("a,b::c")
        'a%2Cb%3A%3Ac'
    """
    return workflow_message(text).replace(":", "%3A").replace(",", "%2C")


def metric_label(text: str) -> str:
    r"""Return the text as the value of an OpenMetrics label, without the quotes around it.

    Example:
        >>> print(metric_label('a"b\\c'))
        a\"b\\c
    """
    return terminal(text).replace("\\", "\\\\").replace('"', '\\"')
