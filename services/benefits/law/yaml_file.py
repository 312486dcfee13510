"""YAML with the place of every key, so that an error can name file and line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFault(ValueError):
    """A file that cannot be read as meant; the message begins with file and line."""

    def __init__(self, path: Path | str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = str(path), line, message


class Located(dict[Any, Any]):
    """A mapping that remembers its line and the line of each of its keys."""

    line: int
    lines: dict[Any, int]

    def line_of(self, key: Any) -> int:
        return self.lines.get(key, self.line)


def load_yaml(path: Path) -> Any:
    """Read a YAML file. Raises `YamlFault` for broken YAML, doubled keys and decimals without quotes."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise YamlFault(path, 1, f"cannot be read: {error.__class__.__name__}") from error
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path | str = "<text>") -> Any:
    """`load_yaml` for text at hand."""
    loader: Any = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return None if node is None else _build(loader, node, path)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlFault(path, line, error.problem or "is not YAML") from error
    except yaml.YAMLError as error:
        raise YamlFault(path, 1, "is not YAML") from error
    except RecursionError as error:
        raise YamlFault(path, 1, "is nested too deeply") from error
    finally:
        if loader is not None:
            loader.dispose()


def _build(loader: Any, node: Any, path: Path | str) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result = Located()
        result.line, result.lines = line, {}
        for key_node, value_node in node.value:
            key = _build(loader, key_node, path)
            key_line = key_node.start_mark.line + 1
            if isinstance(key, (dict, list)):
                raise YamlFault(path, key_line, "a key must be a plain word")
            if key in result:
                raise YamlFault(path, key_line, f"{key} is written twice (first in line {result.lines[key]})")
            result[key] = _build(loader, value_node, path)
            result.lines[key] = key_line
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, path) for item in node.value]
    if node.tag == "tag:yaml.org,2002:float":
        raise YamlFault(path, line, f"write {node.value} in quotes: decimals are kept exact")
    try:
        value = loader.construct_object(node)
    except (ValueError, yaml.YAMLError) as error:
        raise YamlFault(path, line, f"{node.value} cannot be read") from error
    if isinstance(value, datetime):
        raise YamlFault(path, line, "a day has no time of day")
    return value


def as_day(value: Any) -> date | None:
    """A YAML date, or an ISO date in text; `None` for anything else."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == 10 and value.isascii():
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None
