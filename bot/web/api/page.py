"""The API's description as a page: the OpenAPI document for people, with no script and nothing from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
BOUNDS = {"minimum": "≥", "maximum": "≤", "minLength": "length ≥", "maxLength": "length ≤", "maxItems": "items ≤"}
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.15rem } code { font-size: .95em; background: #f3f1ec; padding: .1em .3em }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem } caption { text-align: left; font-weight: 600 }
td { border-top: 1px solid #ddd; padding: .3rem .6rem .3rem 0; vertical-align: top } td:first-child { width: 12rem }
@media (prefers-color-scheme: dark) {
  body { background: #1c1b19; color: #e8e4dc } code { background: #302e2a } td { border-color: #444 }
}
"""


def page(document: dict[str, Any]) -> str:
    """An OpenAPI document as HTML."""
    about = document["info"]
    parts = [f"<h1>{escape(about['title'])}: the HTTP API</h1><p>{escape(about['description'])}</p>"]
    parts += [
        _operation(document, method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><title>{escape(about["title"])}</title>{head}{"".join(parts)}</html>'


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    """A route: what it does, what it takes, what it answers."""
    title = f"<h2><code>{method.upper()} /api{escape(path)}</code></h2>"
    told = f"<p>{escape(operation['description'])} Scope: <code>{escape(operation['tags'][0])}</code>.</p>"
    asked = [(each["name"], each["schema"] | each, each["required"]) for each in operation.get("parameters", ())]
    if body := operation.get("requestBody"):
        asked += _fields(document, body["content"]["application/json"]["schema"])
    good, *_ = (answer for status, answer in operation["responses"].items() if status.startswith("2"))
    answered = list(_fields(document, good["content"]["application/json"]["schema"]))
    statuses = [(status, answer["description"]) for status, answer in operation["responses"].items()]
    rows = "".join(f"<tr><td>{status}<td>{escape(words)}" for status, words in statuses)
    return title + told + _table("takes", asked) + _table("answers", answered) + f"<table>{rows}</table>"


def _table(title: str, fields: list[tuple[str, dict[str, Any], bool]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{'' if needed else ' (optional)'}<td>{escape(_kind(schema))}"
        for name, schema, needed in fields
    )
    return f"<table><caption>{title}</caption>{rows}</table>"


def _fields(
    document: dict[str, Any], schema: dict[str, Any], within: str = ""
) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """The fields of an object, and those of the objects in it."""
    there = _resolved(document, schema)
    for name, field in there.get("properties", {}).items():
        plain = _resolved(document, field)
        yield within + name, plain, name in there.get("required", ())
        if plain.get("type") == "array":
            yield from _fields(document, plain["items"], f"{within}{name}[].")


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in full: without references, and without null where something else is possible."""
    if "$ref" in schema:
        return _resolved(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    some = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return _resolved(document, some[0] | {"or_null": True}) if some else schema


def _kind(schema: dict[str, Any]) -> str:
    """What a value is, in a line."""
    words = [schema.get("type", "") + (" or null" if schema.get("or_null") else "")]
    words += [f"{sign} {schema[name]:,.0f}" for name, sign in BOUNDS.items() if name in schema]
    words += [f"like {schema['examples'][0]}"] if "examples" in schema else []
    line = ", ".join(words)
    return f"{line}. {schema['description']}" if "description" in schema else line
